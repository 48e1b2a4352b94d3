"""What travels between services is the same at the other end, or is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import ModuleType
from typing import Any, Literal
from uuid import UUID

import pytest
from fastapi import HTTPException
from pydantic import BaseModel, Field

from splitter.actions.rendering import render
from splitter.effects.templates import read_templates

NAME = "call_format_of_the_test"


class Colour(Enum):
    red = "r"


class Item(BaseModel):
    name: str = Field(alias="itemName")
    price: Decimal
    colour: Colour | None = None


@dataclass
class Point:
    x: float
    label: str = ""


class RefusedError(Exception):
    def __init__(self, why: str, *, code: int) -> None:
        super().__init__(f"refused: {why}")
        self.code = code


class DerivedError(RefusedError):
    pass


@pytest.fixture(scope="module")
def form() -> Iterator[Any]:
    """The module of a service that knows one exception of the monolith."""
    named = [("monolith.errors:Refused", f"{__name__}:RefusedError")]
    text = render(read_templates(), "service/call_format.py.jinja", exceptions=named)
    module = ModuleType(NAME)
    sys.modules[NAME] = module
    exec(compile(text, NAME, "exec"), module.__dict__)
    yield module
    del sys.modules[NAME]


def sent(form: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The arguments as they arrive, positional ones first."""
    one, other = form.Format(function), form.Format(function)
    values = one.signature.bind(*args, **kwargs)
    values.apply_defaults()
    packed = json.loads(json.dumps(one.pack_arguments(values.arguments)))
    return other.unpack_arguments(packed)


def takes(
    item: Item | None,
    /,
    amount: float = 1,
    *days: date,
    at: datetime = None,  # type: ignore[assignment]  # noqa: RUF013
    ids: set[UUID] = frozenset(),  # type: ignore[assignment]
    **points: Point,
) -> dict[int, tuple[Point, ...]]:
    return {}


def test_arguments_of_every_kind_arrive(form: Any) -> None:
    item = Item(itemName="a", price=Decimal("1.10"), colour=Colour.red)
    number = UUID(int=5)
    day, at = date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5, 6)
    found = sent(form, takes, item, 2, day, day, at=at, ids={number}, p=Point(1.5, "x"))
    assert found.args == (item, 2, day, day)
    assert type(found.args[1]) is int
    assert found.kwargs == {"at": at, "ids": {number}, "p": Point(1.5, "x")}
    assert sent(form, takes, None, ids=set()).args == (None, 1)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (dict[int, tuple[Point, ...]], {1: (Point(0.5),), 2: ()}),
        (list[float | None], [1, 2.5, None]),
        (Literal["a", 1], 1),
        (dict[str, list[Decimal]], {"a": [Decimal("0.10")]}),
        (None, None),
        (float, float("inf")),
        (bool | None, False),
    ],
)
def test_results_arrive(form: Any, hint: Any, value: Any) -> None:
    def function() -> None: ...

    function.__annotations__["return"] = hint
    side = form.Format(function)
    found = side.unpack_result(json.loads(json.dumps(side.pack_result(value))))
    assert repr(found) == repr(value)


class Wider(Point):
    """Has more than what is told of it."""


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (int, "5"),
        (str, None),
        (str, 5),
        (Point, Wider(1.0)),
        (list[int], (i for i in range(2))),
        (Item, Point(1.0)),
        (date | str, "2026-01-02"),
    ],
)
def test_what_would_be_another_thing_is_refused(form: Any, hint: Any, value: Any) -> None:
    def function() -> None: ...

    function.__annotations__["return"] = hint
    with pytest.raises(TypeError, match="the result cannot travel"):
        form.Format(function).pack_result(value)


def test_arguments_that_are_not_those_of_the_function_are_refused(form: Any) -> None:
    with pytest.raises(TypeError, match=r"takes item, .* was given it"):
        form.Format(takes).unpack_arguments({"it": 1})


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a", 1),
        KeyError("k"),
        OSError(2, "nothing there"),
        RefusedError("no", code=7),
        HTTPException(404, {"not": ["here"]}, {"x-a": "b"}),
    ],
)
def test_exceptions_are_raised_again_as_themselves(form: Any, error: Exception) -> None:
    told = json.loads(json.dumps(form.pack_error(error)))
    found = form.unpack_error(told, "other")
    assert type(found) is type(error)
    assert (str(found), found.args, vars(found)) == (str(error), error.args, vars(error))


def test_an_exception_is_told_by_the_name_that_the_monolith_has(form: Any) -> None:
    told = form.pack_error(DerivedError("no", code=7))
    assert told["classes"] == [f"{__name__}:DerivedError", "monolith.errors:Refused"]
    del told["classes"][0]
    assert type(form.unpack_error(told, "other")) is RefusedError


class UnknownError(Exception):
    pass


@pytest.mark.parametrize(
    "told",
    [
        {"text": "Odd: x", "classes": ["nowhere:Odd"], "args": ["x"], "state": {}},
        {"text": "Odd: x", "classes": ["os:system"], "args": ["false"], "state": {}},
        {"text": "Odd: x", "classes": ["builtins:eval"], "args": ["1"], "state": {}},
    ],
)
def test_what_is_no_known_exception_is_a_runtime_error(form: Any, told: dict[str, Any]) -> None:
    found = form.unpack_error(told, "other")
    assert type(found) is RuntimeError
    assert str(found) == "the other service failed: Odd: x"


def test_an_exception_with_what_json_does_not_have_is_told_as_text(form: Any) -> None:
    told = form.pack_error(ValueError(object))
    assert told["classes"] == []
    assert str(form.unpack_error(told, "other")).startswith("the other service failed: ValueError")

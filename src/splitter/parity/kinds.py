"""Kinds of values that a side makes anew: what varies must still be of the kind that was seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from splitter.model.jsontext import Numeral
from splitter.model.parity import ABSENT
from splitter.parity.clock import moment_of, spelling_of, tells_time


class Kind(StrEnum):
    """What the values at a place have in common though they vary."""

    TIMESTAMP = "timestamp"
    UUID = "uuid"
    NUMBER = "growing number"
    OPAQUE = "opaque"


def kind_of(values: Sequence[object]) -> Kind:
    """The narrowest kind that all the values are of; what is null or absent says nothing."""
    given = [value for value in values if value is not None and value is not ABSENT]
    if not given:
        return Kind.OPAQUE
    if len({_uuid(value) for value in given}) == 1 and _uuid(given[0]):
        return Kind.UUID
    if all(_moment(value) is not None for value in given):
        return Kind.TIMESTAMP
    if all(sort_of(value) == "number" for value in given):
        return Kind.NUMBER
    return Kind.OPAQUE


def fits(kind: Kind, seen: Sequence[object], value: object) -> bool:
    """Whether a value is of the kind, and like those that were seen at its place.

    A timestamp is spelled as they are and, where they were near one another, near to them; a UUID
    has their form; of a number they tell the sign and whether it has a fraction; a text is not
    empty, and about as long as they are if all are long, of one length and without blanks.
    """
    like = [one for one in seen if sort_of(one) == sort_of(value)]
    if not like or sort_of(value) not in ("string", "number"):
        return bool(like)
    if kind is Kind.TIMESTAMP:
        return _is_such_a_time(like, value)
    if kind is Kind.UUID:
        return _uuid(value) in {_uuid(one) for one in like}
    if kind is Kind.NUMBER:
        return _is_such_a_number(like, value)
    return not isinstance(value, str) or _is_such_a_text(like, value)


def sort_of(value: object) -> str:
    """The sort of a JSON value; integers and other numbers are one sort."""
    if value is ABSENT:
        return "absent"
    if value is None:
        return "null"
    for types, name in _SORTS:
        if isinstance(value, types):
            return name
    return "number"


_SORTS: tuple[tuple[type, str], ...] = (
    (Numeral, "number"),
    (bool, "boolean"),
    (str, "string"),
    (dict, "object"),
    (list, "array"),
)


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_BARE = re.compile(r"[0-9a-f]{32}", re.I)


def _uuid(value: object) -> str:
    """How it is spelled, if it is a UUID: with its version, or bare, where any digits will do."""
    if not isinstance(value, str):
        return ""
    found = _UUID.fullmatch(value)
    return found[1] if found else "bare" if _BARE.fullmatch(value) else ""


def _moment(value: object) -> datetime | None:
    if isinstance(value, str) and not isinstance(value, Numeral):
        return moment_of(value)
    if not isinstance(value, int | Decimal) or not tells_time(value):
        return None
    return _FIRST + timedelta(seconds=float(value / _unit(value)))


_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def _unit(value: int | Decimal) -> int:
    """How many of it there are in a second."""
    return next(unit for unit in (1, 10**3, 10**6, 10**9) if value / unit < 10**10)


def _spelling(value: object) -> str:
    if isinstance(value, int | Decimal):
        return f"{_unit(value)} {type(value).__name__}"
    return spelling_of(value) if isinstance(value, str) else ""


def _is_such_a_time(seen: Sequence[object], value: object) -> bool:
    moment = _moment(value)
    moments = [found for one in seen if (found := _moment(one)) is not None]
    if moment is None or _spelling(value) not in {_spelling(one) for one in seen}:
        return False
    spread = max(moments) - min(moments)
    if spread > _NOW_AND_AGAIN:
        return True
    return min(moments) - spread - _NEAR <= moment <= max(moments) + spread + _NEAR


_NOW_AND_AGAIN = timedelta(minutes=10)
_NEAR = timedelta(minutes=1)


def _is_such_a_number(seen: Sequence[object], value: object) -> bool:
    if not isinstance(value, int | Decimal):
        return True  # too large to compute with
    numbers = [one for one in seen if isinstance(one, int | Decimal)]
    if all(isinstance(one, int) for one in numbers) and not isinstance(value, int):
        return False
    return value > 0 or any(one <= 0 for one in numbers)


def _is_such_a_text(seen: Sequence[object], text: str) -> bool:
    texts = [one for one in seen if isinstance(one, str)]
    length = len(texts[0])
    if length < _LONG or any(len(one) != length or _BLANK.search(one) for one in texts):
        return bool(text) or not all(texts)
    return abs(len(text) - length) <= 2 + length // 5


_LONG = 8
_BLANK = re.compile(r"\s")

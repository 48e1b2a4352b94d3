"""Every kind of fault is found, and what only varies from run to run never is one."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from shop import CASES, PLACES, Answer, Fault, Shop

from splitter.effects.http import Client
from splitter.model.parity import Case, Outcome, Verdict
from splitter.parity.cases import read_cases
from splitter.workflows.parity import check

M, S, T = "http://monolith:8000", "http://service:8001", "http://twin:8002"
REPLAYS = 1_000

pytestmark = pytest.mark.xdist_group("parity faults")

Edit = Callable[[Any], Any]


def replayed(cases: tuple[Case, ...], fault: Fault | None = None, seed: int = 1) -> list[Verdict]:
    """The verdicts on a shop and another with a fault; a third one tells what varies."""
    return list(
        check(
            cases,
            monolith=Client(M, transport=httpx.MockTransport(Shop(M, seed=seed))),
            services={"shop": Client(S, transport=httpx.MockTransport(Shop(S, fault, seed + 1)))},
            concurrency=500,
            twin=lambda: Client(T, transport=httpx.MockTransport(Shop(T, seed=seed + 2))),
        )
    )


def sessions(count: int) -> tuple[Case, ...]:
    """The session so many times, each of a file of its own."""
    return tuple(
        case for n in range(count) for case in read_cases(CASES.encode(), path=f"cases-{n}.yaml")
    )


def body(case: str, edit: Edit) -> Fault:
    """A fault in the JSON of one answer."""

    def fault(shop: Shop, request: httpx.Request, answer: Answer) -> Answer:
        if not _is(case, request, answer):
            return answer
        told = edit(json.loads(answer.content))
        kept = {n: v for n, v in answer.headers.items() if n != "content-length"}
        return httpx.Response(answer.status_code, content=json.dumps(told), headers=kept)

    return fault


def answer(case: str, edit: Callable[[Answer], Answer]) -> Fault:
    """A fault in one answer."""
    return lambda shop, request, given: edit(given) if _is(case, request, given) else given


def first(edit: Edit) -> Edit:
    """An edit of the first item of a list of items."""
    return lambda told: told | {"items": [edit(told["items"][0]), *told["items"][1:]]}


def with_items(edit: Edit) -> Edit:
    return lambda told: told | {"items": edit(told["items"])}


def header(name: str, value: str | None) -> Callable[[Answer], Answer]:
    def edit(given: Answer) -> Answer:
        kept = [(n, v) for n, v in given.headers.multi_items() if n != name]
        added = [] if value is None else [(name, value)]
        return httpx.Response(given.status_code, content=given.content, headers=kept + added)

    return edit


def status(number: int) -> Callable[[Answer], Answer]:
    return lambda given: httpx.Response(number, content=given.content, headers=given.headers)


def cookie(old: str, new: str) -> Callable[[Answer], Answer]:
    return lambda given: header("set-cookie", given.headers["set-cookie"].replace(old, new))(given)


def content(edit: Callable[[bytes], bytes]) -> Callable[[Answer], Answer]:
    def edited(given: Answer) -> Answer:
        kept = {n: v for n, v in given.headers.items() if n != "content-length"}
        return httpx.Response(given.status_code, content=edit(given.content), headers=kept)

    return edited


def forgotten(shop: Shop, request: httpx.Request, given: Answer) -> Answer:
    """A row is answered and not written."""
    if _is("first", request, given) and b"Tea" not in request.content:
        shop.rows[_token(request)].pop(json.loads(given.content)["id"])
    return given


def twice(shop: Shop, request: httpx.Request, given: Answer) -> Answer:
    """A row is written twice."""
    if _is("first", request, given) and b"Tea" in request.content:
        shop.add(_token(request), json.loads(request.content))
    return given


def otherwise(shop: Shop, request: httpx.Request, given: Answer) -> Answer:
    """A row is written otherwise than it was answered."""
    if _is("first", request, given):
        shop.rows[_token(request)][json.loads(given.content)["id"]]["price"] = 1
    return given


def undeleted(shop: Shop, request: httpx.Request, given: Answer) -> Answer:
    """A row stays although it was removed."""
    if request.method == "DELETE":
        shop.add(_token(request), {"name": "Tea", "price": 3.5})
    return given


def unordered(shop: Shop, request: httpx.Request, given: Answer) -> Answer:
    """Rows come in the reverse of the order in which they were committed."""
    if _is("first", request, given):
        rows = shop.rows[_token(request)]
        shop.rows[_token(request)] = dict(reversed(rows.items()))
    return given


def page_off_by_one(shop: Shop, request: httpx.Request, given: Answer) -> Answer:
    """Pages are counted from nought."""
    if "page" not in request.url.params or not _is("list", request, given):
        return given
    page = int(request.url.params["page"]) + 1
    url = request.url.copy_set_param("page", page)
    return shop.answer(httpx.Request("GET", url, headers=request.headers))


def _token(request: httpx.Request) -> str:
    return request.headers["authorization"].removeprefix("Bearer ")


def _is(case: str, request: httpx.Request, given: Answer) -> bool:
    path = re.sub(r"\d+", "N", request.url.path)
    return (request.method, path, given.status_code) == PLACES[case]


def _renamed(told: Any, old: str, new: str) -> Any:
    return {new if name == old else name: value for name, value in told.items()}


def _decomposed(told: Any) -> Any:
    return told | {"name": unicodedata.normalize("NFD", told["name"])}


def _but(told: Any, name: str) -> Any:
    return {key: value for key, value in told.items() if key != name}


def _set(name: str, value: Any) -> Edit:
    return lambda told: told | {name: value}


FAULTS: dict[str, Fault] = {
    "a field is renamed": body("list", lambda told: _renamed(told, "total", "count")),
    "a field is gone": body("list", first(lambda item: _but(item, "price"))),
    "a field is new": body("list", first(_set("rating", 5))),
    "a field that is null is gone": body("list", first(lambda item: _but(item, "note"))),
    "a value is null": body("list", first(_set("price", None))),
    "a number is text": body("list", first(lambda item: item | {"price": str(item["price"])})),
    "an integer is a float": body("list", lambda told: told | {"total": float(told["total"])}),
    "a truth value is a number": body("list", lambda told: told | {"more": int(told["more"])}),
    "a number is rounded": body("first", lambda told: told | {"price": round(told["price"], 2)}),
    "a long number loses digits": body("list", lambda told: told | {"number": int(float(10**22))}),
    "text is in another case": body("list", first(lambda item: item | {"name": "TEA"})),
    "text has a blank more": body("list", first(lambda item: item | {"name": "Tea "})),
    "an accent is composed otherwise": body("first", _decomposed),
    "rows are the other way round": body("list", with_items(lambda items: items[::-1])),
    "events are the other way round": body("log", lambda told: told[::-1]),
    "a row is missing": body("list", with_items(lambda items: items[:-1])),
    "a row is doubled": body("list", with_items(lambda items: [*items, items[-1]])),
    "a row is that of another": body("list", with_items(lambda items: [items[-1], *items[1:]])),
    "a set lacks an element": body("first", lambda told: told | {"tags": told["tags"][1:]}),
    "a set has one twice": body("first", lambda told: told | {"tags": told["tags"] * 2}),
    "a page is off by one": page_off_by_one,
    "a list is wrapped": body("log", lambda told: {"items": told}),
    "a status is another": answer("first", status(200)),
    "what is not there is forbidden": answer("removed", status(403)),
    "a missing login is a bad request": answer("nobody", status(400)),
    "an error says another thing": body("wrong", _set("detail", "the name is empty")),
    "an error has another shape": body("wrong", lambda told: {"error": told}),
    "a header is gone": answer("list", header("x-total", None)),
    "a header is new": answer("list", header("x-powered-by", "shop")),
    "a header is another": answer("list", header("cache-control", "public")),
    "a cookie is gone": answer("log in", header("set-cookie", None)),
    "a cookie has another name": answer("log in", cookie("sid=", "session=")),
    "a cookie has another attribute": answer("log in", cookie("lax", "strict")),
    "a redirect goes elsewhere": answer("old path", header("location", f"{S}/items?page=2")),
    "a redirect is for good": answer("old path", status(308)),
    "another encoding": answer("table", content(lambda data: data.decode().encode("latin-1"))),
    "another kind of content": answer("table", header("content-type", "application/csv")),
    "a line of a table is gone": answer("table", content(lambda data: data[:-20])),
    "an answer is empty": answer("log", content(lambda data: b"")),
    "an answer is cut": answer("list", content(lambda data: data[:-1])),
    "a body where there was none": answer("remove", status(200)),
    "a row is forgotten": forgotten,
    "a row is written twice": twice,
    "a row is written otherwise": otherwise,
    "a row is not removed": undeleted,
    "rows are committed in another order": unordered,
    "a time is text of another kind": body("first", _set("created_at", "today")),
    "a time stands still": body("first", _set("created_at", "1970-01-01T00:00:00+00:00")),
    "a reference is no UUID": body("first", _set("reference", "none")),
    "an id is no number": body("first", lambda told: told | {"id": f"item-{told['id']}"}),
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[Verdict]]:
    """The verdicts by fault, all at once: each waits for another second of the clock."""
    with ThreadPoolExecutor(len(FAULTS)) as pool:
        verdicts = pool.map(lambda fault: replayed(sessions(1), fault), FAULTS.values())
        return dict(zip(FAULTS, verdicts, strict=True))


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_found(kind: str, found: dict[str, list[Verdict]]) -> None:
    assert any(v.outcome in (Outcome.MISMATCH, Outcome.ERROR) for v in found[kind])


def test_what_varies_is_no_fault() -> None:
    verdicts = replayed(sessions(REPLAYS))
    assert len(verdicts) == REPLAYS * 16
    assert [v for v in verdicts if v.outcome is not Outcome.MATCH] == []

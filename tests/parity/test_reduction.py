"""Less of what fails is found in few steps, and what is left still fails."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from splitter.model.jsontext import Json, read, write
from splitter.model.parity import Case, Request
from splitter.parity.bodies import JsonBody, PiecedBody, Slot
from splitter.parity.cases import read_cases
from splitter.parity.excerpts import excerpt
from splitter.parity.reduction import fewest, least, only, smallest


def test_the_fewest_items_are_found_whichever_they_are() -> None:
    for count in range(3):
        for wanted in combinations(range(12), count):
            assert _fewest(range(12), set(wanted))[0] == list(wanted)


def test_few_tries_are_needed_and_every_step_fails() -> None:
    found, tries = _fewest(range(1000), {3, 500, 999})
    assert found == [3, 500, 999]
    assert tries < 120


def _fewest(items: range, wanted: set[int]) -> tuple[list[int], int]:
    tried: list[list[int]] = []

    async def fails(some: list[int]) -> bool:
        tried.append(some)
        return wanted <= set(some)

    return asyncio.run(fewest(list(items), fails)), len(tried)


def test_what_fails_by_chance_ends() -> None:
    numbers = random.Random(1)

    async def fails(some: list[int]) -> bool:
        return numbers.random() < 0.5

    assert set(asyncio.run(fewest(range(50), fails))) <= set(range(50))


@pytest.mark.parametrize(
    ("text", "needle", "smaller"),
    [
        ('{"a":1,"b":{"c":[1,{"d":2.50}],"e":null},"f":3}', "2.50", '{"b":{"c":[{"d":2.50}]}}'),
        ('{"a":1,"b":2}', "", "{}"),
        ("[1,2,[3,4]]", "4", "[[4]]"),
    ],
)
def test_the_smallest_value_is_found(text: str, needle: str, smaller: str) -> None:
    async def fails(value: Json) -> bool:
        return needle in write(value)

    assert write(asyncio.run(smallest(read(text), fails))) == smaller


def test_a_body_with_captures_and_a_query_in_the_path_are_made_smaller() -> None:
    body = PiecedBody((b'{"id":', Slot("id", "json"), b',"x":1}'))
    headers = (("content-type", "application/json"), ("x-trace", "1"))
    request = Request("POST", "/items?a=1&b=2", headers=headers, template=body)

    async def fails(smaller: Request) -> bool:
        assert smaller.template is not None
        return "b=2" in smaller.path and _spells(smaller, "{{ id }}")

    found = asyncio.run(least(request, fails))
    assert (found.path, found.headers) == ("/items?b=2", ())
    assert found.template == JsonBody({"id": "{{ id }}"})


def _spells(request: Request, text: str) -> bool:
    body: Any = request.template
    names = {name: f"{{{{ {name} }}}}" for name in body.names()}
    return text.encode() in body.encode(names)


CASES = """
cases:
- {name: login, capture: {token: $.token}, request: {method: POST, path: /login,
    json: {user: ada, password: a-long-secret, deep: [{pin: 1234}]}}}
- {name: new, after: login, capture: {id: $.id}, request: {method: POST, path: /items,
    headers: {authorization: "Bearer {{ token }}"}, form: {name: Zoë, secret: a-word}}}
- {name: other, after: login, request: {path: /others, headers: {x-api-key: abcd-1234}}}
- {name: one, after: new, request: {path: "/items/{{ id }}", query: {a: [1, 2], token: t}},
    compare: {ignore: [$.at], unordered: [$.tags], tolerance: {$.price: 0.5}, numbers: value}}
"""


def test_what_a_case_needs_stays_with_it() -> None:
    chain = read_cases(CASES.encode(), path="cases.yaml")
    assert [c.name for c in only(chain, ["one"])] == ["login", "new", "one"]
    assert [(c.name, c.after) for c in only(chain, ["other"])] == [("other", "")]
    assert [(c.name, c.after) for c in only(chain, ["other", "one"])] == [
        *(("login", ""), ("new", "login")),
        *(("other", "login"), ("one", "new")),
    ]
    roots = (Case("a", Request("GET", "/a"), session="s"), Case("b", Request("GET", "/b")))
    assert [(c.name, c.after) for c in only(roots, ["a", "b"])] == [("a", ""), ("b", "a")]


def test_an_excerpt_is_a_case_file_without_secrets() -> None:
    chain = read_cases(CASES.encode(), path="cases.yaml")
    text = excerpt(chain, lambda text: text)
    for secret in ("a-long-secret", "1234", "a-word", '"t"'):
        assert secret not in text
    read_back = read_cases(text.encode(), path="cases.yaml")
    assert [c.name for c in read_back] == [c.name for c in chain]
    assert [c.after for c in read_back] == [c.after for c in chain]
    assert [dict(c.capture) for c in read_back] == [dict(c.capture) for c in chain]
    assert [c.rules for c in read_back] == [c.rules for c in chain]
    assert read_back[1].request.headers == chain[1].request.headers
    assert read_back[3].request.path == "/items/{{ id }}"
    assert read_back[3].request.query == (("a", "1"), ("a", "2"), ("token", "[hidden]"))
    binary = (replace(chain[0], request=Request("PUT", "/f", body=b"\xff", content_type="x/y")),)
    (put,) = read_cases(excerpt(binary, lambda text: text).encode(), path="cases.yaml")
    assert (put.request.body, put.request.headers) == (b"\xff", (("content-type", "x/y"),))

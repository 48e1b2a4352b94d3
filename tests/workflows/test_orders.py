"""A short set that comes in the same order by chance is no fault; an order that is kept is."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from splitter.effects.http import Client
from splitter.model.parity import Case, Outcome, Request, Verdict
from splitter.model.rows import Changes
from splitter.parity.chains import Chain
from splitter.workflows.parity import check_on
from splitter.workflows.stands import Ground, Second, Stand

CASES = 300
Order = Callable[[], list[str]]


def shuffled() -> list[str]:
    return random.sample(["a", "b", "c"], 3)


def kept() -> list[str]:
    return ["a", "b", "c"]


def reversed_() -> list[str]:
    return ["b", "c", "a"]


def checked(
    method: str, monolith: Order, service: Order, cookies: list[str | None] | None = None
) -> tuple[list[Verdict], int]:
    """The verdicts, each on data of its own if it writes, and how many monoliths were started.

    `cookies` takes those that come with the requests; every answer sets one.
    """
    started = 0

    def client(order: Order) -> Client:
        def answer(request: httpx.Request) -> httpx.Response:
            if cookies is not None:
                cookies.append(request.headers.get("cookie"))
            document = {"tags": order(), "n": 1}
            return httpx.Response(200, json=document, headers={"set-cookie": "sid=1"})

        return Client("http://any", transport=httpx.MockTransport(answer))

    async def second() -> Second:
        nonlocal started
        started += 1
        return Second(client(monolith), changes)

    async def changes() -> Changes:
        return {}

    async def both() -> tuple[Changes, Changes]:
        return {}, {}

    @asynccontextmanager
    async def stand(chain: Chain) -> AsyncIterator[Stand]:
        own = (second, both) if method == "POST" else (None, None)
        yield Stand(client(monolith), {"shop": client(service)}, *own)

    async def close() -> None:
        pass

    cases = [Case(f"{n}", Request(method, "/tags"), "c", service="shop") for n in range(CASES)]
    return list(check_on(Ground(stand, close), cases, concurrency=CASES)), started


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_short_set_is_no_fault(method: str) -> None:
    verdicts, started = checked(method, shuffled, shuffled)
    assert {v.outcome for v in verdicts} == {Outcome.MATCH}
    assert started < 2 * CASES


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_order_that_is_kept_is_one(method: str) -> None:
    verdicts, _ = checked(method, kept, reversed_)
    assert {v.outcome for v in verdicts} == {Outcome.MISMATCH}


def test_no_monolith_gets_the_cookies_of_another() -> None:
    cookies: list[str | None] = []
    checked("POST", kept, reversed_, cookies)
    assert len(cookies) > 3 * CASES
    assert set(cookies) == {None}

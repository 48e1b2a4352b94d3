"""Sessions that fail are shrunk within bounds, and nothing is told that was not seen."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from splitter.effects.http import Client
from splitter.model.parity import Outcome, Shrunk, Verdict
from splitter.parity.cases import read_cases
from splitter.workflows.parity import check
from splitter.workflows.shrinking import Judge, Shrinking

M, S = "http://monolith:8000", "http://service:8001"

Answer = Callable[[httpx.Request], httpx.Response]


def session(count: int, name: str = "c") -> str:
    lines = [
        f"- {{name: {name}{n}, {f'after: {name}{n - 1}, ' if n else ''}request: {{path: /{n}, "
        "query: {a: 1, b: 2}, headers: {x-one: y}}}"
        for n in range(count)
    ]
    return "\n".join(lines) + "\n"


def said(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"path": request.url.path})


def checked(cases: str, service: Answer, shrinking: Shrinking) -> dict[str, Verdict]:
    """The verdicts of a service that is held against one that says the path."""
    verdicts = check(
        read_cases(f"cases:\n{cases}".encode(), path="cases.yaml"),
        monolith=Client(M, transport=httpx.MockTransport(said)),
        services={"only": Client(S, transport=httpx.MockTransport(service))},
        concurrency=1,
        shrinking=shrinking,
    )
    return {verdict.case.name: verdict for verdict in verdicts}


def shrinking(judge: Judge = lambda v: v, tries: int = 50, sessions: int = 10) -> Shrinking:
    return Shrinking(judge, lambda text: None, tries, sessions)


def wrong_at(path: str) -> Answer:
    """A service that answers otherwise at one place, if `b` is 2."""

    def answer(request: httpx.Request) -> httpx.Response:
        fails = request.url.path == path and request.url.params.get("b") == "2"
        return httpx.Response(200, json={"path": "wrong"}) if fails else said(request)

    return answer


def test_the_requests_and_parameters_that_are_needed_are_left() -> None:
    verdicts = checked(session(9), wrong_at("/6"), shrinking())
    assert [n for n, v in verdicts.items() if v.outcome is not Outcome.MATCH] == ["c6"]
    shrunk = verdicts["c6"].shrunk
    assert shrunk is not None
    assert (shrunk.of, shrunk.requests, shrunk.note) == (9, 1, "")
    (one,) = read_cases(shrunk.cases.encode(), path="")
    assert (one.request.query, one.request.headers) == ((("b", "2"),), ())
    assert [v.shrunk for v in verdicts.values()].count(None) == 8


def test_no_more_tries_are_made_than_are_allowed() -> None:
    verdicts = checked(session(40), wrong_at("/36"), shrinking(tries=4))
    shrunk = verdicts["c36"].shrunk
    assert shrunk is not None
    assert (shrunk.tries, shrunk.note) == (4, "there may be less: 4 tries are the most")
    assert len(read_cases(shrunk.cases.encode(), path="")) == shrunk.requests < 40


def test_a_failure_that_never_comes_again_is_said() -> None:
    asked = 0

    def service(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return httpx.Response(500) if asked == 2 else said(request)

    shrunk = checked(session(3), service, shrinking())["c1"].shrunk
    assert shrunk == Shrunk(
        3, tries=3, note="not shrunk: it did not fail so again when it was put 3 times"
    )


def test_another_failure_is_not_taken_for_the_same() -> None:
    turns = iter([200, *[404] * 100])
    first = httpx.Response(200, json={"path": "/1", "more": 1})

    def other(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/1":
            return said(request)
        return first if next(turns) == 200 else httpx.Response(404, json={"path": "/1"})

    shrunk = checked(session(3), other, shrinking())["c1"].shrunk
    assert shrunk is not None
    assert not shrunk.cases


def test_only_so_many_sessions_are_shrunk_and_none_that_is_accepted() -> None:
    def service(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"path": "wrong"})

    cases = "".join(session(1, name) for name in "abc")
    found = checked(cases, service, shrinking(sessions=2))
    told = {name: v.shrunk for name, v in found.items() if v.shrunk}
    assert {name: bool(s.cases) for name, s in told.items()} == {
        "a0": True,
        "b0": True,
        "c0": False,
    }
    assert told["c0"].note == "not shrunk: 2 sessions were"
    accepted = shrinking(lambda v: Verdict(v.case, Outcome.MATCH))
    assert [v.shrunk for v in checked(cases, service, accepted).values()] == [None] * 3


def test_a_session_that_writes_is_not_shrunk_where_data_are_not_made_anew() -> None:
    cases = "- {name: w, request: {method: POST, path: /w}}\n"
    puts: list[str] = []

    def service(request: httpx.Request) -> httpx.Response:
        puts.append(request.method)
        return httpx.Response(500)

    shrunk = checked(cases, service, shrinking())["w"].shrunk
    assert shrunk is not None
    assert shrunk.note.startswith("not shrunk: it writes")
    assert puts == ["POST"]

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import httpx

from splitter.effects.http import Client
from splitter.model.parity import Case, Difference, Verdict
from splitter.parity.cases import read_cases
from splitter.workflows.parity import check

Respond = Callable[[httpx.Request], httpx.Response]
M, S, T = "http://monolith", "http://service/v2", "http://twin"
ADD = "{name: add, request: {method: POST, path: /a, json: {}}}"


class Side(httpx.AsyncBaseTransport):
    """A server that remembers what it was asked."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.asked: list[str] = []
        self.closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        return self.respond(request)

    async def aclose(self) -> None:
        self.closed = True


class Shop:
    """Things get an id of the shop's own choice, which the list of them tells again."""

    def __init__(self, ids: Iterable[object], url: str) -> None:
        self.ids, self.url = iter(ids), url
        self.had: list[object] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.had.append(next(self.ids))
            return httpx.Response(201, json={"id": self.had[-1], "at": f"{self.url}/a"})
        return httpx.Response(200, json=self.had)


def always(body: object) -> Respond:
    return lambda request: httpx.Response(200, json=body)


def cases(text: str) -> tuple[Case, ...]:
    return read_cases(f"cases: {text}".encode(), path="cases.yaml")


def told(verdicts: list[Verdict]) -> list[tuple[str, str]]:
    return [(v.case.name, str(v.outcome)) for v in verdicts]


def checked(text: str, monolith: Respond, service: Respond, twin: Side) -> list[Verdict]:
    return list(
        check(
            cases(text),
            monolith=Client(M, transport=Side(monolith)),
            services={"orders": Client(S, transport=Side(service))},
            twin=lambda: Client(T, transport=twin),
        )
    )


def test_what_a_write_answers_otherwise_in_a_second_monolith_is_noise() -> None:
    text = f"[{ADD}, {{name: list, after: add, request: {{path: /a}}}}]"
    twin = Side(Shop(["x"], T))
    verdicts = checked(text, Shop(["m"], M), Shop(["s"], S), twin)
    assert told(verdicts) == [("add", "match"), ("list", "match")]
    assert [v.noise for v in verdicts] == [
        (Difference("body", "$.id", "m", "s"),),
        (Difference("body", "$[0]", "m", "s"),),
    ]
    assert twin.asked == ["POST /a", "GET /a"]
    assert twin.closed


def test_what_both_monoliths_answer_alike_is_a_difference() -> None:
    for service in (["m", "s"], [7], [None]):
        verdicts = checked(f"[{ADD}]", Shop(["m"], M), Shop(service[-1:], S), Side(Shop(["m"], T)))
        assert told(verdicts) == [("add", "mismatch")]


def test_a_value_of_another_sort_is_a_difference_where_monoliths_vary() -> None:
    for value in (7, None, ["s"]):
        (verdict,) = checked(f"[{ADD}]", Shop(["m"], M), Shop([value], S), Side(Shop(["x"], T)))
        assert [(d.path, d.service) for d in verdict.differences] == [("$.id", value)]


def test_the_second_monolith_is_put_what_came_before_in_its_order() -> None:
    names = "abcdef"
    steps = [
        f"{{name: {n}, request: {{method: POST, path: /{n}}}"
        + (f", after: {before}}}" if before else "}")
        for before, n in itertools.pairwise(["", *names])
    ]
    twin = Side(always({}))

    def service(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"n": 1} if request.url.path == "/v2/d" else {})

    verdicts = checked(f"[{', '.join(steps)}]", always({}), service, twin)
    assert [n for n, outcome in told(verdicts) if outcome == "mismatch"] == ["d"]
    assert twin.asked == ["POST /a", "POST /b", "POST /c", "POST /d"]


def test_it_is_not_started_while_all_is_alike() -> None:
    def start() -> Client:
        raise AssertionError

    sides = [Client(url, transport=Side(always({}))) for url in (M, S)]
    text = f"[{ADD}]"
    found = check(cases(text), monolith=sides[0], services={"orders": sides[1]}, twin=start)
    assert told(list(found)) == [("add", "match")]


def test_a_capture_of_the_second_monolith_is_its_own() -> None:
    text = (
        "[{name: in, request: {method: POST, path: /a}, capture: {key: $.id}}, "
        "{name: use, after: in, request: {method: POST, path: '/use/{{ key }}'}}]"
    )
    twin = Side(Shop(["x", "y"], T))
    verdicts = checked(text, Shop(["m", "n"], M), Shop(["s", "t"], S), twin)
    assert told(verdicts) == [("in", "match"), ("use", "match")]
    assert twin.asked == ["POST /a", "POST /use/x"]

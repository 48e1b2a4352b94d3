import pytest

from splitter.model.ending import Endpoint
from splitter.model.monolith import Route
from splitter.model.parity import Case, Outcome, Request, Verdict
from splitter.workflows.coverage import Coverage


def route(path: str, *methods: str, kind: str = "http") -> Route:
    return Route(methods, path, "m:f", "m.py", 1, kind=kind)


ROUTES = [
    route("/items", "GET", "POST"),
    route("/items/new", "GET"),
    route("/items/{id:int}", "GET"),
    route("/items/{name}", "GET"),
    route("/static", kind="mount"),
    route("/static/a", "GET"),
    route("/files/{rest:path}", "GET"),
    route("/live", kind="websocket"),
]


def verdict(method: str, path: str, outcome: Outcome = Outcome.MATCH) -> Verdict:
    return Verdict(Case(path, Request(method, path)), outcome)


@pytest.mark.parametrize(
    ("method", "path", "reached"),
    [
        ("GET", "/items", "/items"),
        ("GET", "/items?a=/items/new", "/items"),
        ("GET", "/items/new", "/items/new"),
        ("GET", "/items/7", "/items/{id:int}"),
        ("GET", "/items/n", "/items/{name}"),
        ("GET", "/items/{{ id }}", "/items/{id:int}"),
        ("GET", "/items/a%20b", "/items/{name}"),
        ("GET", "/files/a/b/{{ c }}", "/files/{rest:path}"),
        ("DELETE", "/items", None),
        ("GET", "/static/a", None),
        ("GET", "/items/7/8", None),
    ],
)
def test_a_case_reaches_the_first_route_that_takes_it(
    method: str, path: str, reached: str | None
) -> None:
    coverage = Coverage(ROUTES, {"shop": ROUTES})
    list(coverage.counted([verdict(method, path)]))
    assert [e.path for e in coverage.endpoints() if e.cases] == ([reached] if reached else [])


def test_endpoints_of_the_services_are_counted() -> None:
    coverage = Coverage(ROUTES, {"shop": ROUTES[:1], "other": ROUTES[1:2]})
    verdicts = [
        verdict("GET", "/items"),
        verdict("GET", "/items", Outcome.MISMATCH),
        verdict("GET", "/items/new", Outcome.SKIPPED),
        verdict("GET", "/items/7"),
    ]
    assert list(coverage.counted(verdicts)) == verdicts
    assert coverage.endpoints() == (
        Endpoint("GET", "/items", "shop", 2),
        Endpoint("POST", "/items", "shop", 0),
        Endpoint("GET", "/items/new", "other", 0),
    )

"""Which route answers a call, as the monolith tries its routes, and whose it is."""

from __future__ import annotations

import pytest

from splitter.actions.frontend.matching import match
from splitter.model.frontend import Call, Finding, Hole, Survey
from splitter.model.monolith import Route

ROUTES = (
    Route(("GET",), "/api/items/export", "items:export", "items.py", 1),
    Route(("GET",), "/api/items/{item_id:int}", "items:one", "items.py", 2),
    Route(("GET", "HEAD"), "/api/items", "items:all", "items.py", 3),
    Route(("POST",), "/api/items", "items:make", "items.py", 4),
    Route(("PUT",), "/api/items/{item_id}", "items:put", "items.py", 5),
    Route(("GET",), "/api/users/{name}/posts", "users:posts", "users.py", 1),
    Route(("GET",), "/api/files/{path:path}", "files:one", "files.py", 1),
    Route((), "/ws/{room}", "rooms:join", "rooms.py", 1, kind="websocket"),
    Route((), "/static", "", "", 0, kind="mount"),
)
BASE, X = Hole("API", "base"), Hole("x")


def owner(route: Route, _: str) -> str:
    return route.module or "monolith"


def finding(method: str, *parts: str | Hole, how: str = "fetch", own: str = "") -> Finding:
    call = Call("a.ts", 1, method, parts, how)
    survey = Survey((call,), 1, own=(own,) if own else ())
    (found,) = match(".", survey, ROUTES, owner).findings
    return found


@pytest.mark.parametrize(
    ("method", "parts", "route", "of"),
    [
        ("GET", ("/api/items",), "GET /api/items", "items"),
        ("HEAD", ("/api/items",), "HEAD /api/items", "items"),
        ("POST", ("/api/items/",), "POST /api/items", "items"),
        ("GET", ("/api/items/export",), "GET /api/items/export", "items"),
        ("GET", ("/api/items/7",), "GET /api/items/{item_id:int}", "items"),
        ("GET", ("/api/items/", X), "GET /api/items/{item_id:int}", "items"),
        ("GET", ("/api/items", X), "GET /api/items", "items"),
        ("GET", ("/api/users/", X, "/posts"), "GET /api/users/{name}/posts", "users"),
        ("GET", ("/api/files/a/b/", X), "GET /api/files/{path:path}", "files"),
        ("GET", (BASE, "/api/items"), "GET /api/items", "items"),
        ("GET", (BASE, "/items"), "GET /api/items", "items"),
        ("GET", ("/backend/api/items",), "GET /api/items", "items"),
        ("GET", ("https://shop.example/api/items",), "GET /api/items", "items"),
        ("WEBSOCKET", ("/ws/", X), "WEBSOCKET /ws/{room}", "rooms"),
        ("GET", ("/static/logo.png",), "mount /static", "monolith"),
    ],
)
def test_resolved(method: str, parts: tuple[str | Hole, ...], route: str, of: str) -> None:
    found = finding(method, *parts)
    assert (found.state, found.route, found.owner) == ("resolved", route, of)


@pytest.mark.parametrize(
    ("method", "parts", "why", "of"),
    [
        ("GET", (X,), "the URL is not known", ""),
        ("POST", ("/api/", X), "may be /api/items", "items"),
        ("GET", (BASE, "/api/", X, "/posts"), "parts are not known", ""),
    ],
)
def test_dynamic(method: str, parts: tuple[str | Hole, ...], why: str, of: str) -> None:
    found = finding(method, *parts)
    assert (found.state, found.why, found.owner) == ("dynamic", why, of)


@pytest.mark.parametrize(
    ("method", "parts", "why", "outside"),
    [
        ("DELETE", ("/api/items",), "no DELETE there, only GET, HEAD, POST", False),
        ("GET", ("/api/itemsfoo",), "no route of the monolith has this path", False),
        ("GET", ("https://maps.example/tiles",), "another host: maps.example", True),
        ("GET", ("/api/health",), "the frontend's own server answers", True),
    ],
)
def test_unmatched(method: str, parts: tuple[str | Hole, ...], why: str, outside: bool) -> None:
    found = finding(method, *parts, own="/api/health")
    assert (found.state, found.why, found.outside) == ("unmatched", why, outside)


def test_a_route_below_a_base_must_spell_what_the_call_does() -> None:
    assert finding("PUT", BASE, "/teams").state == "unmatched"


def test_a_path_that_a_component_is_given_asks_the_most_fixed_route() -> None:
    prop = Call("a.vue", 1, "", ("/api/items/export",), "prop")
    (found,) = match(".", Survey((prop,), 1), ROUTES[1:] + ROUTES[:1], owner).findings
    assert found.route == "GET /api/items/export"


def test_an_interceptor_puts_something_into_the_path() -> None:
    call = Call(
        "a.ts", 1, "GET", ("/api/posts",), "axios", otherwise=(("/api/users/", X, "/posts"),)
    )
    (found,) = match(".", Survey((call,), 1), ROUTES, owner).findings
    assert (found.route, found.why) == ("GET /api/users/{name}/posts", "as an interceptor makes it")


def test_two_routes_end_alike() -> None:
    """Other calls tell which base a client has; without any it may be either."""
    near = Route(("GET",), "/v1/admin/users", "admin:users", "a.py", 1)
    far = Route(("GET",), "/v1/users", "users:all", "u.py", 1)
    sure = Route(("GET",), "/v1/teams", "teams:all", "t.py", 1)
    asks = [Call("a.ts", n, "GET", (BASE, p), "fetch") for n, p in enumerate(("/teams", "/users"))]

    def found(*calls: Call) -> tuple[Finding, ...]:
        return match(".", Survey(calls, 1), (near, far, sure), owner).findings

    (alone,) = found(asks[1])
    assert (alone.state, alone.why) == ("dynamic", "may be /v1/admin/users, /v1/users")
    assert found(*asks)[1].owner == "users"


def test_links_count_where_the_calls_go() -> None:
    """A page of the frontend may be named as a route below another base."""
    link = Call("a.ts", 2, "GET", ("/api/items",), "link")
    page = Call("a.ts", 3, "GET", ("/static/x",), "link")
    near = Call("a.ts", 1, "POST", ("/api/items",), "fetch")
    far = Call("a.ts", 1, "POST", (BASE, "/api/items"), "fetch")

    def linked(*calls: Call) -> list[int]:
        found = match(".", Survey(calls, 1), ROUTES, owner).findings
        return [f.call.line for f in found if f.call.how == "link"]

    assert linked(near, link, page) == [2]
    assert linked(far, link) == []
    assert linked(link) == [2]


def test_callers_are_told_in_the_place_of_a_wrapper() -> None:
    inner = Call("a.ts", 1, "GET", ("/api", X), "fetch", callers=1)
    outer = Call("b.ts", 9, "GET", ("/api/items",), "fetch", through="a.ts:1")
    report = match(".", Survey((inner, outer), 2), ROUTES, owner)
    assert [f.call for f in report.findings] == [outer]
    assert report.wrappers == (inner,)
    assert report.bases == ("",)

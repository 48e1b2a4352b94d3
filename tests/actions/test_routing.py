import re
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import BaseRoute, Match, Mount, Router, WebSocketRoute
from starlette.routing import Route as HttpRoute

from splitter.actions.routing import MONOLITH, Rule, Table, table
from splitter.model.monolith import Route

METHODS = ("GET", "POST", "OPTIONS")
PARTS = st.sampled_from(["a", "{p}", "{q:int}"])
PATHS = st.lists(PARTS, max_size=2, unique=True).flatmap(
    lambda parts: st.sampled_from(["", "/", "/{rest:path}"]).map(
        lambda end: "/" + "/".join(parts) + end if parts else "/"
    )
)
HTTP = st.builds(
    lambda methods, path: Route(tuple(methods), path, "m:f", "m.py", 1),
    st.lists(st.sampled_from(METHODS[:2]), min_size=1, max_size=2, unique=True),
    PATHS,
)
OTHER = st.builds(
    lambda kind, path: Route((), path, "m:f", "m.py", 1, kind=kind),
    st.sampled_from(["websocket", "mount"]),
    PATHS.filter(lambda path: "{" not in path),
)
NAMES = {"m": MONOLITH, "a": "a", "b": "b"}


def decided(rules: Table, verb: str, path: str) -> str:
    """What a gateway makes of the table."""
    for rule in rules.answered:
        if re.search(rule.regex, f"{verb}:{path}"):
            return rule.owner
    if verb == "WEBSOCKET":
        return MONOLITH
    for rule in (*rules.refused, *rules.redirected):
        if re.search(rule.regex, f"{verb}:{path}"):
            return rule.owner
    return MONOLITH


def as_starlette(route: Route) -> BaseRoute:
    async def endpoint(*_: object) -> None: ...

    if route.kind == "http":
        made = HttpRoute(route.path, endpoint, methods=list(route.methods))
        assert made.methods is not None
        made.methods.intersection_update(route.methods)
        return made
    if route.kind == "mount":
        return Mount(route.path, Router())
    return WebSocketRoute(route.path, endpoint)


def truly(owned: Sequence[tuple[Route, str]], verb: str, path: str) -> str:
    """Who answers in Starlette, by its own matching (as in `Router.app`)."""
    kind = "websocket" if verb == "WEBSOCKET" else "http"
    sides = [(as_starlette(route), NAMES[owner]) for route, owner in owned]

    def first(path: str, *wanted: Match) -> str | None:
        scope = {"type": kind, "method": verb, "path": path, "root_path": ""}
        found = (owner for route, owner in sides if route.matches(scope)[0] in wanted)
        return next(found, None)

    answer = first(path, Match.FULL) or first(path, Match.PARTIAL)
    if answer is None and kind == "http" and path != "/":
        other = path.rstrip("/") if path.endswith("/") else path + "/"
        answer = first(other, Match.FULL, Match.PARTIAL)
    return answer or MONOLITH


@st.composite
def asked(draw: st.DrawFn) -> tuple[list[tuple[Route, str]], str, str]:
    """Routes with their owners, and a method and path that are near one of them."""
    owned = draw(
        st.lists(st.tuples(st.one_of(HTTP, HTTP, OTHER), st.sampled_from("mab")), min_size=1)
    )
    path = draw(st.sampled_from([route.path for route, _ in owned]))
    path = path.replace("{rest:path}", draw(st.sampled_from(["", "a", "7/a"])))
    path = re.sub("{.*?}", lambda _: draw(st.sampled_from(["a", "7"])), path)
    path = draw(st.sampled_from([path, path + "/", path.rstrip("/") or "/"]))
    return owned, draw(st.sampled_from([*METHODS, "WEBSOCKET"])), path


@settings(max_examples=300, deadline=None)
@given(asked())
def test_the_table_decides_as_starlette_does(
    case: tuple[list[tuple[Route, str]], str, str],
) -> None:
    owned, verb, path = case
    owners = {id(route): NAMES[owner] for route, owner in owned}
    rules = table([route for route, _ in owned], lambda route, method: owners[id(route)])
    assert decided(rules, verb, path) == truly(owned, verb, path)


def a_route(methods: str, path: str, kind: str = "http") -> Route:
    return Route(tuple(methods.split()), path, "m:f", "m.py", 1, kind=kind)


def lines(rules: Sequence[Rule]) -> list[tuple[str, str]]:
    return [(rule.regex, rule.owner) for rule in rules]


def test_methods_of_one_path_may_have_different_owners() -> None:
    rules = table(
        [a_route("GET POST", "/x"), a_route("PUT", "/x")],
        lambda route, method: "s" if method == "GET" else MONOLITH,
    )
    assert lines(rules.answered) == [
        ("^GET:/x$", "s"),
        ("^(?:POST|PUT):/x$", MONOLITH),
    ]
    assert lines(rules.refused) == [("^[^:]+:/x$", "s")]
    assert lines(rules.redirected) == [("^[^:]+:/x/+$", "s")]


def test_the_monoliths_rules_are_there_only_where_they_come_before_a_services() -> None:
    rules = table(
        [
            a_route("GET", "/y/{a}"),
            a_route("GET", "/x/new"),
            a_route("DELETE", "/x/old"),
            a_route("GET", "/x/{a}"),
            a_route("GET", "/x/late"),
        ],
        lambda route, method: "s" if route.path == "/x/{a}" else MONOLITH,
    )
    assert lines(rules.answered) == [
        ("^GET:/x/new$", MONOLITH),
        ("^DELETE:/x/old$", MONOLITH),
        ("^GET:/x/[^/]+$", "s"),
        ("^GET:/x/late$", MONOLITH),
    ]
    assert lines(rules.refused) == [
        ("^[^:]+:/x/new$", MONOLITH),
        ("^[^:]+:/x/old$", MONOLITH),
        ("^[^:]+:/x/[^/]+$", "s"),
    ]


def test_neighbours_of_one_path_and_owner_are_one_rule() -> None:
    rules = table([a_route("GET", "/x"), a_route("PUT", "/x")], lambda route, method: "s")
    assert lines(rules.answered) == [("^(?:GET|PUT):/x$", "s")]


def test_a_route_without_methods_takes_them_all() -> None:
    rules = table([a_route("", "/x")], lambda route, method: "s")
    assert lines(rules.answered) == [("^[^:]+:/x$", "s")]

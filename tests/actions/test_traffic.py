from collections.abc import Collection
from dataclasses import replace

from splitter.actions import traffic
from splitter.actions.traffic import served, whole
from splitter.model.monolith import Route
from splitter.model.routing import Entry, Key, RoutingTable, State, summary

WHEN = "2026-11-26T07:20:00Z"


def route(method: str, path: str) -> Route:
    return Route((method,), path, "routes:f", "routes.py", 7)


LIST, NEW, ONE = route("GET", "/a"), route("POST", "/a"), route("GET", "/a/{id}")
OTHER = route("GET", "/b")
ROUTES = (LIST, NEW, OTHER, ONE)
OWNED = {"a": (LIST, NEW, ONE)}
TABLE, _ = whole(RoutingTable(), ROUTES, OWNED)


def moved(
    table: RoutingTable,
    service: str,
    state: State,
    *,
    percent: int = 0,
    by: str = "ada",
    only: Collection[Key] | None = None,
) -> RoutingTable:
    return traffic.moved(table, service, state, percent=percent, when=WHEN, by=by, only=only)


def states(table: RoutingTable) -> list[str]:
    return [f"{e.title} {e.owner} {e.state} {e.percent}" for e in table.entries]


def test_all_begins_with_the_monolith() -> None:
    assert states(TABLE) == [
        "GET /a a monolith 0",
        "POST /a a monolith 0",
        "GET /b monolith monolith 0",
        "GET /a/{id} a monolith 0",
    ]


def test_a_service_that_is_live_begins_with_its_routes_until_one_is_moved() -> None:
    table, notes = whole(TABLE, ROUTES, OWNED, live=["a"])
    assert [e.state for e in table.of("a")] == [State.SERVICE] * 3
    assert notes == ()
    assert whole(table, ROUTES, OWNED)[0] == TABLE
    back = moved(table, "a", State.MONOLITH, only={table.entries[0].key})
    after, notes = whole(back, ROUTES, OWNED, live=["a"])
    assert states(after) == [
        "GET /a a monolith 0",
        "POST /a a service 100",
        "GET /b monolith monolith 0",
        "GET /a/{id} a service 100",
    ]
    assert [n.code for n in notes] == ["SPL097"]


def test_routes_move_and_it_is_known_who_moved_them() -> None:
    table = moved(TABLE, "a", State.CANARY, percent=10)
    assert [(e.state, e.percent, e.moved, e.by) for e in table.of("a")] == [
        (State.CANARY, 10, "2026-11-26T07:20:00Z", "ada")
    ] * 3
    assert table.entries[2] == TABLE.entries[2]
    again = moved(table, "a", State.CANARY, percent=10, by="bob")
    assert again == table
    assert summary(again.entries) == "3 canary 10 %, 1 monolith"
    assert served(again, []) == frozenset()
    assert served(moved(again, "a", State.SERVICE), []) == {"a"}
    assert served(moved(again, "a", State.SERVICE), ["b"]) == {"a", "b"}
    assert served(again, ["a"]) == frozenset()


def test_a_new_route_is_the_monoliths_and_the_order_is_the_applications() -> None:
    table = moved(TABLE, "a", State.SERVICE)
    new = route("GET", "/a/latest")
    after, _ = whole(table, (LIST, new, NEW, OTHER, ONE), {"a": (LIST, new, NEW, ONE)})
    assert states(after) == [
        "GET /a a service 100",
        "GET /a/latest a monolith 0",
        "POST /a a service 100",
        "GET /b monolith monolith 0",
        "GET /a/{id} a service 100",
    ]


def test_what_the_monolith_no_longer_has_stays_where_a_service_serves_it() -> None:
    table = moved(TABLE, "a", State.RETIRED, only={TABLE.entries[1].key})
    table = moved(table, "a", State.SERVICE, only={TABLE.entries[3].key})
    table = moved(table, "a", State.SHADOW, only={TABLE.entries[0].key})
    after, notes = whole(table, (OTHER,), {"a": ()})
    assert states(after) == [
        "POST /a a retired 100",
        "GET /b monolith monolith 0",
        "GET /a/{id} a service 100",
    ]
    assert [n.what for n in notes] == ["the monolith no longer has GET /a: forgotten"]
    assert moved(after, "a", State.MONOLITH).entries[0].state is State.RETIRED


def test_what_another_owner_has_starts_anew() -> None:
    table = moved(TABLE, "a", State.SERVICE)
    after, notes = whole(table, ROUTES, {"a": (LIST, NEW), "b": (ONE,)})
    assert after.entries[3] == Entry(("GET",), "/a/{id}", owner="b")
    assert [n.what for n in notes] == ["GET /a/{id} is not a's any more: back to the monolith"]


def test_the_first_of_two_alike_decides() -> None:
    twice = (LIST, replace(LIST, line=9))
    assert len(whole(RoutingTable(), twice, {})[0].entries) == 1

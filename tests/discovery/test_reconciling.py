from collections.abc import Mapping
from dataclasses import replace

from splitter.discovery.reconciling import reconcile
from splitter.discovery.routes import Reading
from splitter.discovery.tracing.values import Doubt, Opening
from splitter.model.changes import Note
from splitter.model.monolith import Route, RunningApp


def route(line: str, *, file: str = "api.py", at: int = 1, kind: str = "http") -> Route:
    """`GET,POST /path module:name` as a route."""
    methods, path, endpoint = line.split(" ")
    found = () if kind != "http" else tuple(methods.split(","))
    return Route(found, path, endpoint, file, at, kind=kind)


def running(*routes: Route, error: str = "") -> RunningApp:
    told = tuple(replace(route, found_by=("runtime",)) for route in routes)
    return RunningApp("python", "3.11.7", routes=told, error=error)


def reading(*routes: Route, notes: tuple[Note, ...] = (), **doubts: Note) -> Reading:
    """What the source says; `doubts` are by the name of the endpoint."""
    by_name: Mapping[str, Route] = {route.endpoint.partition(":")[2]: route for route in routes}
    return Reading(routes, notes, {by_name[name]: (Doubt(note),) for name, note in doubts.items()})


def both(route: Route) -> Route:
    return replace(route, found_by=("static", "runtime"))


def test_what_both_see_is_told_as_it_runs_at_the_place_of_the_source() -> None:
    read = route("GET /a api:read", at=7)
    run = replace(read, file="deco.py", line=3, endpoint="deco:wrap.<locals>.inner", name="read me")
    routes, notes = reconcile(reading(read), running(run))
    assert routes == (both(replace(read, name="read me")),)
    assert notes == ()


def test_the_order_is_that_of_the_running_application() -> None:
    a, b, c = (route(f"GET /{name} api:{name}") for name in "abc")
    routes, _ = reconcile(reading(a, c, b), running(c, b, a))
    assert routes == (both(c), both(b), both(a))


def test_the_same_path_twice_is_told_apart_by_the_function() -> None:
    first, second = route("GET /a api:first", at=1), route("GET /a api:second", at=2)
    routes, notes = reconcile(reading(first, second), running(second, first))
    assert routes == (both(second), both(first))
    assert notes == ()


def test_a_function_is_told_by_its_name_before_a_path_that_another_happens_to_have() -> None:
    create = route("POST /users api:create", at=1)
    register = route("POST /users/register api:register", at=2)
    misread = replace(register, path="/users")
    routes, notes = reconcile(reading(misread), running(register, create))
    assert routes == (both(register), replace(create, found_by=("runtime",)))
    assert [note.code for note in notes] == ["SPL011", "SPL013"]


def test_a_hole_is_filled_by_the_running_application() -> None:
    hole = Note("main.py", 3, "SPL003", "a part of the path cannot be told: …")
    run = route("GET /api/a api:a", at=1)
    routes, notes = reconcile(reading(replace(run, path="…/a"), notes=(hole,)), running(run))
    assert routes == (both(run),)
    assert notes == ()


def test_another_path_is_noted() -> None:
    read = route("GET /api/a api:a", at=4)
    run = replace(read, path="/v2/a")
    routes, notes = reconcile(reading(read), running(run))
    assert routes == (both(run),)
    what = "GET /api/a is at /v2/a when the application runs"
    assert notes == (Note("api.py", 4, "SPL013", what),)


def test_what_only_the_source_has_is_kept_and_said_with_its_reason() -> None:
    doubt = Note("main.py", 9, "SPL007", "routes depend on DEBUG")
    routes = [route(f"GET /{name} api:{name}", at=5) for name in "abcd"]
    dead = route("POST /e api:e", at=6)
    read = reading(*routes, dead, notes=(doubt,), a=doubt, b=doubt, c=doubt, d=doubt)
    told, notes = reconcile(read, running(route("GET /x api:x")))
    assert told[1:] == (*routes, dead)
    assert notes == (
        Note("api.py", 1, "SPL011", "GET /x is seen in the running application only: "
             "how they get there cannot be read"),
        Note("api.py", 6, "SPL010", "POST /e is not in the running application: "
             "the source does not say why"),
        doubt,
        Note("main.py", 9, "SPL010", "GET /a, GET /b, GET /c and 1 more routes are not in the "
             "running application: routes depend on DEBUG"),
    )  # fmt: skip


DEBUG, EXTRA, LATER = (
    Note("main.py", 9, "SPL007", "routes depend on DEBUG"),
    Note("more.py", 3, "SPL007", "routes depend on EXTRA"),
    Note("main.py", 2, "SPL008", "routes are added at start-up"),
)


def doubted(*routes: tuple[Route, tuple[Doubt, ...]]) -> Reading:
    return Reading(tuple(route for route, _ in routes), (), dict(routes))


def test_a_reason_that_other_routes_refute_is_none() -> None:
    held, missing = route("GET /a api:a"), route("GET /b api:b", at=2)
    read = doubted(
        (held, (Doubt(LATER), Doubt(DEBUG, "if"))),
        (missing, (Doubt(LATER), Doubt(DEBUG, "if"), Doubt(EXTRA, "if"))),
    )
    _, notes = reconcile(read, running(held))
    what = "GET /b is not in the running application: routes depend on EXTRA"
    assert notes == (Note("more.py", 3, "SPL010", what),)


def test_the_other_side_of_a_branch_refutes_nothing_and_all_reasons_are_told() -> None:
    held, missing = route("GET /a api:a"), route("GET /b api:b", at=2)
    read = doubted(
        (held, (Doubt(DEBUG, "else"),)), (missing, (Doubt(DEBUG, "if"), Doubt(EXTRA, "if")))
    )
    _, notes = reconcile(read, running(held))
    assert [(note.path, note.what) for note in notes] == [
        ("main.py", "GET /b is not in the running application: "
         "routes depend on DEBUG; routes depend on EXTRA"),
    ]  # fmt: skip


def test_routes_of_a_start_up_that_is_not_run_say_what_to_do() -> None:
    missing = route("GET /b api:b", at=2)
    _, notes = reconcile(doubted((missing, (Doubt(LATER),))), running())
    assert notes[0].what == (
        "GET /b is not in the running application: routes are added at start-up; "
        "lifespan = true below [monolith] lets splitter run the start-up"
    )


def test_of_two_ways_to_a_function_the_one_that_is_taken_is_the_route() -> None:
    taken = route("GET /api/a api:a")
    unknown = replace(taken, path="…/a")
    read = doubted((taken, (Doubt(DEBUG, "else"),)), (unknown, (Doubt(DEBUG, "if"),)))
    told, notes = reconcile(read, running(taken))
    assert told == (both(taken),)
    assert [note.code for note in notes] == ["SPL010"]
    again = replace(taken)
    twice = Reading((taken, again), (), {taken: (Doubt(DEBUG, "if"),)})
    assert reconcile(twice, running(taken))[0] == (both(taken),)
    assert len(reconcile(Reading((taken, again), ()), running(taken))[0]) == 2


def test_a_hole_in_the_path_of_what_has_no_name_is_filled_too() -> None:
    mount = route("- /…/ui ", file="main.py", kind="mount")
    run = route("- /v2/ui fastapi.staticfiles:StaticFiles", file="", kind="mount")
    told, notes = reconcile(reading(mount), running(run))
    assert (told, notes) == ((both(run),), ())


def test_what_only_runs_is_explained_by_the_inclusion_that_leads_there() -> None:
    token, admin = route("GET /auth/token simple:token", at=5), route("GET /x lib:x", file="", at=0)
    plugin = Note("main.py", 8, "SPL004", "which router is included cannot be told")
    mounted = Note("main.py", 9, "SPL005", "what is mounted cannot be followed")
    read = Reading((), (), {}, (Opening(plugin, ""), Opening(mounted, "/auth")))
    _, notes = reconcile(read, running(token, admin, replace(token, path="/own")))
    seen = "seen in the running application only:"
    assert notes == (
        Note("", 0, "SPL011", f"GET /x is {seen} made by lib"),
        Note("main.py", 8, "SPL011", f"GET /own is {seen} {plugin.what}"),
        Note("main.py", 9, "SPL011", f"GET /auth/token is {seen} {mounted.what}"),
    )


def test_what_only_runs_is_kept_and_said_by_its_maker() -> None:
    library = route("GET,POST /graphql strawberry.fastapi:run", file="", at=0)
    unknown = replace(library, path="/hidden", endpoint="")
    told, notes = reconcile(reading(), running(library, unknown))
    assert [route.found_by for route in told] == [("runtime",)] * 2
    assert notes == (
        Note("", 0, "SPL011", "GET, POST /graphql is seen in the running application only: "
             "made by strawberry.fastapi"),
        Note("", 0, "SPL011", "GET, POST /hidden is seen in the running application only: "
             "only openapi() knows them"),
    )  # fmt: skip


def test_a_mounted_application_that_is_seen_through_is_no_route() -> None:
    mount = route("- /admin sqladmin:Admin", file="", kind="mount")
    inside = route("GET /admin/list sqladmin:list", file="")
    told, notes = reconcile(reading(mount), running(inside))
    assert told == (replace(inside, found_by=("runtime",)),)
    assert [note.code for note in notes] == ["SPL011"]


def test_an_application_that_could_not_be_asked_leaves_the_source() -> None:
    read = reading(route("GET /a api:a"), notes=(Note("b.py", 1, "SPL003", "…"),))
    told, notes = reconcile(read, running(error="db/base.py:4: OSError: no database"))
    assert told == read.routes
    what = "the application could not be asked, so the source alone is told: OSError: no database"
    assert notes == (*read.notes, Note("db/base.py", 4, "SPL014", what, blocks=True))
    hanging = replace(running(error="it hangs"), hint="wait", remarks=("a.py:2: it prints",))
    _, notes = reconcile(reading(), hanging)
    what = "the application could not be asked, so the source alone is told: it hangs; wait"
    assert notes == (
        Note("", 0, "SPL014", what, blocks=True),
        Note("a.py", 2, "SPL042", "it prints"),
    )


def test_an_application_without_routes_blocks() -> None:
    error = "main:app has no routes at all"
    _, notes = reconcile(reading(), running(error=error))
    assert notes == (Note("", 0, "SPL040", error, blocks=True),)


def test_what_was_odd_is_a_finding() -> None:
    a = route("GET /a api:a")
    odd = replace(running(a), remarks=("start-up fails: db.py:3: OSError: no", "db.py:3: no"))
    _, notes = reconcile(reading(a), odd)
    assert notes == (
        Note("", 0, "SPL042", "start-up fails: db.py:3: OSError: no"),
        Note("db.py", 3, "SPL042", "no"),
    )

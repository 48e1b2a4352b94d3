"""Routes as the source tells them and as the running application does, held together."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from splitter.discovery.routes import Reading
from splitter.model.changes import Note
from splitter.model.monolith import Route, RunningApp

_PLACE = re.compile(r"^([^:\s]+\.py):(\d+): ")
_ANSWERED = frozenset({"SPL003", "SPL004", "SPL005", "SPL006"})

# How a running route is told to be a static one, the surest way first.
_LIKENESS: tuple[Callable[[Route], tuple[object, ...]], ...] = (
    lambda route: (route.kind, route.path, route.methods, route.endpoint),
    lambda route: (route.kind, route.path, route.methods),
    lambda route: (route.kind, route.path, route.endpoint),
    lambda route: (route.kind, route.methods, route.endpoint),
    lambda route: (route.kind, route.endpoint),
)


@dataclass(frozen=True, slots=True)
class _Pair:
    running: Route | None
    static: Route | None


def reconcile(static: Reading, running: RunningApp) -> tuple[tuple[Route, ...], tuple[Note, ...]]:
    """All routes with who has seen them, in the order of the running application.

    What both see is told as it runs, at the place and with the function that the source names.
    Each route that only the source has, and each file with routes that only the running
    application has, gets a note that says why; what the source left open and the running
    application answers, none. An application that could not be asked leaves the static routes.
    """
    if running.error:
        return static.routes, tuple(sorted({*static.notes, _not_asked(running.error)}))
    pairs = _paired(running.routes, static.routes)
    unseen = [pair.static for pair in pairs if pair.static and not pair.running]
    notes = {
        *(note for note in static.notes if note.code not in _ANSWERED),
        *(_moved(pair.running, pair.static) for pair in pairs if pair.running and pair.static),
        *_only_static(unseen, static),
        *_only_running(pair.running for pair in pairs if pair.running and not pair.static),
    }
    return tuple(_told(pair) for pair in pairs), tuple(sorted(note for note in notes if note))


def _paired(running: Sequence[Route], static: Sequence[Route]) -> list[_Pair]:
    partners: dict[int, Route] = {}
    left = list(static)
    for likeness in _LIKENESS:
        waiting: dict[tuple[object, ...], deque[Route]] = defaultdict(deque)
        for route in left:
            if route.endpoint or likeness(route)[1] == route.path:
                waiting[likeness(route)].append(route)
        for index, route in enumerate(running):
            if index not in partners and waiting[likeness(route)]:
                partners[index] = waiting[likeness(route)].popleft()
        taken = {id(route) for route in partners.values()}
        left = [route for route in left if id(route) not in taken]
    pairs = [_Pair(route, partners.get(index)) for index, route in enumerate(running)]
    return [*pairs, *(_Pair(None, route) for route in left if not _seen_through(route, running))]


def _seen_through(mounted: Route, running: Iterable[Route]) -> bool:
    """Whether the running application tells what is inside of an application mounted there."""
    inside = mounted.path.rstrip("/") + "/"
    return mounted.kind == "mount" and any(route.path.startswith(inside) for route in running)


def _told(pair: _Pair) -> Route:
    if pair.running is None or pair.static is None:
        found = pair.running or pair.static
        assert found is not None
        return replace(found, found_by=("runtime",) if pair.running else ("static",))
    told = replace(pair.running, found_by=("static", "runtime"))
    if not (pair.static.endpoint and pair.static.file):
        return told
    static = pair.static
    return replace(told, endpoint=static.endpoint, file=static.file, line=static.line)


def _moved(running: Route, static: Route) -> Note | None:
    if running.path == static.path or "…" in static.path:
        return None
    what = f"{_named(static)} is at {running.path} when the application runs"
    return Note(static.file, static.line, "SPL013", what)


def _only_static(routes: Iterable[Route], static: Reading) -> Iterator[Note]:
    by_reason: dict[Note, list[Route]] = defaultdict(list)
    for route in routes:
        unknown = Note(route.file, route.line, "", "the source does not say why")
        by_reason[static.doubts.get(route, unknown)].append(route)
    for reason, found in by_reason.items():
        what = f"{_listed(found)} not in the running application: {reason.what}"
        yield Note(reason.path, reason.line, "SPL010", what)


def _only_running(routes: Iterable[Route]) -> Iterator[Note]:
    by_place: dict[tuple[str, str], list[Route]] = defaultdict(list)
    for route in routes:
        by_place[route.file, "" if route.file else route.module].append(route)
    for (file, module), found in by_place.items():
        why = "how they get there cannot be read" if file else f"made by {module}"
        if not file and not module:
            why = "only openapi() knows them"
        line = min(route.line for route in found)
        what = f"{_listed(found)} seen in the running application only: {why}"
        yield Note(file, line, "SPL011", what)


def _not_asked(error: str) -> Note:
    place = _PLACE.match(error)
    path, line = (place[1], int(place[2])) if place else ("", 0)
    return Note(path, line, "SPL014", f"the application could not be asked: {error}")


def _listed(routes: Sequence[Route]) -> str:
    """`GET /a is`, `GET /a, GET /b are`, `GET /a, GET /b, GET /c and 12 more routes are`."""
    names = ", ".join(_named(route) for route in routes[:3])
    more = f" and {len(routes) - 3} more routes" if len(routes) > 3 else ""
    return f"{names}{more} {'is' if len(routes) == 1 else 'are'}"


def _named(route: Route) -> str:
    return f"{', '.join(route.methods) or route.kind} {route.path}"

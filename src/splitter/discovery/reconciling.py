"""Routes as the source tells them and as the running application does, held together."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from splitter.discovery.routes import Reading
from splitter.discovery.tracing.values import HOLE, Doubt
from splitter.model.changes import Note
from splitter.model.monolith import Route, RunningApp

_PLACE = re.compile(r"^([^:\s]+\.py):(\d+): ")
_ANSWERED = frozenset({"SPL003", "SPL004", "SPL005", "SPL006", "SPL041"})
_ANYWHERE = f"/{HOLE}"
_HINT = "; lifespan = true below [monolith] lets splitter run the start-up"

# How a running route is told to be a static one, the surest way first.
_LIKENESS: tuple[Callable[[Route], tuple[object, ...]], ...] = (
    lambda route: (route.kind, route.path, route.methods, route.endpoint),
    lambda route: (route.kind, route.path, route.endpoint),
    lambda route: (route.kind, route.methods, route.endpoint),
    lambda route: (route.kind, route.path, route.methods),
    lambda route: (route.kind, route.endpoint),
)


@dataclass(frozen=True, slots=True)
class _Pair:
    running: Route | None
    static: Route | None


def reconcile(static: Reading, running: RunningApp) -> tuple[tuple[Route, ...], tuple[Note, ...]]:
    """All routes with who has seen them, in the order of the running application.

    What both see is told as it runs, at the place and with the function that the source names.
    Routes that only the source has, and routes that only the running application has, get a note
    that says why; what the source left open and the running application answers, none. Of two
    ways to one function that a condition decides between, only the one that is taken is a route.
    An application that could not be asked leaves the static routes.
    """
    odd = {_placed(remark, "SPL042") for remark in running.remarks}
    if running.error:
        return static.routes, tuple(sorted({*static.notes, *odd, _not_asked(running)}))
    pairs = _paired(running.routes, static.routes)
    unseen = [pair.static for pair in pairs if pair.static and not pair.running]
    held = [(pair.running, pair.static) for pair in pairs if pair.running and pair.static]
    notes = {
        *odd,
        *(note for note in static.notes if note.code not in _ANSWERED),
        *(_moved(run, read) for run, read in held),
        *_only_static(unseen, static, [read for _, read in held]),
        *_only_running((p.running for p in pairs if p.running and not p.static), static),
    }
    ways = {_way(read) for _, read in held}
    told = (_told(pair) for pair in pairs if pair.running or not _is_other_way(pair, ways, static))
    return tuple(told), tuple(sorted(note for note in notes if note))


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
        left = _without(left, partners.values())
    for index, route in enumerate(running):
        fits = [each for each in left if index not in partners and _fits(each, route)]
        if fits:
            partners[index] = fits[0]
            left = _without(left, fits[:1])
    pairs = [_Pair(route, partners.get(index)) for index, route in enumerate(running)]
    return [*pairs, *(_Pair(None, route) for route in left if not _seen_through(route, running))]


def _without(routes: Iterable[Route], taken: Iterable[Route]) -> list[Route]:
    gone = {id(route) for route in taken}
    return [route for route in routes if id(route) not in gone]


def _fits(static: Route, running: Route) -> bool:
    """Whether a path of which a part is not known may be that of the running application."""
    return (
        HOLE in static.path
        and (static.kind, static.methods) == (running.kind, running.methods)
        and "" in (static.endpoint, running.endpoint)
        and _pattern(static.path).fullmatch(running.path) is not None
    )


def _seen_through(mounted: Route, running: Iterable[Route]) -> bool:
    """Whether the running application tells what is inside of an application mounted there."""
    inside = mounted.path.rstrip("/") + "/"
    return mounted.kind == "mount" and any(route.path.startswith(inside) for route in running)


def _leads_to(prefix: str, path: str) -> bool:
    found = _pattern(prefix.rstrip("/")).match(path)
    return found is not None and path[found.end() :][:1] in ("", "/")


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, path.split(HOLE))))


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


def _way(route: Route) -> tuple[object, ...]:
    return route.kind, route.methods, route.endpoint


def _is_other_way(pair: _Pair, ways: Container[tuple[object, ...]], static: Reading) -> bool:
    """Whether a condition would have served, elsewhere or alike, what is served already."""
    route = pair.static
    if route is None or not static.doubts.get(route) or _way(route) not in ways:
        return False
    return HOLE in route.path or static.routes.count(route) > 1


def _moved(running: Route, static: Route) -> Note | None:
    if running.path == static.path or HOLE in static.path:
        return None
    what = f"{_named(static)} is at {running.path} when the application runs"
    return Note(static.file, static.line, "SPL013", what)


def _only_static(routes: Iterable[Route], static: Reading, held: Iterable[Route]) -> Iterator[Note]:
    """One note for each reason, at the place of the outermost doubt."""
    cleared = {doubt for route in held for doubt in static.doubts.get(route, ())}
    by_reason: dict[Note, list[Route]] = defaultdict(list)
    for route in routes:
        by_reason[_missing(route, static.doubts.get(route, ()), cleared)].append(route)
    for note, found in by_reason.items():
        what = f"{_listed(found)} not in the running application: {note.what}"
        yield replace(note, code="SPL010", what=what)


def _missing(route: Route, doubts: Sequence[Doubt], cleared: Container[Doubt]) -> Note:
    """Why a route may be missing: all doubts but those that other routes show to be none."""
    left = [doubt.note for doubt in doubts if doubt not in cleared]
    if not (left or doubts):
        return Note(route.file, route.line, "", "the source does not say why")
    left = left or [doubts[-1].note]
    reasons = list(dict.fromkeys(note.what for note in left))
    more = f"; and {len(reasons) - 3} more reasons" if len(reasons) > 3 else ""
    why = "; ".join(reasons[:3]) + more
    return replace(left[0], what=why + (_HINT if left[0].code == "SPL008" else ""))


def _only_running(routes: Iterable[Route], static: Reading) -> Iterator[Note]:
    by_reason: dict[Note, list[Route]] = defaultdict(list)
    for route in routes:
        by_reason[_reason(route, static)].append(route)
    for note, found in by_reason.items():
        line = note.line or min(route.line for route in found)
        what = f"{_listed(found)} seen in the running application only: {note.what}"
        yield replace(note, line=line, code="SPL011", what=what)


def _reason(route: Route, static: Reading) -> Note:
    """Why the source lacks a route: an inclusion above it that cannot be followed, or its maker."""
    above = [each for each in static.openings if _leads_to(each.prefix, route.path)]
    above.sort(key=lambda opening: len(opening.prefix.strip(_ANYWHERE)))
    if above and above[-1].prefix.strip(_ANYWHERE):
        return above[-1].note
    if not route.endpoint:
        return Note("", 0, "", "only openapi() knows them")
    if not route.file:
        return Note("", 0, "", f"made by {route.module}")
    return above[-1].note if above else Note(route.file, 0, "", "how they get there cannot be read")


def _not_asked(running: RunningApp) -> Note:
    """Why the routes are only those of the source, and what to do about it."""
    code = "SPL040" if running.error.endswith("has no routes at all") else "SPL014"
    told = _placed(running.error, code)
    what = told.what
    if code != "SPL040":
        what = f"the application could not be asked, so the source alone is told: {what}"
    return replace(told, what=f"{what}; {running.hint}" if running.hint else what, blocks=True)


def _placed(line: str, code: str) -> Note:
    """A line as a note, at the place that it starts with, if it does."""
    place = _PLACE.match(line)
    if place is None:
        return Note("", 0, code, line)
    return Note(place[1], int(place[2]), code, line[place.end() :])


def _listed(routes: Sequence[Route]) -> str:
    """`GET /a is`, `GET /a, GET /b are`, `GET /a, GET /b, GET /c and 12 more routes are`."""
    names = ", ".join(_named(route) for route in routes[:3])
    more = f" and {len(routes) - 3} more routes" if len(routes) > 3 else ""
    return f"{names}{more} {'is' if len(routes) == 1 else 'are'}"


def _named(route: Route) -> str:
    return f"{', '.join(route.methods) or route.kind} {route.path}"

"""The routes of an application as its source tells them, under their whole paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from splitter.discovery.parsing import Parsed
from splitter.discovery.tracing.statements import Tracer
from splitter.discovery.tracing.values import (
    MISSING,
    Added,
    Arguments,
    Doubt,
    Function,
    Included,
    Opening,
    Router,
    router_of,
)
from splitter.model.changes import Note
from splitter.model.monolith import Route

_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """Routes in the order in which they are matched, and what could not be told.

    A path has `…` where a part of it is not known. `doubts` say for a route why the running
    application may lack it, the outermost reason first: it depends on a condition, or is added at
    start-up. `openings` are the prefixes below which routes get in that only it knows.
    """

    routes: tuple[Route, ...]
    notes: tuple[Note, ...]
    doubts: Mapping[Route, tuple[Doubt, ...]] = field(default_factory=dict)
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the application a router stands: what is above it, and since when."""

    prefix: str = ""
    shown: bool = True
    doubts: tuple[Doubt, ...] = ()
    depth: int = 0
    taken: int | None = None
    late: Doubt | None = None
    included: bool = False

    def within(self, router: Router, position: int, *, plain: bool) -> _Place:
        """The place of what is at `position` in the router that stands here."""
        prefix = self.prefix if plain else self.prefix + router.prefix
        missed = self.late is not None and self.taken is not None and position >= self.taken
        doubts = (*self.doubts, self.late) if missed and self.late else self.doubts
        shown = self.shown and router.in_schema
        return _Place(prefix, shown, doubts, self.depth, included=self.included)

    def below(self, event: Included) -> _Place:
        """The place of the router that is included, or mounted, here."""
        return _Place(
            self.prefix + event.prefix,
            self.shown and event.in_schema,
            (*self.of(event), *event.doubts),
            self.depth + 1,
            event.taken,
            event.late,
            not event.mounted,
        )

    def of(self, event: Added | Included) -> tuple[Doubt, ...]:
        """The doubts there are of everything here, and one more of what is mounted here."""
        left_out = event.if_included if self.included else None
        return (*self.doubts, left_out) if left_out else self.doubts


def read_routes(parsed: Parsed, *, app: str, factory: bool = False) -> Reading:
    """Follow the routers from the application `app` (`module:attribute`) on, without running it."""
    tracer = Tracer(parsed)
    found = _application(tracer, app, factory)
    tracer.start()
    if found is None:
        path = parsed.names.get(app.partition(":")[0], "")
        note = Note(path, 0, "SPL002", f"{app} is not seen to be an application")
        return Reading((), (note, *tracer.notes))
    events = list(flattened(found))
    doubts = {route: doubts for route, doubts in events if doubts}
    said = {doubt.note for found in doubts.values() for doubt in found}
    return Reading(
        tuple(route for route, _ in events),
        tuple(sorted({*tracer.notes, *said})),
        doubts,
        tuple(openings(found)),
    )


def find_route_package(routes: Iterable[Route]) -> str:
    """The innermost package that holds most of the modules that have routes; empty if none does."""
    modules = {route.module for route in routes if route.file}
    holders = Counter(package for module in modules for package in _packages(module))
    enough = [package for package, held in holders.items() if held > len(modules) / 2]
    return max(enough, key=lambda package: (package.count("."), holders[package]), default="")


def flattened(router: Router) -> Iterator[tuple[Route, tuple[Doubt, ...]]]:
    """The routes of a router, under their whole paths, each with the doubts there are of it."""
    for event, place in _walked(router, _Place()):
        if isinstance(event, Added):
            doubts = dict.fromkeys((*place.of(event), *event.doubts))
            yield _route(event, place), tuple(doubts)


def openings(router: Router) -> Iterator[Opening]:
    """Where routes get into a router, or into what it includes, that cannot be told."""
    for event, place in _walked(router, _Place()):
        if isinstance(event, Opening):
            yield replace(event, prefix=place.prefix + event.prefix)


def _walked(router: Router, place: _Place) -> Iterator[tuple[Added | Opening, _Place]]:
    """What was added to a router and to those below it, each with the place that it is added at."""
    if place.depth > _DEEPEST:
        return
    for position, event in enumerate(router.events):
        at = place.within(router, position, plain=event.plain)
        if isinstance(event, Included):
            yield from _walked(event.router, at.below(event))
        else:
            yield event, at


def _packages(module: str) -> Iterator[str]:
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def _application(tracer: Tracer, app: str, factory: bool) -> Router | None:
    module, _, names = app.partition(":")
    found: object = tracer.module(module) or MISSING
    for name in names.split("."):
        found = MISSING if found is MISSING else tracer.attribute(found, name)
    if factory and isinstance(found, Function):
        found = tracer.invoke(found, Arguments((), {}))
    return router_of(found)


def _route(event: Added, place: _Place) -> Route:
    endpoint = event.endpoint
    return Route(
        methods=event.methods,
        path=place.prefix + event.route or "/",
        endpoint=endpoint.name,
        file=endpoint.path,
        line=endpoint.line,
        kind=event.kind,
        name=event.name,
        in_schema=event.in_schema and place.shown,
    )

"""The routes of an application as its source tells them, under their whole paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from splitter.discovery.parsing import Parsed
from splitter.discovery.tracing.statements import Tracer
from splitter.discovery.tracing.values import MISSING, Added, Arguments, Function, Router
from splitter.model.changes import Note
from splitter.model.monolith import Route

_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """Routes in the order in which they are matched, and what could not be told.

    A path has `…` where a part of it is not known. `doubts` says for a route why the running
    application may lack it: it depends on a condition, or is added at start-up.
    """

    routes: tuple[Route, ...]
    notes: tuple[Note, ...]
    doubts: Mapping[Route, Note] = field(default_factory=dict)


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
    doubts = {route: doubt for route, doubt in events if doubt is not None}
    notes = sorted({*tracer.notes, *doubts.values()})
    return Reading(tuple(route for route, _ in events), tuple(notes), doubts)


def find_route_package(routes: Iterable[Route]) -> str:
    """The innermost package that holds most of the modules that have routes; empty if none does."""
    modules = {route.module for route in routes if route.file}
    holders = Counter(package for module in modules for package in _packages(module))
    enough = [package for package, held in holders.items() if held > len(modules) / 2]
    return max(enough, key=lambda package: (package.count("."), holders[package]), default="")


def flattened(
    router: Router, prefix: str = "", shown: bool = True, doubt: Note | None = None, depth: int = 0
) -> Iterator[tuple[Route, Note | None]]:
    """The routes of a router that is served under `prefix`, each with the doubt there is of it."""
    if depth > _DEEPEST:
        return
    prefix += router.prefix
    shown = shown and router.in_schema
    for event in router.events:
        why = doubt or event.doubt
        if isinstance(event, Added):
            yield _route(event, prefix, shown), why
        else:
            below = shown and event.in_schema
            yield from flattened(event.router, prefix + event.prefix, below, why, depth + 1)


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
    return found if isinstance(found, Router) else None


def _route(event: Added, prefix: str, shown: bool) -> Route:
    endpoint = event.endpoint
    return Route(
        methods=event.methods,
        path=prefix + event.route or "/",
        endpoint=endpoint.name,
        file=endpoint.path,
        line=endpoint.line,
        kind=event.kind,
        name=event.name,
        in_schema=event.in_schema and shown,
    )

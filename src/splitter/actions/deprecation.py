"""Old routes marked in the monolith: in its OpenAPI document, and by headers on every answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from splitter.actions.notices import Entry, listed, read_entries
from splitter.actions.ownership import keep_edits
from splitter.actions.rendering import render
from splitter.codemods.installing import Target, install
from splitter.codemods.routes import mark_deprecated
from splitter.codemods.unmarking import unmark
from splitter.discovery.parsing import is_package, module_name
from splitter.errors import UsageError
from splitter.model.changes import ChangeSet, Note
from splitter.model.monolith import Module, Route

MODULE = "splitter_deprecations"
FUNCTION = "announce_deprecations"
NO_PLACE = "SPL091"
NOT_MARKED = "SPL092"


@dataclass(frozen=True, slots=True)
class Notice:
    """What clients are told: deprecated since a day, gone from another, replaced by a URL."""

    since: date
    sunset: date
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """The monolith's: `module:attribute`, what its modules are, and its routes.

    `routes` are all of them, in the order in which the application tries them.
    """

    name: str
    factory: bool
    modules: tuple[Module, ...]
    routes: tuple[Route, ...]

    @property
    def module(self) -> str:
        return self.name.partition(":")[0]

    @property
    def target(self) -> Target:
        return Target(self.name.partition(":")[2], self.factory)


def deprecate(
    service: str,
    routes: Sequence[Route],
    notice: Notice,
    *,
    application: Application,
    templates: Mapping[str, str],
    before: Mapping[str, bytes],
    recorded: Mapping[str, str],
) -> ChangeSet:
    """The routes, now a service's, marked in the monolith's code.

    A route that was deprecated before keeps the day of that. UsageError where the sunset is the
    earlier day. What cannot be marked is a note; the headers come all the same.
    """
    if notice.sunset < notice.since:
        raise UsageError(
            f"the sunset {notice.sunset} is before the deprecation {notice.since}",
            hint="--sunset takes the day from which the old routes may be gone, as YYYY-MM-DD",
        )
    old = [route for route in routes if route.kind == "http" and route.methods]
    marked = _mark(old, application, before)
    announced = _announce(old, notice, application, templates, marked.over(before), recorded)
    return replace(marked + announced, title=f"deprecate the old routes of {service}")


def marks(
    changes: ChangeSet, routes: Sequence[Route], known: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Which endpoints have been marked in which file, these changes included."""
    endpoints = frozenset(route.endpoint for route in routes if route.in_schema)
    found = {path: set(names) for path, names in known.items()}
    for change in changes.changes:
        if change.kind == "change" and change.path.endswith(".py"):
            result = mark_deprecated(
                change.before or b"",
                module=module_name(change.path),
                is_package=is_package(change.path),
                endpoints=endpoints,
            )
            if result.added:
                found.setdefault(change.path, set()).update(result.added)
    return {path: tuple(sorted(names)) for path, names in found.items()}


def unmarked(files: Mapping[str, bytes], known: Mapping[str, Sequence[str]]) -> Mapping[str, bytes]:
    """The files without the marks of deprecation that were put in: what a service is made of."""
    plain = {
        path: unmark(
            files[path],
            module=module_name(path),
            is_package=is_package(path),
            endpoints=frozenset(endpoints),
        )
        for path, endpoints in known.items()
        if path in files
    }
    return {**files, **plain} if plain else files


def _mark(old: Sequence[Route], application: Application, before: Mapping[str, bytes]) -> ChangeSet:
    """`deprecated=True` on the routes, in their own files or where they are added."""
    endpoints = frozenset(route.endpoint for route in old if route.in_schema)
    files = {route.file for route in old}
    after: dict[str, bytes | None] = {}
    found: frozenset[str] = frozenset()
    for module in application.modules:
        source = before.get(module.path, b"")
        if module.path in files or b"add_api_route" in source:
            result = mark_deprecated(
                source, module=module.name, is_package=module.is_package, endpoints=endpoints
            )
            found |= result.endpoints
            after[module.path] = result.source
    missed = [_not_marked(r) for r in old if r.in_schema and r.endpoint not in found]
    return ChangeSet.between("mark", before, after, missed)


def _not_marked(route: Route) -> Note:
    what = f"no decorator or add_api_route call of {route.endpoint} could be marked: "
    return Note(
        route.file,
        route.line,
        NOT_MARKED,
        what + f"OpenAPI does not show {' '.join(route.methods)} {route.path} as deprecated",
    )


def _announce(
    old: Sequence[Route],
    notice: Notice,
    application: Application,
    templates: Mapping[str, str],
    before: Mapping[str, bytes],
    recorded: Mapping[str, str],
) -> ChangeSet:
    """The module that adds the headers, beside the application's, and its call there."""
    home = next((m for m in application.modules if m.name == application.module), None)
    if home is None or not old:
        return ChangeSet("announce", notes=() if not old else (_no_place(application, "", ""),))
    folder = home.path.rpartition("/")[0]
    path = f"{folder}/{MODULE}.py" if folder else f"{MODULE}.py"
    entries = listed(read_entries(before.get(path, b"")), _entries(old, notice), application.routes)
    text = render(
        templates,
        f"deprecation/{MODULE}.py.jinja",
        entries=[entry.literals() for entry in entries],
        depth=path.count("/"),
    )
    written = keep_edits("announce", before, {path: text.encode()}, recorded)
    return written + _call(application, home, before)


def _entries(old: Sequence[Route], notice: Notice) -> list[Entry]:
    days = (notice.since.isoformat(), notice.sunset.isoformat())
    return [Entry(" ".join(sorted(r.methods)), r.path, *days, notice.successor) for r in old]


def _call(application: Application, home: Module, before: Mapping[str, bytes]) -> ChangeSet:
    package = home.name if home.is_package else home.name.rpartition(".")[0]
    module = f"{package}.{MODULE}" if package else MODULE
    source = install(before[home.path], application.target, module=module, function=FUNCTION)
    if source is None:
        return ChangeSet("call", notes=(_no_place(application, home.path, module),))
    return ChangeSet.between("call", before, {home.path: source})


def _no_place(application: Application, path: str, module: str) -> Note:
    what = f"no place found where {application.name} is made: "
    if not module:
        return Note(path, 0, NO_PLACE, what + "its module is not in the project")
    return Note(path, 0, NO_PLACE, what + f"after it, call {FUNCTION}(app), from {module}, by hand")

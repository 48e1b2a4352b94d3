"""The old routes of a service go out of the monolith, once nobody asks for them any more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from splitter.actions.deprecation import Application
from splitter.actions.manifest import PATH as MANIFEST
from splitter.actions.manifest import manifest_bytes
from splitter.actions.ownership import digest
from splitter.actions.retirement import is_last_notice, take_out, withdraw
from splitter.actions.routing_file import PATH as TABLE
from splitter.actions.routing_file import table_bytes
from splitter.actions.traffic import moved
from splitter.discovery.parsing import Parsed, module_name, parse
from splitter.discovery.tables import read_tables
from splitter.effects import person
from splitter.effects.templates import read_templates
from splitter.errors import RefusedError
from splitter.model.changes import ChangeSet
from splitter.model.monolith import Module, Route, Sources
from splitter.model.plan import Copy, Manifest
from splitter.model.routing import Entry, RoutingTable, State
from splitter.planning.estate import Estate
from splitter.planning.ground import Ground
from splitter.planning.program import Place, Program
from splitter.planning.retiring import Retirement
from splitter.planning.retiring import retire as plan
from splitter.planning.selecting import select
from splitter.workflows.data import Say
from splitter.workflows.look import sure_ground
from splitter.workflows.project import NotTheMonolith, Project
from splitter.workflows.proposal import Proposal
from splitter.workflows.quiet import not_quiet, old_traffic
from splitter.workflows.traffic import present
from splitter.workflows.trying import Tried, attempt

_TEXTS = (".toml", ".ini", ".cfg", ".yaml", ".yml", ".json", ".sh", ".txt", ".env", "file")
_OWN = ("splitter.toml", ".splitter/", "services/", "shared/", "gateway/", "parity/")
_OWN_TABLES = re.compile(
    r"^\[+tool\.splitter[.\]].*?(?=^\[(?!\[?tool\.splitter[.\]])|\Z)", re.MULTILINE | re.DOTALL
)
_MANY = 8


@dataclass(frozen=True)
class _Leaving:
    """The routes that go, where they are in the table, and what goes with them."""

    project: Project
    service: str
    ground: Ground
    table: RoutingTable
    routes: tuple[Route, ...]

    @property
    def title(self) -> str:
        return f"retire the old routes of {self.service}"


def retire(
    project: Project,
    name: str,
    routes: Sequence[str],
    *,
    force: bool = False,
    may_fail: Sequence[str] = (),
    say: Say,
) -> Proposal:
    """A service's routes out of the monolith, or those of them that `routes` names.

    RefusedError where one is not the service's yet, was asked for too lately (unless `force`), or
    where the monolith without them does not start or does not pass its tests. A preview tries
    nothing.
    """
    leaving = _leaving(project, name, routes)
    if not leaving.routes:
        return Proposal(project.root, ChangeSet(leaving.title))
    hits = old_traffic(project, leaving.routes)
    reasons = not_quiet(project, [*hits.values()])
    if reasons and not force:
        raise RefusedError(
            f"it is not proven that nobody asks for the old routes of {name} any more",
            reasons=reasons,
            hint=_how_hits_are_counted(project, name),
        )
    changes = _changes(leaving)
    said = () if project.preview else _told(_tried(leaving, changes, may_fail, say), name)
    warnings = (f"not quiet, taken out by --force: {len(reasons)} routes",) if reasons else ()
    return Proposal(project.root, changes, said, warnings)


def _leaving(project: Project, name: str, wanted: Sequence[str]) -> _Leaving:
    service = project.settings.service(name)
    ground = sure_ground(project)
    table, _ = present(project, ground)
    entries = [e for e in table.of(name) if e.state is not State.RETIRED]
    if wanted:
        named = select(replace(service, routes=tuple(wanted)), ground.routes)[1]
        keys = {_entry_of(route).key for route in named}
        entries = [e for e in entries if e.key in keys]
    elif not table.of(name):
        select(service, ground.routes)
    early = [e for e in entries if e.state is not State.SERVICE]
    if early:
        raise RefusedError(
            f"{name} does not serve all of these routes yet",
            reasons=tuple(f"{e.title} is {e.state}" for e in early),
            hint=f"splitter cutover {name} --to service",
        )
    keys = {e.key for e in entries}
    routes = tuple(r for r in ground.routes if _entry_of(r).key in keys)
    return _Leaving(project, name, ground, table, routes)


def _entry_of(route: Route) -> Entry:
    return Entry(route.methods, route.path, route.kind)


def _how_hits_are_counted(project: Project, name: str) -> str:
    folder = project.settings.deprecation.hits
    return (
        f"the monolith counts them after splitter deprecate {name} --sunset DATE, into {folder}\n"
        "(SPLITTER_HITS where it runs, hits under [deprecation] in splitter.toml);\n"
        "quiet_days there says for how long; --force takes them out all the same"
    )


def _changes(leaving: _Leaving) -> ChangeSet:
    """The monolith's own code, the table of deprecated routes, and splitter's records."""
    project, title = leaving.project, leaving.title
    last = is_last_notice(project.sources, leaving.routes)
    parsed, retirement = _planned(leaving, notices=last)
    blocking = [n for n in retirement.notes if n.blocks]
    if blocking:
        raise RefusedError(
            f"some routes of {leaving.service} cannot be taken out alone",
            reasons=tuple(f"{n.path}:{n.line}: {n.code} {n.what}" for n in blocking),
            hint="part these endpoints, or take the others with --routes X",
        )
    code = take_out(title, retirement, parsed)
    notices = withdraw(
        title,
        leaving.routes,
        _application_left(leaving),
        templates=read_templates(project.root),
        before=project.sources,
        recorded=project.manifest.written,
    )
    changes = code + notices
    return changes + _records(leaving, changes)


def _planned(leaving: _Leaving, *, notices: bool) -> tuple[Parsed, Retirement]:
    project = leaving.project
    written = {c.path for c in project.manifest.copies} | set(project.manifest.written)
    files = {path: text for path, text in project.sources.items() if path not in written}
    parsed = parse(Sources(files))
    skip = NotTheMonolith(project)
    own = {n for n, path in parsed.names.items() if path in parsed.trees and path not in skip}
    program = Program(parsed, installed=leaving.ground.running.distributions)
    estate = Estate(
        program,
        leaving.ground.app,
        frozenset(own),
        {path: without_own_tables(text) for path, text in files.items() if _says(path)},
        _tables(program, parsed),
    )
    return parsed, plan(estate, leaving.routes, leaving.ground.routes, notices=notices)


def without_own_tables(text: bytes) -> str:
    """A file's text less splitter's settings in pyproject.toml, which name every route module."""
    return _OWN_TABLES.sub("", text.decode("utf-8", "replace"))


def _says(path: str) -> bool:
    """Whether a file may name modules for a program to take."""
    return path.endswith(_TEXTS) and not path.startswith(_OWN)


def _tables(program: Program, parsed: Parsed) -> frozenset[Place]:
    """The statements that make tables."""
    found = set()
    for table in read_tables(parsed):
        module = module_name(table.file)
        for statement in program.views[module].statements if module in program.views else ():
            if statement.line <= table.line <= statement.end_line:
                found.add((module, statement.index))
    return frozenset(found)


def _application_left(leaving: _Leaving) -> Application:
    monolith = leaving.project.settings.monolith
    routes = tuple(r for r in leaving.ground.routes if r not in leaving.routes)
    modules: tuple[Module, ...] = ()
    return Application(monolith.app, monolith.factory, modules, routes)


def _records(leaving: _Leaving, changes: ChangeSet) -> ChangeSet:
    """The routing table, and the record of copies whose originals are gone."""
    project = leaving.project
    table = moved(
        leaving.table,
        leaving.service,
        State.RETIRED,
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        by=person.name(),
        only={_entry_of(route).key for route in leaving.routes},
    )
    after: dict[str, bytes | None] = {TABLE: table_bytes(table)}
    manifest = _manifest(leaving, changes)
    if MANIFEST in project.sources:
        after[MANIFEST] = manifest_bytes(manifest)
    return ChangeSet.between(leaving.title, project.sources, after)


def _manifest(leaving: _Leaving, changes: ChangeSet) -> Manifest:
    manifest = leaving.project.manifest
    made = {c.path: c.after for c in changes.changes}
    gone = {route.endpoint for route in leaving.routes}
    marked = {p: tuple(e for e in found if e not in gone) for p, found in manifest.marked.items()}
    written = {p: _digest(made.get(p, b""), d, p in made) for p, d in manifest.written.items()}
    return replace(
        manifest,
        copies=tuple(_in_step(copy, made) for copy in manifest.copies),
        marked={p: found for p, found in marked.items() if found and made.get(p, b"") is not None},
        written={p: d for p, d in written.items() if d},
    )


def _digest(after: bytes | None, before: str, changed: bool) -> str:
    if not changed:
        return before
    return "" if after is None else digest(after)


def _in_step(copy: Copy, made: Mapping[str, bytes | None]) -> Copy:
    """A copy does not fall behind an original that was taken out; of one that is gone: empty."""
    if copy.origin_path not in made:
        return copy
    after = made[copy.origin_path]
    return replace(copy, origin_digest="" if after is None else digest(after))


def _tried(leaving: _Leaving, changes: ChangeSet, may_fail: Sequence[str], say: Say) -> Tried:
    before = leaving.ground.running
    return attempt(leaving.project, changes, leaving.routes, before, may_fail=may_fail, say=say)


def _told(tried: Tried, name: str) -> tuple[str, ...]:
    if not tried.ran:
        return ("the monolith starts without them; it has no tests that could be run",)
    said = [f"the monolith starts without them, and {tried.passed} of its tests pass as before"]
    if tried.asking:
        many = f" and {len(tried.asking) - _MANY} more" if len(tried.asking) > _MANY else ""
        said.append(
            f"{len(tried.asking)} tests are about routes that are {name}'s now; they can go:"
        )
        said += [f"  {test}" for test in tried.asking[:_MANY]]
        said += [f"  {many.strip()}"] if many else []
    return tuple(said)

"""Traffic goes to the services, and the monolith's old routes are marked: gateway, deprecation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from splitter.actions.assembling import Assembly, noted
from splitter.actions.deprecation import MODULE as NOTICES
from splitter.actions.deprecation import Application, Notice, marks
from splitter.actions.deprecation import deprecate as mark
from splitter.actions.gateway import configure
from splitter.actions.ownership import digest
from splitter.actions.routing_file import PATH, table_bytes
from splitter.effects.gateways import programs
from splitter.effects.templates import read_templates
from splitter.errors import RefusedError, UsageError
from splitter.model.changes import ChangeSet
from splitter.model.monolith import Module, Route
from splitter.model.plan import Copy
from splitter.planning.ground import Ground
from splitter.planning.selecting import select
from splitter.workflows.look import sure_ground
from splitter.workflows.project import Project
from splitter.workflows.proposal import Proposal
from splitter.workflows.traffic import gateway_of, present

__all__ = ["NOTICES", "deprecate", "gateway"]


def gateway(project: Project) -> Proposal:
    """The gateway's files and the routing table for the present state."""
    ground = sure_ground(project)
    table, notes = present(project, ground)
    changes = configure(
        gateway_of(project),
        table,
        templates=read_templates(project.root),
        before=project.sources,
        recorded=project.manifest.written,
        routes=ground.routes,
    )
    written = ChangeSet.between(changes.title, project.sources, {PATH: table_bytes(table)}, notes)
    changes = changes + written
    run = f"run it: {programs.start_words(project.settings.gateway.kind)}"
    return proposal_of(project, changes, (run,) if changes else ())


def deprecate(project: Project, name: str, *, sunset: str, since: str) -> Proposal:
    """A service's old routes in the monolith: OpenAPI `deprecated`, and the headers."""
    notice = Notice(_day(since, "--since") if since else date.today(), _day(sunset, "--sunset"))
    service = project.settings.service(name)
    if f"{service.folder}/main.py" not in project.sources:
        raise RefusedError(
            f"{name} has no service yet that could take its routes over",
            hint=f"splitter split {name} --port {service.port}",
        )
    ground = sure_ground(project)
    monolith = project.settings.monolith
    routes = _routes(ground, name, project)
    changes = mark(
        name,
        routes,
        notice,
        application=Application(monolith.app, monolith.factory, _modules(ground), ground.routes),
        templates=read_templates(project.root),
        before=project.sources,
        recorded=project.manifest.written,
    )
    marked = marks(changes, routes, project.manifest.marked)
    manifest = replace(project.manifest, marked=marked)
    return proposal_of(replace(project, manifest=manifest), changes, ())


def _routes(ground: Ground, name: str, project: Project) -> tuple[Route, ...]:
    return select(project.settings.service(name), ground.routes)[1]


def _modules(ground: Ground) -> tuple[Module, ...]:
    sources: Mapping[str, bytes] = ground.parsed.sources
    return tuple(
        Module(name, path, path.endswith("__init__.py"), sources[path].count(b"\n"))
        for name, path in sorted(ground.parsed.names.items())
        if path in ground.parsed.trees
    )


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a date", hint="YYYY-MM-DD") from None


def proposal_of(project: Project, changes: ChangeSet, said: tuple[str, ...]) -> Proposal:
    """The changes with the record of what was written; the monolith's own files are the user's."""
    assembly = noted(Assembly(ChangeSet(changes.title), project.manifest), changes)
    own = {p: d for p, d in assembly.manifest.written.items() if p in _recorded(project, changes)}
    copies = tuple(_still_in_step(c, changes) for c in assembly.manifest.copies)
    assembly = replace(assembly, manifest=replace(assembly.manifest, written=own, copies=copies))
    recorded = assembly.recorded(project.sources)
    return Proposal(project.root, replace(recorded, notes=changes.notes), said)


def _still_in_step(copy: Copy, changes: ChangeSet) -> Copy:
    """A copy does not fall behind its origin by what splitter itself writes there."""
    for change in changes.changes:
        before, after = change.before or b"", change.after or b""
        if change.path == copy.origin_path and digest(before) == copy.origin_digest:
            return replace(copy, origin_digest=digest(after))
    return copy


def _recorded(project: Project, changes: ChangeSet) -> set[str]:
    made = {c.path for c in changes.changes if c.kind == "create" or c.path.startswith("gateway/")}
    made -= {PATH}  # a record itself, and moved by hand too
    return set(project.manifest.written) | made

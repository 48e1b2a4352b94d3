"""The first look at a monolith: splitter.toml, and the foundation of shared code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from splitter.actions.assembling import Assembly, noted
from splitter.actions.configuring import PATH as SETTINGS
from splitter.actions.configuring import new_settings
from splitter.discovery.applications import find_app
from splitter.discovery.connections import find_database
from splitter.discovery.modules import Views
from splitter.discovery.parsing import parse
from splitter.discovery.roles import find_homes
from splitter.discovery.routes import find_route_package
from splitter.effects import workspace
from splitter.errors import NoProject, RefusedError, UsageError
from splitter.model.changes import ChangeSet
from splitter.model.plan import Service
from splitter.planning.ground import Ground
from splitter.planning.plan import draw
from splitter.planning.selecting import route_modules
from splitter.settings import FIRST_PORT, Settings, load, settings_of
from splitter.workflows.folders import folder_of
from splitter.workflows.look import ground_of
from splitter.workflows.naming import service_names
from splitter.workflows.project import (
    NotTheMonolith,
    Project,
    is_project,
    open_at,
    open_project,
)
from splitter.workflows.proposal import Proposal
from splitter.workflows.upkeep import lay_out, rewritten


def init(
    root: Path,
    *,
    app: str = "",
    factory: bool = False,
    routes: str = "",
    python: str = "",
    preview: bool = False,
) -> Proposal:
    """splitter.toml with the services that are seen and their ports, and the foundation.

    In a folder that has settings already they are kept, and what they ask for is made if missing.
    What a killed run left behind is put right first, and told as a warning.
    """
    recovered = workspace.recover(root)
    made = _made(root, app=app, factory=factory, routes=routes, python=python, preview=preview)
    return replace(made, warnings=(recovered, *made.warnings)) if recovered else made


def _made(
    root: Path, *, app: str, factory: bool, routes: str, python: str, preview: bool
) -> Proposal:
    if is_project(root):
        settings = load(root)
        _refuse_other(settings, app=app, routes=routes, python=python)
        return _foundation(open_at(root, settings, preview=preview), ChangeSet("init"))
    project = open_at(root, Settings(), preview=preview)
    app, factory = (app, factory) if app else _find_app(project)
    monolith = {"app": app, "factory": factory, "routes": routes, "python": python}
    settings = load(root, {"monolith": monolith})
    project = replace(project, settings=settings)
    ground = ground_of(project)
    if ground.running.error and not ground.routes:
        raise RefusedError(
            f"{app} cannot be looked at",
            reasons=(ground.running.error,),
            hint="name the application with --app MODULE:ATTRIBUTE, and the interpreter that has "
            "its dependencies with --python PATH",
        )
    text = _settings_text(project, ground)
    change = ChangeSet.between("init", project.sources, {SETTINGS: text})
    return _foundation(_configured(project, text), change)


def open_or_init(folder: Path | None, *, preview: bool = False) -> Project:
    """The project of a folder. Where there is none it is as `init` would make it, on no disk yet:
    what `init` would write is in `begun`, to be written with what the command itself writes."""
    root = folder_of(folder)
    recovered = workspace.recover(root) or ""
    try:
        found = open_project(folder, preview=preview)
        return replace(found, recovered=recovered or found.recovered)
    except NoProject:
        begun = init(root, preview=preview).changes
    text = next(c.after for c in begun.changes if c.path == SETTINGS)
    project = _configured(open_at(root, Settings(), preview=preview), text or b"").after(begun)
    return replace(project, begun=begun, recovered=recovered)


def _refuse_other(settings: Settings, *, app: str, routes: str, python: str) -> None:
    """An option that contradicts the settings that are there is not passed over in silence."""
    monolith = settings.monolith
    given = (("app", app, monolith.app), ("routes", routes, monolith.routes))
    for key, value, known in (*given, ("python", python, monolith.python)):
        if value and value != known:
            raise UsageError(
                f"splitter.toml says {key} = {known!r}, not {value!r}",
                hint=f"change monolith.{key} there",
            )


def _find_app(project: Project) -> tuple[str, bool]:
    parsed = parse(project.sources, skip=NotTheMonolith(project))
    found = find_app(parsed)
    if not found:
        raise UsageError(
            "no FastAPI application was found below this folder",
            where=str(project.root),
            hint="name it with --app MODULE:ATTRIBUTE, in the folder that its imports start from",
        )
    best = found[0]
    return best.app, best.factory


def _configured(project: Project, text: bytes) -> Project:
    import tomllib

    table = tomllib.loads(text.decode("utf-8"))
    return replace(project, settings=settings_of(table, SETTINGS))


def _settings_text(project: Project, ground: Ground) -> bytes:
    given = project.settings.monolith
    own = [r for r in ground.routes if r.module != ground.application]
    package = given.routes or find_route_package(own or ground.routes)
    monolith: dict[str, object] = {"app": given.app}
    if given.factory:
        monolith["factory"] = True
    monolith["routes"] = package
    if given.python:
        monolith["python"] = given.python
    monolith["port"] = given.port
    modules = route_modules(ground.routes)
    views = Views(ground.parsed.trees, ground.parsed.names)
    loaded = frozenset(ground.running.modules)
    homes = find_homes(views, but={ground.application, *modules}, loaded=loaded)
    return new_settings(
        monolith=monolith,
        services=_services(list(modules), ground),
        homes=dict(sorted(homes.items())),
        database=_database(ground),
        cases=sorted(p for p in project.sources if re.fullmatch(r"parity/[^/]+\.ya?ml", p)),
    )


def _services(modules: Sequence[str], ground: Ground) -> list[Service]:
    """One service for each route module but the application's own, in the order of inclusion."""
    wanted = [m for m in modules if m != ground.application or len(modules) == 1]
    named = service_names(wanted)
    return [Service(n, FIRST_PORT + i, (m,)) for i, (m, n) in enumerate(named.items())]


def _database(ground: Ground) -> dict[str, str]:
    """The variable that names the database, with what it is by default, if one was seen."""
    variable, url = find_database(ground.parsed.trees.values(), ground.running.reads)
    found = {"url_env": variable, "url": url}
    return {key: value for key, value in found.items() if value}


def _foundation(project: Project, first: ChangeSet) -> Proposal:
    """The shared files that hold settings, connection and authentication, at their homes."""
    ground = ground_of(project)
    if ground.running.error:
        what = f"the monolith could not be imported: {ground.running.error}"
        return Proposal(project.root, first, (), (what,))
    services = project.planned()
    blueprint = draw(ground, services) if services else None
    assembly = Assembly(first, project.manifest)
    if blueprint is not None:
        laid = lay_out(project, blueprint, "init")
        assembly = noted(rewritten(laid.assembly, project), first)
    changes = assembly.recorded(project.sources)
    said = ("next: splitter analyze, then splitter split NAME --port N",) if changes else ()
    return Proposal(project.root, changes, said)

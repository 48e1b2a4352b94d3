"""The commands that only look: what the monolith is, read statically and asked while it runs."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splitter.discovery.closure import Nearest, imported
from splitter.discovery.codes import CODES
from splitter.discovery.observing import observations
from splitter.discovery.parsing import Parsed, parse
from splitter.discovery.reconciling import reconcile
from splitter.discovery.routes import read_routes
from splitter.effects import introspection, results
from splitter.errors import RefusedError, UsageError
from splitter.model.changes import Note
from splitter.model.monolith import Module, Monolith, Observation, Route, RunningApp, Sources
from splitter.model.plan import Service
from splitter.planning.cut import Cut, cut
from splitter.planning.ground import Ground
from splitter.planning.selecting import select
from splitter.settings import Settings
from splitter.workflows import observing
from splitter.workflows.project import NotTheMonolith, Project
from splitter.workflows.ranking import ranked

if TYPE_CHECKING:
    from splitter.planning.plan import Blueprint


def ground_of(project: Project) -> Ground:
    """What every plan starts from: the parsed code, the reconciled routes, the running app.

    The code is the monolith's own, without the marks that deprecation has put there.
    """
    parsed = own_code(project)
    running = running_app(project, parsed)
    routes, _ = _routes(project.settings, parsed, running)
    return Ground(
        parsed,
        routes,
        project.settings.monolith.app,
        project.settings.monolith.routes,
        project.settings.homes,
        running,
        project.settings.monolith.leave_out,
    )


def own_code(project: Project, *, marked: bool = False) -> Parsed:
    """The monolith's own files and the code in them: what splitter has written is none of it.

    Data are found among these files, too, and a copy of data is no reason for another one.
    `marked`: with the marks of deprecation.
    """
    theirs = {copy.path for copy in project.manifest.copies} | set(project.manifest.written)
    files = project.sources if marked else _unmarked(project)
    mine = {path: text for path, text in files.items() if path not in theirs}
    return parse(Sources(mine), skip=NotTheMonolith(project))


def _unmarked(project: Project) -> Mapping[str, bytes]:
    from splitter.actions.deprecation import unmarked

    return unmarked(project.sources, project.manifest.marked)


def sure_ground(project: Project) -> Ground:
    """The same, RefusedError if the monolith cannot be imported: what was read may lack some."""
    ground = ground_of(project)
    if ground.running.error:
        raise RefusedError(
            "the monolith cannot be imported, so nothing can be held against it",
            reasons=(ground.running.error,),
            hint=ground.running.hint,
        )
    return ground


def survey(
    project: Project,
    *,
    tests: str = "",
    observed: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Monolith:
    """All that is to be known of the monolith: routes, modules, tables, findings.

    `tests` is the command that runs its tests, `observed` a file that splitter's pytest plugin
    wrote: both tell which tables are used at run time.
    """
    parsed = own_code(project, marked=True)
    key = _fingerprint(project, parsed)
    running = running_app(project, parsed, key=key)
    routes, notes = _routes(project.settings, parsed, running)
    nearest = Nearest(parsed.names.keys())
    modules = tuple(
        _module(name, path, parsed, nearest) for name, path in sorted(parsed.names.items())
    )
    at_it = (_at_the_application(note, project.settings.monolith.app, parsed) for note in notes)
    requests = observing.requests(project, key, tests=tests, file=observed, say=say)
    seen = observations(requests, routes)
    found, drawn = _planned(project, parsed, routes, running, seen)
    planned = {*(f.note for f in found.findings), *(_notes(drawn) if drawn else ())}
    return Monolith(
        project.settings.monolith.app,
        project.settings.monolith.factory,
        modules,
        routes,
        found.tables,
        tuple(sorted({*parsed.notes, *at_it, *planned})),
        running,
        found.accesses,
        found.matrix,
        found.variables,
        ranked(project, routes, found, drawn),
    )


def kept_observations(
    project: Project, ground: Ground, *, say: Callable[[str], None]
) -> tuple[Observation, ...]:
    """Which tables the routes use, as the monolith's tests showed when they last ran."""
    key = _fingerprint(project, ground.parsed)
    requests = observing.requests(project, key, tests="", file=None, say=say)
    return observations(requests, ground.routes)


def is_in_the_way(monolith: Monolith) -> bool:
    """Whether something was found that blocks a split, or a file that cannot be parsed."""
    return any(note.blocks or note.code == "SPL001" for note in monolith.findings)


def _module(name: str, path: str, parsed: Parsed, nearest: Nearest) -> Module:
    return Module(
        name,
        path,
        path.endswith("__init__.py"),
        parsed.sources[path].count(b"\n"),
        imported(path, parsed.imports(path), nearest),
    )


def _planned(
    project: Project,
    parsed: Parsed,
    routes: tuple[Route, ...],
    running: RunningApp,
    seen: tuple[Observation, ...],
) -> tuple[Cut, Blueprint | None]:
    """The plans of the planned services, if there can be any, and what stands in their way."""
    monolith = project.settings.monolith
    ground = Ground(
        parsed,
        routes,
        monolith.app,
        monolith.routes,
        project.settings.homes,
        running,
        monolith.leave_out,
    )
    services = [s for s in project.planned() if has_routes(s, routes)]
    if not services or running.error:
        return cut(ground, services, seen=seen), None
    from splitter.planning.plan import draw

    blueprint = draw(ground, services)
    return cut(ground, services, blueprint=blueprint, seen=seen), blueprint


def _notes(blueprint: Blueprint) -> Iterator[Note]:
    for name, plan in blueprint.plans.items():
        yield from (*plan.blockers, *plan.notes, *blueprint.data(name).notes)


def has_routes(service: Service, routes: tuple[Route, ...]) -> bool:
    """Whether a planned service answers to any route of the monolith as it is now."""
    try:
        return bool(select(service, routes)[1])
    except UsageError:
        return False


_ASKED_ABOUT = {"app", "factory", "environment", "lifespan"}
_answers: dict[str, RunningApp] = {}


def running_app(project: Project, parsed: Parsed, *, key: str = "") -> RunningApp:
    """What the monolith says of itself; asked again only when its code or settings changed.

    Within a process it is asked once, for a preview too, which keeps nothing on the disk.
    `key`: the digest of both, if it was computed before.
    """
    key = key or _fingerprint(project, parsed)
    if key not in _answers:
        known = results.read(project.root, "running")
        _answers[key] = _decoded(known["app"]) if known.get("key") == key else _asked(project)
    running = _answers[key]
    if not running.error and not project.preview:
        _keep(project, key, running)
    return running


def _asked(project: Project) -> RunningApp:
    settings = project.settings
    return introspection.ask(
        project.root,
        app=settings.monolith.app,
        factory=settings.monolith.factory,
        python=settings.python,
        environment=settings.monolith.environment,
        timeout=settings.monolith.start_seconds,
        lifespan=settings.monolith.lifespan,
    )


def _keep(project: Project, key: str, running: RunningApp) -> None:
    if results.read(project.root, "running").get("key") != key:
        results.write(project.root, "running", {"key": key, "app": _encoded(running)})


def _encoded(running: RunningApp) -> dict[str, Any]:
    """A running application as JSON. Of variables that hold a URL the scheme is kept, no secret."""
    reads = {
        name: f"{value.partition('://')[0]}://" if value and "://" in value else None
        for name, value in running.reads.items()
    }
    return asdict(replace(running, reads=reads))


def _decoded(table: dict[str, Any]) -> RunningApp:
    routes = tuple(Route(**{**r, **_tuples(r, "methods", "found_by")}) for r in table["routes"])
    names = ("middleware", "exception_handlers", "modules", "remarks")
    maps = {n: {k: tuple(v) for k, v in table[n].items()} for n in ("distributions", "requires")}
    return RunningApp(**{**table, **_tuples(table, *names), **maps, "routes": routes})


def _tuples(table: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: tuple(table[name]) for name in names}


def _routes(
    settings: Settings, parsed: Parsed, running: RunningApp
) -> tuple[tuple[Route, ...], tuple[Note, ...]]:
    static = read_routes(parsed, app=settings.monolith.app, factory=settings.monolith.factory)
    return reconcile(static, running)


def _at_the_application(note: Note, app: str, parsed: Parsed) -> Note:
    """A finding about the application as a whole stands at the file that it is in."""
    if note.path or note.code not in ("SPL014", "SPL040"):
        return note
    return replace(note, path=parsed.names.get(app.partition(":")[0], ""))


def _fingerprint(project: Project, parsed: Parsed) -> str:
    settings = project.settings
    about = [
        settings.monolith.model_dump(mode="json", include=_ASKED_ABOUT),
        settings.python,
        _installed(settings.python),
        [field.name for field in fields(RunningApp)],
    ]
    digest = hashlib.sha256(json.dumps(about).encode())
    for path in sorted(parsed.names.values()):
        digest.update(path.encode() + b"\0" + hashlib.sha256(project.sources[path]).digest())
    return digest.hexdigest()


def _installed(python: str) -> float:
    """When something was last installed beside an interpreter (seconds since 1970)."""
    folders = Path(python).parent.parent.glob("lib/python*/site-packages")
    return max((f.stat().st_mtime for f in folders), default=0.0)


def codes() -> tuple[tuple[str, str], ...]:
    """Every code, with its title."""
    return tuple((code, found.title) for code, found in sorted(CODES.items()))


def explain(code: str) -> tuple[str, str, str, str]:
    """A code with its title, what it means and what to do. UsageError if there is none such."""
    found = CODES.get(code.upper())
    if found is None:
        near = difflib.get_close_matches(code.upper(), list(CODES), 1)
        hint = f"did you mean {near[0]}?" if near else "splitter explain lists them all"
        raise UsageError(f"there is no code {code}", hint=hint)
    return code.upper(), found.title, found.means, found.todo

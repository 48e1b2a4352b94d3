"""Both sides of a comparison, running: the monolith, and the services with it for the rest.

Each side has its own copy of the database. The services stand in folders that hold nothing but
shared/ and themselves; routes that no service has yet are answered by a second monolith, as they
are behind a gateway.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from splitter.effects import databases, ports, processes
from splitter.effects.scratch import copy_folder, copy_project, lay, scratch
from splitter.errors import ConfigurationError, RefusedError
from splitter.model.plan import Service
from splitter.workflows.project import Project

Say = Callable[[str], None]
REST = "monolith"


@dataclass(frozen=True)
class Sides:
    """Base URLs: the monolith's, and on the other side each service's and the rest's (`REST`),
    those of services that are only asked by others among them.

    `twin` starts another monolith on another copy of the data, and gives its URL.
    """

    monolith: str
    services: Mapping[str, str]
    twin: Callable[[], str]


@contextmanager
def both_sides(
    project: Project, services: Sequence[Service], *, rest: bool, say: Say
) -> Iterator[Sides]:
    """Boot everything on free ports; stop it and drop the databases at the end.

    The services' files are those of `project.sources`, be they on the disk or only proposed.
    StartError says which server did not come up, with the end of its log.
    """
    with ExitStack() as stack:
        at = stack.enter_context(scratch("parity"))
        base = _base(project, at, say)
        ours = stack.enter_context(_fork(project, base, at, "monolith"))
        theirs = stack.enter_context(_fork(project, base, at, "services"))
        say("starting the monolith")
        monolith = stack.enter_context(_monolith(project, at, "monolith", ours))
        running = stack.enter_context(together(project, services, at, theirs, say=say))
        urls = {name: server.url for name, server in running.items()}
        if rest:
            urls[REST] = stack.enter_context(_monolith(project, at, "rest", theirs)).url

        def twin() -> str:
            say("starting a second monolith: what both answer otherwise is no difference")
            data = stack.enter_context(_fork(project, base, at, "twin"))
            return stack.enter_context(_monolith(project, at, "twin", data)).url

        yield Sides(monolith.url, urls, twin)


@contextmanager
def together(
    project: Project,
    services: Sequence[Service],
    at: Path,
    environment: Mapping[str, str],
    *,
    say: Say,
) -> Iterator[dict[str, processes.Running]]:
    """Services and those that they ask, each booted from a folder with only shared/ and itself.

    Each is told where the others are. RefusedError where one that is asked is not made yet.
    """
    everyone = (*asked(project, services), *services)
    places = dict(zip(everyone, ports.free_ports(len(everyone)), strict=True))
    urls = {s.url_variable: f"http://127.0.0.1:{port}" for s, port in places.items()}
    told = {**environment, **(urls if project.manifest.calls else {})}
    running: dict[str, processes.Running] = {}
    with ExitStack() as stack:
        for service in everyone:
            say(f"starting the {service.name} service")
            started = _alone(project, service, at, told, port=places[service])
            running[service.name] = stack.enter_context(started)
        yield running


def asked(project: Project, services: Sequence[Service]) -> tuple[Service, ...]:
    """The services that some services ask for their functions, and that these ask, but they."""
    known = {s.name: s for s in project.planned()}
    todo, found = [s.name for s in services], {s.name for s in services}
    while todo:
        name = todo.pop()
        for owner in project.manifest.calls.get(name, ()):
            if owner not in known or f"{known[owner].folder}/main.py" not in project.sources:
                port = known[owner].port if owner in known else "N"
                raise RefusedError(
                    f"{name} asks the {owner} service, which is not split off yet",
                    hint=f"splitter split {owner} --port {port} first",
                )
            if owner not in found:
                found.add(owner)
                todo.append(owner)
    return tuple(known[name] for name in sorted(found - {s.name for s in services}))


@contextmanager
def _alone(
    project: Project, service: Service, at: Path, environment: Mapping[str, str], *, port: int
) -> Iterator[processes.Running]:
    folder = folder_of(at, service)
    lay(folder, own_files(project, service))
    with processes.serve(
        f"{service.name} service",
        python=project.settings.python,
        app=service.application,
        folder=folder,
        port=port,
        environment={**project.settings.monolith.environment, **environment},
        log=at / f"{service.name}.log",
        timeout=project.settings.monolith.start_seconds,
        ready="/health",
    ) as running:
        yield running


def folder_of(at: Path, service: Service) -> Path:
    """Where a service stands alone, below a scratch folder."""
    return at / f"{service.name}-alone"


def own_files(project: Project, service: Service) -> dict[str, bytes]:
    """What a service is made of: shared/, its own folder, and the settings in `.env`."""
    folders = ("shared/", f"{service.folder}/")
    return {
        path: data
        for path, data in project.sources.items()
        if path.startswith(folders) or path in ("services/__init__.py", ".env")
    }


@contextmanager
def isolated(project: Project, at: Path, say: Say) -> Iterator[dict[str, str]]:
    """The variables that point one service to data of its own: a copy, or a new database."""
    url = _configured_url(project)
    if _uses_folder(project):
        base = _base(project, at, say)
    else:
        base = _Base(databases.absolute(url, project.root) if url else "", None)
    with _fork(project, base, at, "service") as environment:
        yield environment


@dataclass(frozen=True)
class _Base:
    """What both sides' copies are made of: a database, a folder of data, or both, or neither."""

    url: str
    folder: Path | None


@contextmanager
def _monolith(
    project: Project, at: Path, name: str, environment: Mapping[str, str]
) -> Iterator[processes.Running]:
    folder = at / name
    copy_project(project.root, folder)
    monolith = project.settings.monolith
    with processes.serve(
        "monolith",
        python=project.settings.python,
        app=monolith.app,
        folder=folder,
        port=ports.free_port(),
        environment={**monolith.environment, **environment},
        factory=monolith.factory,
        log=at / f"{name}.log",
        timeout=monolith.start_seconds,
    ) as running:
        yield running


def _base(project: Project, at: Path, say: Say) -> _Base:
    """What the copies are made of. A SQLite database that does not exist yet, and a folder of
    data, are made by starting the monolith once."""
    url = _configured_url(project)
    missing = databases.missing_file(url, project.root) if url else None
    folder = at / "data" if _uses_folder(project) else None
    if missing is not None:
        url = f"{url.partition('://')[0]}:///{at / 'base.db'}"
    elif url:
        url = databases.absolute(url, project.root)
    given = _given_folder(project)
    if folder is not None and given is not None:
        copy_folder(given, folder)
    if missing is not None or (folder is not None and given is None):
        say("making the data by starting the monolith once")
        with _monolith(project, at, "first", _variables(project, url, folder or at)):
            pass
    return _Base(url, folder)


def _given_folder(project: Project) -> Path | None:
    """The folder of data that the settings name, below the project's root if it is not absolute."""
    named = os.path.expandvars(project.settings.database.folder)
    if not named:
        return None
    folder = project.root / named
    if not folder.is_dir():
        raise ConfigurationError(
            f"there is no folder {named}",
            where="splitter.toml: database.folder",
            hint="name the folder with the application's data, or leave it out",
        )
    return folder


@contextmanager
def _fork(project: Project, base: _Base, at: Path, name: str) -> Iterator[dict[str, str]]:
    folder = at / f"{name}-data"
    if base.folder is not None:
        copy_folder(base.folder, folder)
    elif _uses_folder(project):
        folder.mkdir(exist_ok=True)
    if not base.url:
        yield _variables(project, "", folder)
        return
    with databases.fork(base.url, at / "databases", name) as url:
        yield _variables(project, url, folder)


def _variables(project: Project, url: str, folder: Path) -> dict[str, str]:
    database = project.settings.database
    named = {database.url_env: url} if database.url_env and url else {}
    parts = {"url": url, "name": databases.name_of(url) if url else "", "folder": str(folder)}
    return {**named, **{k: text.format(**parts) for k, text in database.environment.items()}}


def _uses_folder(project: Project) -> bool:
    return any("{folder}" in text for text in project.settings.database.environment.values())


def _configured_url(project: Project) -> str:
    database = project.settings.database
    known = os.path.expandvars(database.url)
    if not database.url_env:
        return known if database.environment else ""
    given = project.settings.monolith.environment.get(database.url_env)
    return given or os.environ.get(database.url_env, "") or _dotenv(project) or known


def _dotenv(project: Project) -> str:
    for line in project.sources.get(".env", b"").decode("utf-8", "replace").splitlines():
        name, _, value = line.partition("=")
        if name.strip().removeprefix("export ").upper() == project.settings.database.url_env:
            return value.strip().strip("'\"")
    return ""

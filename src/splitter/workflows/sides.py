"""Services booted as they are to stand: each from a folder with only shared/ and itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from splitter.effects import ports, processes
from splitter.effects.scratch import copy_project, lay
from splitter.errors import RefusedError
from splitter.model.plan import Service
from splitter.workflows import data
from splitter.workflows.data import Say
from splitter.workflows.project import Project

REST = "monolith"


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
    """The variables that point one service to data of its own: a copy, or new ones."""

    @contextmanager
    def boot(environment: dict[str, str]) -> Iterator[None]:
        monolith = project.settings.monolith
        copy_project(project.root, at / "first")
        with processes.serve(
            "monolith",
            python=project.settings.python,
            app=monolith.app,
            folder=at / "first",
            port=ports.free_port(),
            environment={**monolith.environment, **environment},
            factory=monolith.factory,
            log=at / "first.log",
            timeout=monolith.start_seconds,
        ):
            yield

    with data.fork_of_given(project, at, boot, say) as fork:
        yield fork.variables

"""Monolith, services and gateway on this machine, started and ended together."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from splitter.actions.dialects import DIALECTS
from splitter.effects import company, disk, processes
from splitter.effects.database_urls import POSTGRESQL
from splitter.effects.database_urls import parse as parse_url
from splitter.effects.following import Following
from splitter.effects.gateways import programs
from splitter.effects.plain_http import answer
from splitter.effects.processes import Running, log_end
from splitter.errors import StartError, ToolMissing, UsageError
from splitter.model.plan import Service
from splitter.workflows.data import Say, configured_url
from splitter.workflows.project import Project

GATEWAY, MONOLITH = "gateway", "monolith"
Tell = Callable[[str], None]


def up(project: Project, names: Sequence[str], *, say: Say, tell: Tell) -> None:
    """Start all, or what is named, and stay until Ctrl-C; then nothing of it is left.

    `tell` gets the lines of all logs, each with the name of its log. StartError where one does not
    start, or ends.
    """
    wanted = _wanted(project, names)
    with company.company(project.root) as folder, ExitStack() as stack:
        _refuse_a_dead_database(project)
        running: list[Running] = []
        for name in wanted:
            started = _start(project, name, folder)
            if started is None:
                say(f"{name} is left as it is")
                continue
            running.append(stack.enter_context(started))
            _await_ready(project, running[-1])
            company.record(project.root, running, ready=False)
            say(f"{name}: {running[-1].url}")
        company.record(project.root, running, ready=True)
        say("Ctrl-C, or splitter down, ends all of them")
        _stay(running, tell)


def detach(project: Project, names: Sequence[str], *, say: Say) -> None:
    """The same in the background: back when all run."""
    _wanted(project, names)
    folder = project.root / company.FOLDER
    with disk.doing("write", folder):
        folder.mkdir(parents=True, exist_ok=True)
        output = (folder / "up.log").open("wb")
    words = [sys.executable, "-m", "splitter", "up", "-C", str(project.root), *names]
    with output:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not company.is_ready(project.root, process.pid):
            if process.poll() is not None:
                raise _not_started(folder / "up.log")
            time.sleep(0.05)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    for line in (folder / "up.log").read_text("utf-8", "replace").splitlines():
        if line.split(": ")[0] in (MONOLITH, GATEWAY, *_made(project)):
            say(line)
    say(f"logs: {company.FOLDER}/NAME.log; splitter down ends all of them")


def down(root: Path) -> tuple[str, ...]:
    """End what `up` has started; what it was."""
    return company.end(root)


def _wanted(project: Project, names: Sequence[str]) -> tuple[str, ...]:
    """Monolith, services, gateway: all that there is, or those of them that are named."""
    there = [MONOLITH, *_made(project), *([GATEWAY] if _has_gateway(project) else [])]
    for name in names:
        if name == GATEWAY and name not in there:
            raise UsageError("there is no gateway yet", hint="splitter gateway writes its files")
        if name not in there:
            service = project.settings.service(name)
            hint = f"splitter split {name} --port {service.port}"
            raise UsageError(f"{name} has no service yet that could start", hint=hint)
    return tuple(name for name in there if not names or name in names)


def _made(project: Project) -> dict[str, Service]:
    planned = project.planned()
    return {s.name: s for s in planned if f"{s.folder}/main.py" in project.sources}


def _has_gateway(project: Project) -> bool:
    return DIALECTS[project.settings.gateway.kind].main in project.sources


def _start(project: Project, name: str, folder: Path) -> AbstractContextManager[Running] | None:
    """What starts it; None for a gateway that runs already, or that has no program here."""
    monolith = project.settings.monolith
    log = folder / f"{name}.log"
    if name == GATEWAY:
        return _gateway(project, log)
    made = _made(project)
    app = monolith.app if name == MONOLITH else made[name].application
    return processes.serve(
        name,
        python=project.settings.python,
        app=app,
        folder=project.root,
        port=monolith.port if name == MONOLITH else made[name].port,
        environment=_environment(project),
        factory=monolith.factory if name == MONOLITH else False,
        log=log,
        timeout=monolith.start_seconds,
        ready="/health/ready" if name in made else "/",
    )


def _environment(project: Project) -> dict[str, str]:
    """The monolith's, where the services are, and where it counts requests on old routes."""
    hits = os.environ.get("SPLITTER_HITS", project.settings.deprecation.hits)
    where = hits if hits == "off" else str(project.root / hits)
    urls = {s.url_variable: f"http://127.0.0.1:{s.port}" for s in _made(project).values()}
    return {**urls, "SPLITTER_HITS": where, **project.settings.monolith.environment}


def _gateway(project: Project, log: Path) -> AbstractContextManager[Running] | None:
    program = programs.program(project.settings.gateway.kind)
    folder = project.root / "gateway"
    if program is None:
        return None
    try:
        command = program.run(folder)
    except ToolMissing:
        return None
    if program.pid(folder):
        return None
    port = project.settings.gateway.port
    none: Mapping[str, str] = {}
    return processes.attend(
        GATEWAY, command, folder=project.root, port=port, environment=none, log=log
    )


def _await_ready(project: Project, running: Running) -> None:
    """A service says itself when it is ready."""
    if running.name not in _made(project):
        return
    deadline = time.monotonic() + project.settings.monolith.start_seconds
    while True:
        told = answer(running.port, "/health/ready")
        if told and told[0] == 200:
            return
        if time.monotonic() >= deadline:
            said = f"{told[0]} {told[2].decode('utf-8', 'replace')[:200]}" if told else "nothing"
            raise StartError(
                f"{running.name} is not ready: /health/ready answers {said}",
                where=str(running.log),
                hint=log_end(running.log),
            )
        time.sleep(0.1)


def _stay(running: Sequence[Running], tell: Tell) -> None:
    """Hand the logs on until it is interrupted, or one of the servers ends."""
    following = Following({one.name: one.log for one in running})
    width = max((len(one.name) for one in running), default=0)
    identities = {one: company.born(one.pid) for one in running}
    while True:
        for name, line in following.lines():
            tell(f"{name:<{width}} | {line}")
        for one, known in identities.items():
            if not known or company.born(one.pid) != known:
                raise StartError(
                    f"{one.name} has ended, so all the others were ended too",
                    where=str(one.log),
                    hint=log_end(one.log),
                )
        time.sleep(0.2)


def _not_started(log: Path) -> StartError:
    lines = log.read_text("utf-8", "replace").splitlines()
    found = [n for n, line in enumerate(lines) if line.startswith("error: ")]
    told = lines[found[-1] :] if found else lines[-processes.LOG_LINES :]
    first = told[0].removeprefix("error: ") if told else "it ended without a word"
    return StartError(first, hint="\n".join(line.removeprefix("  ") for line in told[1:]))


def _refuse_a_dead_database(project: Project) -> None:
    """A PostgreSQL server is the user's: it is only seen whether it is there."""
    for host, port in _servers(configured_url(project)):
        try:
            socket.create_connection((host, port), timeout=3).close()
        except OSError as error:
            raise StartError(
                f"the database does not answer at {host}:{port}: {error.strerror or error}",
                hint="start it first; splitter up starts monolith, services and gateway only",
            ) from None


def _servers(url: str) -> Iterator[tuple[str, int]]:
    parsed = parse_url(url) if url else None
    if parsed is None or parsed.kind != POSTGRESQL:
        return
    for host in parsed.hosts.split(","):
        name, _, port = host.rpartition(":") if ":" in host else (host, "", "")
        if name and not name.startswith(("/", "%2F")):
            yield name.strip("[]"), int(port) if port.isdigit() else 5432

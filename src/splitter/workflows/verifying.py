"""A service is proven by booting it: alone, from a folder with nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from splitter.actions.ownership import digest
from splitter.discovery.closure import closure
from splitter.effects import results
from splitter.effects.http import Client
from splitter.effects.scratch import scratch
from splitter.errors import RefusedError, StartError
from splitter.model.monolith import Route
from splitter.model.parity import NoAnswer, Observation, Request
from splitter.model.plan import Service
from splitter.workflows import completeness
from splitter.workflows.data import Say
from splitter.workflows.look import ground_of
from splitter.workflows.project import Project
from splitter.workflows.sides import folder_of, isolated, own_files, together

CHECKS = ("/health/live", "/health/ready")


@dataclass(frozen=True)
class Health:
    """What a service says on a path of its health checks."""

    path: str
    status: int
    body: str


@dataclass(frozen=True)
class Checked:
    """Whether a service boots alone, is healthy and has all its routes; `error` says why not.

    `missing` are the routes that the monolith has and the service has not.
    """

    service: str
    ok: bool
    health: tuple[Health, ...] = ()
    error: str = ""
    missing: tuple[str, ...] = ()

    def document(self) -> dict[str, object]:
        return {"schema": 1, **asdict(self)}

    def lines(self) -> Iterator[str]:
        if self.error:
            yield f"{self.service}: does not boot alone"
            yield from (f"  {line}" for line in self.error.splitlines())
            return
        healthy = all(health.status == 200 for health in self.health)
        yield f"{self.service}: boots alone" + ("" if healthy else ", but is not healthy")
        for health in self.health:
            yield f"  {health.path}: {health.status} {health.body}"
        if self.missing:
            yield f"{self.service}: lacks routes that the monolith has"
            yield from (f"  {route}" for route in self.missing)


def verify(project: Project, name: str, *, say: Say) -> Checked:
    """Boot a service alone and ask its health. The result is kept for the status page."""
    service = project.settings.service(name)
    if f"{service.folder}/main.py" not in project.sources:
        raise RefusedError(
            f"there is no {service.folder} yet",
            hint=f"splitter split {name} --port {service.port} makes it",
        )
    ground = ground_of(project)
    checked = boot(project, service, completeness.expected(ground, service), say=say)
    kept = results.read(project.root, "verify")
    results.write(project.root, "verify", {**kept, name: record(project, service, checked.ok)})
    return checked


def boot(project: Project, service: Service, routes: Sequence[Route], *, say: Say) -> Checked:
    """The same without keeping the result, for files that are perhaps only proposed.

    `routes` are those that it has to have.
    """
    with scratch("verify") as at, isolated(project, at, say) as environment:
        say(f"booting the {service.name} service from a folder with nothing else")
        try:
            with together(project, [service], at, environment, say=lambda _: None) as running:
                url = running[service.name].url
                health = tuple(_ask(url, path) for path in CHECKS)
                told = completeness.documented(_ask(url, "/openapi.json").body)
        except StartError as error:
            return Checked(service.name, False, (), _explained(project, service, error))
        missing = completeness.missing(
            project,
            service,
            routes,
            documented=told,
            folder=folder_of(at, service),
            environment=environment,
        )
    healthy = all(h.status == 200 for h in health)
    return Checked(service.name, healthy and not missing, health, missing=missing)


def record(project: Project, service: Service, ok: bool) -> dict[str, object]:
    """A result as it is kept: when, and for which files."""
    return {
        "ok": ok,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": fingerprint(project, service),
    }


def fingerprint(project: Project, service: Service) -> str:
    """SHA-256 over the files of a service and the shared ones that it imports.

    A result for other files is out of date.
    """
    files = own_files(project, service)
    own = [path for path in files if path.startswith(f"{service.folder}/")]
    used = {path: digest(files[path]) for path in sorted(closure(files, own))}
    return digest(json.dumps(used).encode())


def not_rewritten(project: Project, service: Service) -> list[str]:
    """Copies that still have the monolith's imports although they should be pointed elsewhere."""
    from splitter.actions.rewriting import rewrite_copies

    owners = (service.name, "shared")
    report = rewrite_copies(project.sources, project.manifest)
    mine = {c.path for c in project.manifest.copies if c.owner in owners}
    return [c.path for c in report.changes.changes if c.path in mine]


def _explained(project: Project, service: Service, error: StartError) -> str:
    """What stopped it comes first: imports that are due may be the reason, or may not."""
    due = not_rewritten(project, service)
    told = [error.what, error.hint]
    if due:
        told += [
            f"{len(due)} of its files still import from the monolith, {due[0]} among them: "
            "run splitter rewrite-imports first"
        ]
    return "\n".join(line for line in told if line)


def _ask(url: str, path: str) -> Health:
    client = Client(url, timeout=10)

    async def ask() -> Observation | NoAnswer:
        try:
            return await client.put(Request("GET", path))
        finally:
            await client.close()

    answer = asyncio.run(ask())
    if isinstance(answer, NoAnswer):
        return Health(path, 0, answer.reason)
    return Health(path, answer.status, answer.body.decode("utf-8", "replace"))

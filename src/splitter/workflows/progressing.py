"""The facts of a migration are gathered, and the status page made from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from splitter.actions.notices import read_entries
from splitter.actions.ownership import digest
from splitter.actions.rewriting import rewrite_copies
from splitter.actions.routing_file import read_table
from splitter.actions.traffic import served
from splitter.effects import results
from splitter.model.plan import Service
from splitter.model.progress import Progress
from splitter.planning.selecting import select
from splitter.reports.status import lines
from splitter.status.facts import Facts, Run
from splitter.status.page import progress as page_of
from splitter.workflows.cutting import NOTICES
from splitter.workflows.look import ground_of
from splitter.workflows.project import Project
from splitter.workflows.verifying import fingerprint


def progress(project: Project) -> Progress:
    """How far each service has come."""
    services = project.planned()
    settings = project.settings
    due = rewrite_copies(project.sources, project.manifest).changes
    return page_of(
        Facts(
            project=project.root.name,
            date=date.today().isoformat(),
            monolith_port=settings.monolith.port,
            services=services,
            files={path: digest(data) for path, data in project.sources.items()},
            gateway_port=settings.gateway.port,
            homes=settings.homes,
            copies=project.manifest.copies,
            unrewritten=frozenset(c.path for c in due.changes),
            prints={s.name: fingerprint(project, s) for s in services},
            verified=_runs(results.read(project.root, "verify")),
            parity=_runs(results.read(project.root, "parity")),
            live=served(read_table(project.sources), settings.gateway.live),
            deprecated=_deprecated(project, services),
        )
    )


def page(project: Project) -> Iterator[str]:
    """The page as text."""
    yield from lines(progress(project))


def _runs(kept: Mapping[str, Any]) -> dict[str, Run]:
    return {
        name: Run(
            bool(run.get("ok")),
            str(run.get("when", "")),
            str(run.get("files", "")),
            int(run.get("matched", 0)),
            int(run.get("cases", 0)),
        )
        for name, run in kept.items()
    }


def _deprecated(project: Project, services: tuple[Service, ...]) -> dict[str, str]:
    """The services of which every old route is announced as deprecated, with the sunset."""
    paths = [p for p in project.sources if p.rpartition("/")[2] == f"{NOTICES}.py"]
    entries = [e for p in paths for e in read_entries(project.sources[p])]
    if not entries:
        return {}
    sunsets = {entry.key: entry.sunset for entry in entries}
    routes = ground_of(project).routes
    found: dict[str, str] = {}
    for service in services:
        own = [r for r in select(service, routes)[1] if r.kind == "http"]
        days = [sunsets.get((" ".join(sorted(r.methods)), r.path), "") for r in own]
        if own and all(days):
            found[service.name] = max(days)
    return found

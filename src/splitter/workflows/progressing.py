"""The facts of a migration are gathered, and the status page made from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from splitter.actions.dialects import DIALECTS
from splitter.actions.notices import Entry, read_entries
from splitter.actions.ownership import digest
from splitter.actions.rewriting import rewrite_copies
from splitter.actions.routing_file import read_table
from splitter.actions.traffic import served
from splitter.effects import hits, results
from splitter.effects.gateway_log import shares
from splitter.model.hits import Traffic, traffic
from splitter.model.plan import Service
from splitter.model.progress import Progress
from splitter.model.routing import State
from splitter.planning.selecting import select
from splitter.reports.status import lines
from splitter.status.facts import Facts, Run
from splitter.status.page import progress as page_of
from splitter.workflows.cutting import NOTICES
from splitter.workflows.look import ground_of, has_routes
from splitter.workflows.project import Project
from splitter.workflows.quiet import not_quiet
from splitter.workflows.verifying import fingerprint

LOG = "gateway/access.log"


def progress(project: Project, *, runs: Runs | None = None) -> Progress:
    """How far each service has come.

    `runs` stand for what this machine has kept of verify and parity-check; then the page follows
    from the repository alone, and neither traffic nor the present day is on it.
    """
    kept = runs or runs_of(project)
    services = project.planned()
    settings = project.settings
    due = rewrite_copies(project.sources, project.manifest).changes
    table = read_table(project.sources)
    old = {} if runs else _old(project)
    return page_of(
        Facts(
            project=project.root.name,
            date="" if runs else date.today().isoformat(),
            monolith_port=settings.monolith.port,
            services=services,
            files={path: digest(data) for path, data in project.sources.items()},
            gateway_port=settings.gateway.port,
            gateway_file=DIALECTS[settings.gateway.kind].main,
            homes=settings.homes,
            copies=project.manifest.copies,
            unrewritten=frozenset(c.path for c in due.changes),
            prints={s.name: fingerprint(project, s) for s in services},
            verified=kept.verified,
            parity=kept.parity,
            live=served(table, settings.gateway.live),
            deprecated=_deprecated(project, services),
            table=table,
            old=old,
            waiting=_waiting(project, services, old) if old else {},
            shares=() if runs else shares(project.root / LOG),
        )
    )


def page(project: Project) -> Iterator[str]:
    """The page as text."""
    yield from lines(progress(project))


@dataclass(frozen=True, slots=True)
class Runs:
    """The last runs of verify and parity-check, by service."""

    verified: Mapping[str, Run]
    parity: Mapping[str, Run]


def runs_of(project: Project) -> Runs:
    """What this machine has kept of them."""
    return Runs(_runs(results.read(project.root, "verify")), parity_runs(project))


def parity_runs(project: Project) -> dict[str, Run]:
    return _runs(results.read(project.root, "parity"))


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


def _announced(project: Project) -> list[Entry]:
    """The deprecated routes, as the monolith's own module has them."""
    paths = [p for p in project.sources if p.rpartition("/")[2] == f"{NOTICES}.py"]
    return [e for p in paths for e in read_entries(project.sources[p])]


def _old(project: Project) -> dict[str, Traffic]:
    """What was counted on deprecated routes, by methods and path."""
    counts = hits.read(project.root / project.settings.deprecation.hits)
    keys = [f"{entry.methods} {entry.path}" for entry in _announced(project)]
    return {key: traffic(key, counts) for key in keys}


def _waiting(
    project: Project, services: tuple[Service, ...], old: Mapping[str, Traffic]
) -> dict[str, tuple[str, ...]]:
    """Why the deprecated routes that services serve may not be taken out yet; one reason each."""
    table = read_table(project.sources)
    found: dict[str, tuple[str, ...]] = {}
    for service in services:
        entries = [e for e in table.of(service.name) if e.state is State.SERVICE]
        keys = [f"{' '.join(sorted(e.methods))} {e.path}" for e in entries]
        reasons = not_quiet(project, [old[key] for key in keys if key in old])
        if reasons:
            more = f", and {len(reasons) - 1} more routes" if len(reasons) > 1 else ""
            found[service.name] = (reasons[0] + more,)
    return found


def _deprecated(project: Project, services: tuple[Service, ...]) -> dict[str, str]:
    """The services of which every old route is announced as deprecated, with the sunset."""
    entries = _announced(project)
    if not entries:
        return {}
    sunsets = {entry.key: entry.sunset for entry in entries}
    routes = ground_of(project).routes
    found: dict[str, str] = {}
    for service in (s for s in services if has_routes(s, routes)):
        own = [r for r in select(service, routes)[1] if r.kind == "http"]
        days = [sunsets.get((" ".join(sorted(r.methods)), r.path), "") for r in own]
        if own and all(days):
            found[service.name] = max(days)
    return found

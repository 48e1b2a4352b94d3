"""The frontend is led to the services: by its dev server, or by the calls themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from splitter.effects.templates import read_templates
from splitter.errors import UsageError
from splitter.model.changes import ChangeSet
from splitter.model.frontend import Report
from splitter.model.routing import RoutingTable
from splitter.workflows.cutting import proposal_of
from splitter.workflows.frontend import scan
from splitter.workflows.look import ground_of
from splitter.workflows.project import Project
from splitter.workflows.proposal import Proposal
from splitter.workflows.traffic import gateway_of, present


def lead(
    project: Project,
    folders: Sequence[Path],
    *,
    to: str,
    direct: bool,
    say: Callable[[str], None],
) -> Proposal:
    """Proxies of the dev servers of Vite and Next, to the `gateway` or to the `services`.

    `direct`: instead the calls themselves go to the services that have their traffic.
    UsageError for a frontend outside of the project's folder: what is changed there could not be
    undone.
    """
    reports = scan(project, folders, say=say)
    outside = [r.folder for r in reports if r.folder.startswith("..")]
    if outside:
        raise UsageError(
            f"{outside[0]} is outside of the project's folder, where nothing could be undone",
            hint="splitter frontend scan reads it; what apply would write is in docs/frontend.md",
        )
    table, _ = present(project, ground_of(project))
    changes = ChangeSet("frontend apply")
    said: list[str] = []
    for report in reports:
        if direct:
            changes += _direct(project, report, table)
        else:
            changes += _proxies(project, report, table, to)
            said += _said(report, f"127.0.0.1:{project.settings.gateway.port}")
    if direct:
        said += _addresses(table)
    return proposal_of(project, changes, tuple(said))


def _proxies(project: Project, report: Report, table: RoutingTable, to: str) -> ChangeSet:
    from splitter.actions.frontend.proxies import Targets, lead

    gateway = gateway_of(project)
    own = f"127.0.0.1:{gateway.port}"
    return lead(
        report.folder,
        report,
        table,
        Targets(own, gateway.monolith, gateway.services, to == "services"),
        before=project.sources,
        recorded=project.manifest.written,
        templates=read_templates(project.root),
    )


def _direct(project: Project, report: Report, table: RoutingTable) -> ChangeSet:
    from splitter.actions.frontend.direct import lead

    return lead(
        report.folder,
        report,
        table,
        before=project.sources,
        recorded=project.manifest.written,
        templates=read_templates(project.root),
    )


def _addresses(table: RoutingTable) -> list[str]:
    """What the frontend has to be told, and what the services have to allow."""
    served = sorted(table.served())
    if not served:
        return ["no service has all traffic of its routes yet: all calls stay where they are"]
    names = ", ".join(f"{name.upper()}_URL" for name in served)
    return [
        f"tell the frontend's build {names}, each after VITE_ or NEXT_PUBLIC_, or its page "
        "globalThis.SERVICE_URLS; what is not told stays where it was",
        "the services must allow the frontend's origin (CORS), with credentials if it sends any; "
        "fetch sends cookies to another origin only with credentials: include",
    ]


def _said(report: Report, gateway: str) -> list[str]:
    """What is told by the environment, and is the user's to set."""
    lines = []
    for base in report.bases:
        if base.startswith("{"):
            lines.append(f"{report.folder}: calls go to {base}: set it to http://{gateway}")
        elif base:
            lines.append(f"{report.folder}: calls go to {base}, which stays as it is")
    return lines

"""The frontend is led to the services: by its dev server, or by the calls themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from splitter.effects.templates import read_templates
from splitter.errors import UsageError
from splitter.model.changes import ChangeSet
from splitter.model.frontend import Report
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
    say: Callable[[str], None],
) -> Proposal:
    """Proxies of the dev servers of Vite and Next, to the `gateway` or to the `services`.

    UsageError for a frontend outside of the project's folder: what is changed there could not be
    undone.
    """
    reports = scan(project, folders, say=say)
    from splitter.actions.frontend.proxies import Targets
    from splitter.actions.frontend.proxies import lead as proxies

    outside = [r.folder for r in reports if r.folder.startswith("..")]
    if outside:
        raise UsageError(
            f"{outside[0]} is outside of the project's folder, where nothing could be undone",
            hint="splitter frontend scan reads it; what apply would write is in docs/frontend.md",
        )
    gateway = gateway_of(project)
    table, _ = present(project, ground_of(project))
    targets = Targets(
        f"127.0.0.1:{gateway.port}", gateway.monolith, gateway.services, to == "services"
    )
    changes = ChangeSet("frontend apply")
    for report in reports:
        changes += proxies(
            report.folder,
            report,
            table,
            targets,
            before=project.sources,
            recorded=project.manifest.written,
            templates=read_templates(project.root),
        )
    said = [line for report in reports for line in _said(report, targets.gateway)]
    return proposal_of(project, changes, tuple(said))


def _said(report: Report, gateway: str) -> list[str]:
    """What is told by the environment, and is the user's to set."""
    lines = []
    for base in report.bases:
        if base.startswith("{"):
            lines.append(f"{report.folder}: calls go to {base}: set it to http://{gateway}")
        elif base:
            lines.append(f"{report.folder}: calls go to {base}, which stays as it is")
    return lines

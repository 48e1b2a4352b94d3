"""The commands of the cutover: gateway, deprecate."""

from __future__ import annotations

from typing import Annotated

import typer

from splitter.cli.opening import finish, open_project
from splitter.cli.options import (
    As,
    Diff,
    DryRun,
    Format,
    Name,
    ProjectDir,
)


def gateway(
    context: typer.Context,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Write the nginx configuration and the routing table for the present state.

    Each route goes where .splitter/routes.toml says. Before it was moved, it goes to its service
    if gateway.live in splitter.toml names that, else to the monolith.
    """
    from splitter.workflows import cutting

    opened = open_project(context, project, preview=dry_run or diff)
    finish(cutting.gateway(opened), dry_run, diff, output)


def deprecate(
    context: typer.Context,
    name: Name,
    sunset: Annotated[str, typer.Option("--sunset", metavar="DATE", help="ISO 8601.")],
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="Deprecated from then on; today.")
    ] = "",
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Mark a service's old routes in the monolith.

    They become deprecated in OpenAPI, and are announced so in the headers of their answers
    (RFC 9745, RFC 8594).
    """
    from splitter.workflows import cutting

    opened = open_project(context, project, preview=dry_run or diff)
    proposal = cutting.deprecate(opened, name, sunset=sunset, since=since)
    finish(proposal, dry_run, diff, output)

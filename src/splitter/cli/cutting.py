"""The commands of the cutover: gateway, cutover, rollback, deprecate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from splitter.workflows.switching import Order


def gateway(
    context: typer.Context,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Write the gateway's configuration and the routing table for the present state.

    Each route goes where .splitter/routes.toml says. Before it was moved, it goes to its service
    if gateway.live in splitter.toml names that, else to the monolith.
    """
    from splitter.workflows import cutting

    opened = open_project(context, project, preview=dry_run or diff)
    finish(cutting.gateway(opened), dry_run, diff, output)


To = Annotated[
    str, typer.Option("--to", metavar="STEP", help="shadow, a percentage such as 10%, or service.")
]
Some = Annotated[
    list[str] | None,
    typer.Option(
        "--routes",
        metavar="X",
        help="Only these: a module, a file, a URL prefix, or 'METHOD /path'; repeatable.",
    ),
]


def cutover(
    context: typer.Context,
    name: Name,
    to: To,
    routes: Some = None,
    watch: Annotated[
        float | None,
        typer.Option("--watch", metavar="SECONDS", help="Then watch it, and go back if it is bad."),
    ] = None,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Move a service's traffic: to the shadow, by percent, or all of it.

    The new gateway configuration is validated and every route put through a copy of it; then it
    is written, and the gateway, if it runs, takes it over without losing a request. With --watch
    the errors of both sides are counted and a sample of requests is put to both; if the service
    does worse, its traffic goes back to the monolith, and the exit status is 1.
    """
    from splitter.workflows import switching

    order = switching.order_of(name, to, routes or ())
    _switch(context, order, project, dry_run, diff, output, watch)


def rollback(
    context: typer.Context,
    name: Name,
    routes: Some = None,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Give a service's traffic back to the monolith."""
    from splitter.model.routing import State
    from splitter.workflows import switching

    order = switching.Order(name, State.MONOLITH, routes=tuple(routes or ()))
    _switch(context, order, project, dry_run, diff, output)


def _switch(
    context: typer.Context,
    order: Order,
    project: Path | None,
    dry_run: bool,
    diff: bool,
    output: Format,
    seconds: float | None = None,
) -> None:
    """Prepare a move and, unless it is only a preview, carry it out; then say what came of it."""
    from splitter.model.routing import State
    from splitter.reports import console
    from splitter.reports.parity import output as report
    from splitter.reports.switching import show
    from splitter.workflows import switching, watching

    if dry_run or diff:
        opened = open_project(context, project, preview=True)
        finish(switching.prepare(opened, order).proposal, dry_run, diff, output)
    with switching.alone(open_project(context, project).root):
        switch = switching.prepare(open_project(context, project), order)
        for warning in switch.proposal.warnings:
            console.progress(warning)
        if seconds is not None:
            watching.can_be_watched(switch, seconds)
        running = switching.carry_out(switch, say=console.progress)
    watched = None
    if seconds is not None and running:
        try:
            watched = watching.watched(switch, seconds, say=console.progress)
        except KeyboardInterrupt:
            console.progress(
                "no longer watched: the traffic stays where it is; "
                f"splitter rollback {order.service} takes it back"
            )
            raise
        if watched.verdicts:
            place = switch.project.root / ".splitter" / "results" / f"watch-{order.service}"
            for form in ("json", "html"):
                report.show(watched.verdicts, form, place.with_suffix(f".{form}"))
    if watched and watched.reasons:
        with switching.alone(switch.project.root):
            back = replace(order, state=State.MONOLITH, percent=0)
            away = switching.prepare(open_project(context, project), back)
            switching.carry_out(away, say=console.progress)
    show(
        switch.changes,
        switch.proposal.said,
        running=running,
        start=switching.start_words(switch.gateway.kind),
        watched=(watched.said, watched.reasons) if watched else None,
        as_json=output is Format.JSON,
    )
    raise typer.Exit(1 if watched and watched.reasons else 0)


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

"""The commands of what lives on: retire, up, down."""

from __future__ import annotations

from typing import Annotated

import typer

from splitter.cli.opening import finish, open_project
from splitter.cli.options import As, Diff, DryRun, Format, Name, ProjectDir, Routes


def retire(
    context: typer.Context,
    name: Name,
    routes: Routes = None,
    force: Annotated[
        bool, typer.Option("--force", help="Even if they were asked for lately.")
    ] = False,
    may_fail: Annotated[
        list[str] | None,
        typer.Option(
            "--may-fail",
            metavar="TEST",
            help="A test, a file or a folder of tests that is about the old routes; repeatable.",
        ),
    ] = None,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Take a service's old routes out of the monolith, with all that only they need.

    Only where they have been without hits for long enough, and if the monolith starts without them
    and passes its own tests. Exits with 1 if not.
    """
    from splitter.reports import console
    from splitter.workflows import retiring

    opened = open_project(context, project, preview=dry_run or diff)
    proposal = retiring.retire(
        opened, name, routes or (), force=force, may_fail=may_fail or (), say=console.progress
    )
    finish(proposal, dry_run, diff, output)


def up(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="monolith, gateway, or a service; all without one."),
    ] = None,
    detached: Annotated[
        bool, typer.Option("--detach", help="In the background; splitter down ends it.")
    ] = False,
    project: ProjectDir = None,
) -> None:
    """Run monolith, services and gateway on this machine, until Ctrl-C.

    Each on its port of splitter.toml, with its log in .splitter/run/NAME.log. Exits with 3, and
    nothing is left running, if one does not start or ends.
    """
    from splitter.reports import console
    from splitter.workflows import running

    opened = open_project(context, project)
    if detached:
        running.detach(opened, names or (), say=console.progress)
    else:
        running.up(opened, names or (), say=console.progress, tell=console.hand_on)


def down(context: typer.Context, project: ProjectDir = None) -> None:
    """End what splitter up has started, and what a killed one has left."""
    from splitter.reports import console
    from splitter.workflows import running

    ended = running.down(open_project(context, project).root)
    console.say([f"ended: {', '.join(ended)}"] if ended else ["nothing runs"])

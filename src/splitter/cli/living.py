"""The commands of what comes after the cutover: retire."""

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

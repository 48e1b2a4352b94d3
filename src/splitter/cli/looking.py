"""The commands that only look: analyze, explain, plan, status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from splitter.cli.opening import finish, open_project
from splitter.cli.options import (
    As,
    Diff,
    DryRun,
    Format,
    PageFormat,
    PlanFormat,
    ProjectDir,
)

if TYPE_CHECKING:
    from splitter.workflows.project import Project


def analyze(
    context: typer.Context,
    tests: Annotated[
        str, typer.Option("--tests", metavar="COMMAND", help="Run the monolith's tests, watched.")
    ] = "",
    observed: Annotated[
        Path | None,
        typer.Option("--observed", metavar="FILE", help="What pytest --splitter-tables wrote."),
    ] = None,
    project: ProjectDir = None,
    output: As = Format.TEXT,
) -> None:
    """Show routes, modules, tables, and what is in the way.

    With --tests the monolith's tests are run (such as 'pytest tests') to see which tables its
    routes use. Exits with 1 if something blocks a split, or a file cannot be parsed.
    """
    from splitter.reports import analysis, console
    from splitter.workflows import look

    opened = open_project(context, project)
    monolith = look.survey(opened, tests=tests, observed=observed, say=console.progress)
    analysis.show(monolith, as_json=output is Format.JSON)
    raise typer.Exit(1 if look.is_in_the_way(monolith) else 0)


def explain(code: Annotated[str, typer.Argument(metavar="CODE")] = "") -> None:
    """Say what a finding's code means and what to do.

    Without a code: list them all.
    """
    from splitter.reports import analysis, console
    from splitter.workflows import look

    if code:
        console.say(analysis.explanation(*look.explain(code)))
    else:
        console.say(f"{known}  {title}" for known, title in look.codes())


def plan(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME")] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if",
            metavar="NAME=ROUTES",
            help="As if a service had these routes, comma-separated; repeatable.",
        ),
    ] = None,
    output: Annotated[
        PlanFormat, typer.Option("--format", help="text, markdown, json, mermaid or html.")
    ] = PlanFormat.TEXT,
    target: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Instead of stdout.")
    ] = None,
    project: ProjectDir = None,
) -> None:
    """Show what the services of splitter.toml come to, in figures.

    For each: what is copied, what is shared and why, tables, calls to others, and what blocks it;
    with a NAME, all that moves for it. Writes nothing. Exits with 1 if a service is blocked.
    """
    from splitter.reports import console
    from splitter.reports.plan import output as report
    from splitter.workflows import charting

    opened = open_project(context, project)
    outlook = charting.outlook(opened, names or (), what_if or (), say=console.progress)
    report.show(outlook, output.value, target, names or ())
    raise typer.Exit(1 if any(f.blockers for f in outlook.chart.services) else 0)


def status(
    context: typer.Context,
    output: Annotated[
        PageFormat, typer.Option("--format", help="text, markdown, json or html.")
    ] = PageFormat.TEXT,
    target: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Instead of stdout.")
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write", metavar="FILE", help="Keep a page up to date, such as MIGRATION.md."
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="With --write: exit with 1 if it is not up to date.")
    ] = False,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
) -> None:
    """Show how far the migration has come, what is next and what is in the way.

    The page that --write keeps follows from the repository alone: it has no traffic and no ages.
    """
    from splitter.reports import status as report
    from splitter.workflows import progressing

    opened = open_project(context, project, preview=dry_run or diff or check)
    if write is not None:
        _keep(opened, write, check, dry_run, diff)
    report.show(progressing.progress(opened), output.value, target)


def _keep(opened: Project, file: Path, check: bool, dry_run: bool, diff: bool) -> None:
    """Write the page, show what would be written, or say whether it is up to date."""
    from splitter.reports import console
    from splitter.workflows import migration_page

    proposal = migration_page.page(opened, file, check=check)
    if not check:
        finish(proposal, dry_run, diff, Format.TEXT)
    if diff:
        console.show_diff(proposal.changes)
    elif proposal.changes:
        console.say([f"{file} is not up to date: splitter status --write {file}"])
    raise typer.Exit(1 if proposal.changes else 0)

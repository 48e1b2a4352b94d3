"""The commands about the frontend: scan, apply."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from splitter.cli.opening import finish, open_project
from splitter.cli.options import As, Diff, DryRun, Format, PageFormat, ProjectDir


class Target(StrEnum):
    """Where the dev server leads calls."""

    GATEWAY = "gateway"
    SERVICES = "services"


app = typer.Typer(
    help="Find the frontend's calls of the monolith, and lead them to the services.",
    no_args_is_help=True,
)


@app.command()
def scan(
    context: typer.Context,
    folders: Annotated[list[Path] | None, typer.Argument(metavar="FOLDER")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 if no route answers some call.")
    ] = False,
    output: Annotated[
        PageFormat, typer.Option("--format", help="text, markdown or json.")
    ] = PageFormat.TEXT,
    project: ProjectDir = None,
) -> None:
    """List every HTTP call of the frontend with its route and who answers it.

    JavaScript, TypeScript, JSX and Vue are read; a FOLDER may be anywhere. Without one: what
    frontend.folder names in splitter.toml, or else every folder with a package.json.
    """
    from splitter.reports import console
    from splitter.reports import frontend as report
    from splitter.workflows import frontend

    opened = open_project(context, project)
    found = frontend.scan(opened, folders or (), say=console.progress)
    report.show(found, output.value)
    raise typer.Exit(1 if check and frontend.has_strays(found) else 0)


class Mode(StrEnum):
    """How calls are led to the services."""

    PROXY = "proxy"
    DIRECT = "direct"


@app.command()
def apply(
    context: typer.Context,
    folders: Annotated[list[Path] | None, typer.Argument(metavar="FOLDER")] = None,
    mode: Annotated[
        Mode, typer.Option("--mode", help="proxy: the dev server. direct: the calls themselves.")
    ] = Mode.PROXY,
    to: Annotated[
        Target, typer.Option("--to", help="What a proxy leads to: gateway, or services.")
    ] = Target.GATEWAY,
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 if a change is due.")] = False,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Lead the frontend's calls to the gateway, or to the services.

    By its dev server: a module with the rules beside vite.config or next.config, which uses it. Or
    directly: a module of base URLs, and the call sites using it. What cannot be edited safely is
    said, by file and line.
    """
    from splitter.reports import console
    from splitter.workflows import leading

    opened = open_project(context, project, preview=dry_run or diff or check)
    proposal = leading.lead(
        opened, folders or (), to=to.value, direct=mode is Mode.DIRECT, say=console.progress
    )
    if check and proposal.changes and not diff:
        console.show_changes(proposal.changes, dry_run=True)
        raise typer.Exit(1)
    finish(proposal, dry_run or check, diff, output)

"""The commands about the frontend: scan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from splitter.cli.opening import open_project
from splitter.cli.options import PageFormat, ProjectDir

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

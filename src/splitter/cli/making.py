"""The commands that make a service: init, scaffold, extract, rewrite-imports, verify, split."""

from __future__ import annotations

from typing import Annotated

import typer

from splitter.cli.opening import finish, open_or_init, open_project
from splitter.cli.options import (
    As,
    Diff,
    DryRun,
    Format,
    Name,
    Port,
    ProjectDir,
    Routes,
)


def init(
    context: typer.Context,
    application: Annotated[
        str, typer.Option("--app", metavar="MODULE:ATTRIBUTE", help="As uvicorn takes it.")
    ] = "",
    factory: Annotated[
        bool, typer.Option("--factory", help="--app makes the application.")
    ] = False,
    routes: Annotated[
        str, typer.Option("--routes", metavar="PACKAGE", help="It holds the route modules.")
    ] = "",
    python: Annotated[
        str, typer.Option("--python", metavar="PATH", help="Has the monolith's dependencies.")
    ] = "",
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Write splitter.toml and the shared foundation.

    The application, the route modules and the names of the services are found by looking at the
    monolith. A splitter.toml that is there is kept, and what it asks for is made if missing.
    """
    from splitter.workflows import beginning
    from splitter.workflows.folders import folder_of

    proposal = beginning.init(
        folder_of(project or context.obj),
        app=application,
        factory=factory,
        routes=routes,
        python=python,
        preview=dry_run or diff,
    )
    finish(proposal, dry_run, diff, output)


def scaffold(
    context: typer.Context,
    name: Name,
    port: Port,
    routes: Routes = None,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Make a service's skeleton and copy its route files.

    The copies still import from the monolith: splitter rewrite-imports comes next.
    """
    from splitter.workflows import change

    opened = open_or_init(context, project, preview=dry_run or diff)
    finish(change.scaffold(opened, name, port, routes or []), dry_run, diff, output)


def extract(
    context: typer.Context,
    name: Name,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Copy a service's route files and what they need.

    They are copied as the monolith has them now; copies that you edited are left as they are.
    """
    from splitter.workflows import change

    opened = open_project(context, project, preview=dry_run or diff)
    proposal = change.extract_service(opened, name)
    finish(proposal, dry_run, diff, output)


def rewrite_imports(context: typer.Context) -> None:
    """Point the imports of copied files at their new homes."""
    from splitter.cli import rewriting

    raise typer.Exit(rewriting.run(context.args, context.obj))


def verify(
    context: typer.Context, name: Name, project: ProjectDir = None, output: As = Format.TEXT
) -> None:
    """Boot a service alone and ask its health.

    It is booted from a folder that holds nothing but shared/ and the service.
    """
    from splitter.reports import console
    from splitter.workflows import verifying

    checked = verifying.verify(open_project(context, project), name, say=console.progress)
    if output is Format.JSON:
        console.show_json(checked.document())
    else:
        console.say(checked.lines())
    raise typer.Exit(0 if checked.ok else 1)


def split(
    context: typer.Context,
    name: Name,
    port: Port,
    routes: Routes = None,
    no_parity: Annotated[bool, typer.Option("--no-parity", help="Do not compare answers.")] = False,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Make a service and prove it, or write nothing.

    Scaffolds, extracts, rewrites, verifies and compares, before anything is written.
    """
    from splitter.reports import console
    from splitter.workflows import splitting

    opened = open_or_init(context, project, preview=dry_run or diff)
    proposal = splitting.split(
        opened,
        name,
        port,
        routes or [],
        prove=not (dry_run or diff),
        parity=not no_parity,
        say=console.progress,
    )
    finish(proposal, dry_run, diff, output)

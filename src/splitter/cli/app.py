"""The commands as typed: parse, hand to a workflow, show what came back."""

from __future__ import annotations

from typing import Annotated

import typer

from splitter.cli import cutting, frontend, living, looking, making, own, proving
from splitter.cli.options import ProjectDir

app = typer.Typer(
    name="splitter",
    help="Split a FastAPI monolith into services, one at a time, and prove that they answer alike.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"splitter {version('monolith-splitter')}")
        raise typer.Exit


@app.callback()
def begin(
    context: typer.Context,
    project: ProjectDir = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and exit.")
    ] = False,
) -> None:
    """Split a FastAPI monolith into services, one at a time, and prove that they answer alike."""
    context.obj = project


_OTHERS_WORDS = {"allow_extra_args": True, "ignore_unknown_options": True}

app.command()(making.init)
app.command()(looking.analyze)
app.command()(looking.explain)
app.command()(looking.plan)
app.command()(making.scaffold)
app.command()(making.extract)
app.command("rewrite-imports", context_settings=_OTHERS_WORDS, add_help_option=False)(
    making.rewrite_imports
)
app.command()(making.verify)
app.command(context_settings=_OTHERS_WORDS)(proving.record)
app.command("parity-check")(proving.parity_check)
app.command("parity-merge")(proving.parity_merge)
app.command()(making.split)
app.command()(cutting.gateway)
app.command()(cutting.cutover)
app.command()(cutting.rollback)
app.command()(cutting.deprecate)
app.add_typer(frontend.app, name="frontend")
app.command()(living.retire)
app.command()(living.up)
app.command()(living.down)
app.command()(looking.status)
app.command()(own.undo)
app.command()(own.demo)

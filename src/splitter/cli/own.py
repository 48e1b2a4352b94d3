"""The commands about splitter itself: undo, demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from splitter.cli.options import (
    As,
    Diff,
    DryRun,
    Format,
    ProjectDir,
)


def undo(
    context: typer.Context,
    project: ProjectDir = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    output: As = Format.TEXT,
) -> None:
    """Take back the newest change that splitter made."""
    from splitter.reports import console
    from splitter.workflows import undoing

    folder = project or context.obj
    if diff:
        console.show_diff(undoing.preview(folder))
    elif dry_run:
        changes = undoing.preview(folder)
        paths = [change.path for change in changes.changes]
        console.show_undone(changes.title, paths, dry_run=True, as_json=output is Format.JSON)
    else:
        undone = undoing.undo(folder)
        title, paths = (undone.title, list(undone.paths)) if undone else ("", [])
        console.show_undone(title, paths, as_json=output is Format.JSON)


def demo(
    keep: Annotated[
        Path | None, typer.Option("--folder", metavar="DIR", help="Where to work; a new folder.")
    ] = None,
) -> None:
    """Split the example into seven services and prove them."""
    from splitter.reports import console
    from splitter.workflows import demonstration

    finished = demonstration.demo(keep, say=console.progress)
    console.say(finished.lines)
    raise typer.Exit(0 if finished.ok else 1)

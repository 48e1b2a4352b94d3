"""A project opened for a command, and what a changing command proposes shown and applied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from splitter.cli.options import Format

if TYPE_CHECKING:
    from splitter.workflows.project import Project
    from splitter.workflows.proposal import Proposal


def open_project(context: typer.Context, folder: Path | None, *, preview: bool = False) -> Project:
    from splitter.reports import console
    from splitter.workflows import project

    opened = project.open_project(folder or context.obj, preview=preview)
    if opened.recovered:
        console.progress(opened.recovered)
    return opened


def open_or_init(context: typer.Context, folder: Path | None, *, preview: bool) -> Project:
    """The project; in a folder that is none yet, what `init` would write comes along."""
    from splitter.reports import console
    from splitter.workflows import beginning

    opened = beginning.open_or_init(folder or context.obj, preview=preview)
    if opened.recovered:
        console.progress(opened.recovered)
    if opened.begun:
        console.progress("there is no splitter.toml yet: what splitter init writes comes along")
    return opened


def finish(proposal: Proposal, dry_run: bool, diff: bool, output: Format) -> None:
    """Show a proposal and, unless it is only a preview, apply it."""
    from splitter.reports import console

    for warning in proposal.warnings:
        console.progress(warning)
    if diff:
        console.show_diff(proposal.changes)
    elif not dry_run and proposal.ok:
        proposal.apply()
    if output is Format.JSON and not diff:
        applied = proposal.ok and not dry_run and bool(proposal.changes)
        document = console.changes_document(
            proposal.changes, applied=applied, extra=proposal.details
        )
        console.show_json(document)
    elif not diff:
        console.show_notes(proposal.changes.notes)
        if proposal.ok:
            console.show_changes(proposal.changes, dry_run=dry_run)
        console.say(proposal.said)
    raise typer.Exit(0 if proposal.ok else 1)

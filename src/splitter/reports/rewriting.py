"""What rewrite-imports did, would do, or could not read: as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from splitter.model.changes import Note
from splitter.model.rewriting import FileReport, Misread, Rewriting
from splitter.reports import console


def show(
    outcome: Rewriting,
    *,
    check: bool = False,
    diff: bool = False,
    dry_run: bool = False,
    as_json: bool = False,
) -> int:
    """Print the outcome, findings to stderr; the exit status that follows from it."""
    if as_json:
        console.show_json(document(outcome))
    elif diff:
        console.show_diff(outcome.changes)
    else:
        console.show_changes(outcome.changes, dry_run=check or dry_run)
    if not as_json:
        console.show_notes(note for note in outcome.changes.notes if not note.blocks)
    for note in outcome.blocking:
        console.progress(f"{note.path}:{note.line}: error: {note.code} {note.what}")
    for error in outcome.errors:
        console.progress(f"{error.where}: error: {error.what}; the file was left as it was")
    return 1 if outcome.found or (check and outcome.changes) else 0


def document(outcome: Rewriting) -> dict[str, object]:
    """The outcome as JSON: every file that changes or has a note; all that gives status 1."""
    blocking = [
        {"path": n.path, "line": n.line, "code": n.code, "message": n.what}
        for n in outcome.blocking
    ]
    return {
        "schema": 1,
        "files": [_file(report) for report in outcome.files],
        "errors": [*blocking, *(_error(error) for error in outcome.errors)],
    }


def _file(report: FileReport) -> dict[str, object]:
    return {
        "path": report.path,
        "changed": report.changed,
        "edits": [{"line": e.line, "old": e.old, "new": e.new} for e in report.edits],
        "notes": _notes(report.notes),
    }


def _notes(notes: Sequence[Note]) -> list[dict[str, object]]:
    return [{"line": n.line, "code": n.code, "message": n.what, "blocks": n.blocks} for n in notes]


def _error(error: Misread) -> dict[str, object]:
    return {
        "path": error.path,
        "line": error.line,
        "column": error.column,
        "message": error.what,
    }

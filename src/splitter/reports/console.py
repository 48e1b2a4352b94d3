"""Plain words on the terminal: results to stdout, progress, notes and errors to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from splitter.errors import RefusedError, SplitterError
from splitter.model.changes import ChangeSet, Note

_MARKS = {"create": "+", "change": "~", "delete": "-"}


def show_error(error: SplitterError) -> None:
    """What is wrong, where, and what to do next."""
    where = f"{error.where}: " if error.where else ""
    _stderr(f"error: {where}{error.what}")
    if isinstance(error, RefusedError):
        for reason in error.reasons:
            _stderr(f"  {reason}")
    for line in error.hint.splitlines():
        _stderr(f"  {line}")


def progress(text: str) -> None:
    """One line on what is going on now."""
    _stderr(text)


def say(lines: Iterable[str]) -> None:
    """Results."""
    for line in lines:
        print(line)


def hand_on(line: str) -> None:
    """A line that came just now, at once, even where nobody watches."""
    print(line, flush=True)


def show_notes(notes: Iterable[Note]) -> None:
    """Findings in the user's code, one a line, as `path:line: CODE what`."""
    for note in notes:
        place = f"{note.path}:{note.line}" if note.line else note.path
        _stderr(f"{place}: {note.code} {note.what}")


def show_changes(changes: ChangeSet, *, dry_run: bool = False) -> None:
    """The files of a change set, one a line."""
    if not changes:
        print(f"{changes.title}: nothing to change")
        return
    verb = "would write" if dry_run else "wrote"
    count = len(changes.changes)
    print(f"{changes.title}: {verb} {count} file{'s' if count > 1 else ''}")
    for change in changes.changes:
        print(f"  {_MARKS[change.kind]} {change.path}")


def show_diff(changes: ChangeSet) -> None:
    """A unified diff, as `patch -p1` and `git apply` take it."""
    sys.stdout.flush()
    for change in changes.changes:
        sys.stdout.buffer.write(change.diff().encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def show_json(document: object) -> None:
    """One JSON document, and nothing else."""
    import json

    print(json.dumps(document, indent=2, ensure_ascii=False))


def changes_document(
    changes: ChangeSet, *, applied: bool, extra: dict[str, object] | None = None
) -> dict[str, object]:
    """A change set as JSON."""
    return {
        "schema": 1,
        "title": changes.title,
        "applied": applied,
        "changes": [{"path": c.path, "kind": c.kind} for c in changes.changes],
        "notes": [
            {"path": n.path, "line": n.line, "code": n.code, "message": n.what, "blocks": n.blocks}
            for n in changes.notes
        ],
        **(extra or {}),
    }


def show_undone(title: str, paths: Sequence[str], *, dry_run: bool = False, as_json: bool) -> None:
    """What was taken back, or that there is nothing to take back (no title)."""
    if as_json:
        applied = bool(title) and not dry_run
        show_json({"schema": 1, "undone": title or None, "applied": applied, "paths": paths})
    elif not title:
        print("nothing to undo")
    else:
        print(f"{'would undo' if dry_run else 'undone'}: {title}")
        for path in paths:
            print(f"  {path}")


def is_plain() -> bool:
    """Whether stdout takes neither colour nor cursor movement."""
    return bool(os.environ.get("NO_COLOR") or os.environ.get("CI")) or not sys.stdout.isatty()


def _stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

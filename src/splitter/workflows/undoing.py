"""The newest change is taken back, byte for byte."""

from __future__ import annotations

from pathlib import Path

from splitter.effects import journal, workspace
from splitter.errors import NoProject
from splitter.model.changes import Applied


def undo(folder: Path | None, *, dry_run: bool = False) -> Applied | None:
    """Undo the newest change that is not undone yet; `None` if there is none.

    ConflictError names the files that were edited since.
    """
    root = _root(folder)
    workspace.recover(root)
    if dry_run:
        entry = journal.undoable(root)
        return Applied(entry.number, entry.title, entry.paths) if entry else None
    return workspace.undo(root)


def _root(folder: Path | None) -> Path:
    """The folder with the journal: that of `init` is undone with its own splitter.toml."""
    start = (folder or Path.cwd()).resolve()
    for candidate in (start, *start.parents):
        if (candidate / ".splitter" / "journal").is_dir():
            return candidate
    found = workspace.find_root(start)
    if found is None:
        raise NoProject("there is nothing to undo here or above", where=str(start))
    return found

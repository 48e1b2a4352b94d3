"""The newest change is taken back, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from splitter.effects import workspace
from splitter.errors import NoProject
from splitter.model.changes import Applied, ChangeSet
from splitter.workflows.folders import folder_of
from splitter.workflows.project import is_project

NOTHING = ChangeSet("")


def undo(folder: Path | None) -> Applied | None:
    """Undo the newest change that is not undone yet; `None` if there is none.

    ConflictError names the files that were edited since.
    """
    root = _root(folder)
    workspace.recover(root)
    undone = workspace.undo(root)
    return replace(undone, title=undone.title.removeprefix("undo ")) if undone else None


def preview(folder: Path | None) -> ChangeSet:
    """What `undo` would change, titled as what it takes back; empty if there is nothing."""
    root = _root(folder)
    workspace.recover(root)
    return workspace.undo_changes(root) or NOTHING


def _root(folder: Path | None) -> Path:
    """The folder with the journal: that of `init` is undone with its own splitter.toml."""
    start = folder_of(folder)
    for at in (start, *start.parents):
        if (at / ".splitter" / "journal").is_dir() or is_project(at):
            return at
    raise NoProject("there is nothing to undo here or above", where=str(start))

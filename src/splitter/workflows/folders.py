"""The folder that a command is to work in."""

from __future__ import annotations

from pathlib import Path

from splitter.errors import UsageError


def folder_of(folder: Path | None) -> Path:
    """The folder that was named, or else the current one. UsageError where it is none."""
    if folder is not None and not folder.is_dir():
        raise UsageError("there is no such folder", where=str(folder), hint="-C takes a folder")
    return (folder or Path.cwd()).resolve()

"""Whether the disk still says what a change was made from, and whether the change may be made."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from splitter.effects import disk, journal, records
from splitter.effects.records import FileRecord
from splitter.errors import ConflictError

EDITED = "has been edited since"
AGAIN = "run the command again: it then starts from the files as they are now"


def refuse(root: Path, changes: Sequence[FileRecord], *, hint: str = AGAIN) -> None:
    """Raise ConflictError, naming each file and what is in its way, unless all can be made."""
    found = [f"{path} {reason}" for path, reason in conflicts(root, changes)]
    if not found:
        return
    number = "a file is" if len(found) == 1 else f"{len(found)} files are"
    raise ConflictError(
        f"nothing was written, for {number} not as expected:\n  " + "\n  ".join(found),
        where=str(root),
        hint=hint,
    )


def conflicts(root: Path, changes: Sequence[FileRecord]) -> Iterator[tuple[str, str]]:
    """Each path that stands against its change, with the reason."""
    made = {change.path for change in changes if change.after is not None}
    seen: set[str] = set()
    ways: dict[str, str] = {}
    for change in changes:
        reason = _of_the_path(change.path, made, seen) or _of_the_disk(root, change, ways)
        seen.add(change.path)
        if reason:
            yield change.path, reason


def in_the_way(root: Path, path: str) -> str:
    """Why there can be no such file below the root, in the folders as they are; empty if it can."""
    for parent in above(path):
        found = disk.status(root / parent)
        if found is None:
            return ""
        if disk.is_folder(found):
            continue
        if not os.path.isdir(root / parent):
            return f"needs a folder where {parent} is not one: move that away"
        if not _is_below(root, root / parent):
            return f"is outside of the project, for {parent} is a link that leads out of it"
    return ""


def missing_folders(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """The folders above the paths that are not there yet, parents first."""
    folders = {parent for path in paths for parent in above(path)}
    return tuple(sorted(f for f in folders if disk.status(root / f) is None))


def above(path: str) -> Iterator[str]:
    """The folders above a path, outermost first: `a`, `a/b` of `a/b/c`."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _of_the_path(path: str, made: set[str], seen: set[str]) -> str:
    if not records.is_plain(path):
        return "is not a path below the project root"
    if path == journal.FOLDER or path.startswith(journal.FOLDER + "/"):
        return "belongs to splitter's own journal"
    if path in seen:
        return "is changed twice at once"
    blocking = next((parent for parent in above(path) if parent in made), "")
    return f"needs a folder where {blocking} becomes a file" if blocking else ""


def _of_the_disk(root: Path, change: FileRecord, ways: dict[str, str]) -> str:
    """`ways` remembers what stands in the way to a folder, for its next file."""
    folder = change.path.rpartition("/")[0]
    with disk.doing("read", change.path):
        if folder not in ways:
            ways[folder] = in_the_way(root, change.path)
        return ways[folder] or _of_the_file(disk.below(root, change.path), change)


def _of_the_file(file: str, change: FileRecord) -> str:
    if change.before is not None:
        data = disk.content(file)
        if data is not None:
            return "" if disk.digest(data) == change.before else EDITED
    found = disk.status(file)
    if found is None:
        return "" if change.before is None else "is no longer there"
    if disk.is_folder(found):
        return "is a folder: move it away"
    if not disk.is_file(found):
        return "is a link or a device, and splitter writes only to plain files: replace it by one"
    return "exists already: move it away, or remove it"


def _is_below(root: Path, folder: Path) -> bool:
    return folder.resolve().is_relative_to(root.resolve())

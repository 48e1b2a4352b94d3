"""What was done to the tree, so that it can be finished or undone.

    .splitter/journal/NNNN.json         an entry
    .splitter/journal/NNNN.pack         what its files held before, one behind the other
    .splitter/journal/lock              held by the one process that writes
    .splitter/journal/*.tmp             what a killed process left; swept away by the next

A file here appears whole or not at all. Only the newest entry can be pending, for a new one is
begun under the lock and after the last one was settled. Entries without a pack are older: what
their files held is in `objects/SHA256`, a file each.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from splitter.effects import disk, records
from splitter.effects.records import Entry, FileRecord
from splitter.errors import DiskError

FOLDER = ".splitter/journal"


def history(root: Path) -> tuple[Entry, ...]:
    """Every entry, oldest first, with the state in which it is now.

    Raises DiskError, which says what to do, when an entry cannot be read.
    """
    entries = [_read(root, number) for number in _numbers(root)]
    undone = {entry.undoes for entry in entries if entry.state == records.DONE}
    return tuple(
        replace(entry, state=records.UNDONE) if entry.number in undone else entry
        for entry in entries
    )


def undoable(root: Path) -> Entry | None:
    """The entry that an undo takes back next: the newest that is done, not undone, no undo."""
    return next(
        (e for e in reversed(history(root)) if e.state == records.DONE and not e.undoes), None
    )


def newest(root: Path) -> Entry | None:
    """The entry of the highest number."""
    numbers = _numbers(root)
    return _read(root, numbers[-1]) if numbers else None


def is_settled(root: Path) -> bool:
    """Whether the last run came to its end: nothing is pending, nothing lies about."""
    if any(name.endswith(".tmp") for name in _names(root)):
        return False
    last = newest(root)
    return last is None or last.state != records.PENDING


def prepare(root: Path) -> Path:
    """Make the journal's folders; gives the path of the lock."""
    folder = root / FOLDER
    with disk.doing("make", folder):
        for path in (root / ".splitter", folder):
            if not disk.is_folder(disk.status(path)):
                os.mkdir(path)
                disk.sync_folder(path.parent)
        if disk.status(folder / ".gitignore") is None:
            _put(root, folder / ".gitignore", b"*\n")
    return folder / "lock"


def sweep(root: Path) -> None:
    """Remove the half-written files of a process that was killed. Call it under the lock."""
    for name in _names(root):
        if name.endswith(".tmp"):
            with disk.doing("remove", name):
                disk.remove(root / FOLDER / name)


def keep(root: Path, number: int, contents: Iterable[bytes]) -> None:
    """Keep the contents in the entry's pack; they are on the disk when this returns."""
    parts, file = tuple(contents), _pack(root, number)
    if not parts:
        return
    with disk.doing("write", file):
        _put(root, file, *parts)
        disk.sync_folder(root / FOLDER)


def kept(root: Path, entry: Entry, record: FileRecord) -> bytes:
    """What a file of the entry held before. Raises DiskError if it is missing or damaged."""
    file = _pack(root, entry.number)
    if record.kept is None:
        file = root / FOLDER / "objects" / (record.before or "")
    with disk.doing("read", file):
        data = disk.content(file, record.kept)
    if data is None or disk.digest(data) != record.before:
        state = "is missing" if data is None else "is damaged"
        raise DiskError(
            f"an earlier content that the journal keeps {state}",
            where=str(file),
            hint="take the file back from version control; "
            f"splitter can no longer undo ({FOLDER} may be removed as a whole)",
        )
    return data


def write(root: Path, entry: Entry) -> Entry:
    """Write the entry, in place of what its number held; it is on the disk when this returns."""
    import json

    file = _file(root, entry.number)
    text = json.dumps(records.document(entry)) + "\n"
    with disk.doing("write", file):
        _put(root, file, text.encode())
        disk.sync_folder(root / FOLDER)
    return entry


def _put(root: Path, file: Path, *parts: bytes) -> None:
    temporary = root / FOLDER / f"{os.urandom(8).hex()}.tmp"
    try:
        disk.write(temporary, *parts)
        os.replace(temporary, file)
    except OSError:
        disk.remove(temporary)
        raise


def _read(root: Path, number: int) -> Entry:
    import json

    file = _file(root, number)
    with disk.doing("read", file):
        data = file.read_bytes()
    try:
        entry = records.entry(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise DiskError(
            f"an entry of splitter's journal is damaged: {error}",
            where=str(file),
            hint="bring it back from a backup; or look over the files that it names, and remove "
            "it: what it records can then not be undone",
        ) from error
    return replace(entry, number=number)


def _file(root: Path, number: int) -> Path:
    return root / FOLDER / f"{number:04}.json"


def _pack(root: Path, number: int) -> Path:
    return root / FOLDER / f"{number:04}.pack"


def _numbers(root: Path) -> list[int]:
    names = (re.fullmatch(r"(\d{4,})\.json", name) for name in _names(root))
    return sorted(int(name[1]) for name in names if name)


def _names(root: Path) -> list[str]:
    with disk.doing("list", root / FOLDER):
        try:
            return os.listdir(root / FOLDER)
        except (FileNotFoundError, NotADirectoryError):
            return []

"""One entry of the journal is carried out whole, or the tree is put back as it was.

The order makes it so: what would be lost is kept, the entry says `pending`, all new files are
written beside their targets, then only renames and removals are left, then the entry says
`done`. That last rename is the moment that decides; before it, everything is put back.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from splitter.effects import conflicts, disk, journal, records
from splitter.effects.records import Entry, FileRecord, FolderRecord
from splitter.errors import ConflictError, DiskError
from splitter.model.changes import FileChange

_NO_MODES: Mapping[str, int] = {}


def carry_out(
    root: Path,
    title: str,
    changes: Sequence[FileChange],
    *,
    known: Sequence[FileRecord] = (),
    modes: Mapping[str, int] = _NO_MODES,
    empties: Sequence[str] = (),
    undoes: int = 0,
) -> Entry:
    """Make all changes and enter them in the journal. Call it under the lock.

    `known` are the records of the first changes, where they have been made already; `modes` are
    the mode bits of files that are created; `empties` are folders that are removed if they are
    empty then. Whatever is raised, the tree is as it was, or `settle` makes it so.
    """
    files = [*known, *map(records.record, changes[len(known) :])]
    entry = _begun(root, title, list(zip(changes, files, strict=True)), empties, undoes)
    done = replace(entry, state=records.DONE)
    try:
        journal.keep(root, entry.number, (c.before for c in changes if c.before is not None))
        journal.write(root, entry)
        _execute(root, entry, changes, modes)
        journal.write(root, done)
    except DiskError as error:
        _put_back(root, error)
        if journal.newest(root) == done:  # it failed after the rename that decides
            return done
        what = f"{error.what}; nothing was changed"
        raise DiskError(what, where=error.where, hint=error.hint) from error
    except BaseException as error:
        _put_back(root, error)
        raise
    return done


def settle(root: Path) -> tuple[Entry, tuple[str, ...]] | None:
    """Roll back the entry that is pending, if one is. Call it under the lock.

    Gives the entry and the paths that were left alone, because somebody edited them since. It may
    be ended at any step and called again.
    """
    journal.sweep(root)
    entry = journal.newest(root)
    if entry is None or entry.state != records.PENDING:
        return None
    edited = _roll_back(root, entry)
    journal.write(root, replace(entry, state=records.ROLLED_BACK))
    return entry, edited


def _begun(
    root: Path,
    title: str,
    files: Sequence[tuple[FileChange, FileRecord]],
    empties: Sequence[str],
    undoes: int,
) -> Entry:
    last = journal.newest(root)
    made = (change.path for change, _ in files if change.after is not None)
    with disk.doing("read", root):
        return Entry(
            number=last.number + 1 if last else 1,
            title=title,
            when=time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
            state=records.PENDING,
            token=os.urandom(4).hex(),
            files=tuple(_recorded(root, files)),
            created=conflicts.missing_folders(root, made),
            removed=_present(root, sorted(empties, reverse=True)),
            undoes=undoes,
        )


def _present(root: Path, folders: Sequence[str]) -> tuple[FolderRecord, ...]:
    modes = ((folder, _mode_of_folder(root / folder)) for folder in folders)
    return tuple(FolderRecord(folder, mode) for folder, mode in modes if mode is not None)


def _mode_of_folder(folder: Path) -> int | None:
    return disk.permissions(folder) if disk.is_folder(disk.status(folder)) else None


def _recorded(root: Path, files: Sequence[tuple[FileChange, FileRecord]]) -> Iterator[FileRecord]:
    """With the mode bits of each, and where in the pack its content will be."""
    start = 0
    for change, record in files:
        if change.before is not None:
            size, mode = len(change.before), disk.permissions(disk.below(root, change.path))
            record = replace(record, mode=mode, kept=(start, size))
            start += size
        yield record


def _execute(
    root: Path, entry: Entry, changes: Sequence[FileChange], modes: Mapping[str, int]
) -> None:
    for folder in entry.created:
        with disk.doing("make the folder", folder):
            os.mkdir(root / folder)
    for index, (record, change) in enumerate(zip(entry.files, changes, strict=True)):
        if change.after is not None:
            mode = modes.get(record.path) if record.mode is None else record.mode
            with disk.doing("write", record.path):
                temporary = _temporary(root, entry, index)
                disk.write(temporary, change.after, mode=mode, synced=False)
    _sync_files(root, entry)
    for index, record in enumerate(entry.files):
        _swap(root, entry, index, record)
    for folder_record in entry.removed:
        with disk.doing("remove the folder", folder_record.path):
            disk.remove_folder(root / folder_record.path)
    _sync(root, entry)


def _sync_files(root: Path, entry: Entry) -> None:
    """All after all are written: the disk then takes many at a time."""
    for index, record in enumerate(entry.files):
        if record.after is not None:
            with disk.doing("write", record.path):
                disk.sync(_temporary(root, entry, index))


def _swap(root: Path, entry: Entry, index: int, record: FileRecord) -> None:
    target = disk.below(root, record.path)
    with disk.doing("write", record.path):
        if _found(target) != record.before:
            raise ConflictError(
                f"nothing was written, for {record.path} was edited at the same moment",
                where=record.path,
                hint=conflicts.AGAIN,
            )
        if record.after is None:
            disk.remove(target)
        else:
            os.replace(_temporary(root, entry, index), target)


def _put_back(root: Path, error: BaseException) -> None:
    """Roll back after `error`; if that fails too, say so, for then it is left to the next run."""
    try:
        settle(root)
    except DiskError as second:
        raise DiskError(
            f"{error}; and it could not be put back yet: {second}",
            where=second.where,
            hint="some files may be half changed now: mend this, then run any splitter command, "
            "which first puts everything back",
        ) from error


def _roll_back(root: Path, entry: Entry) -> tuple[str, ...]:
    """Undo what was done of an entry; gives the paths that were edited since, and left alone."""
    for index, record in enumerate(entry.files):
        with disk.doing("remove the temporary file of", record.path):
            disk.remove(_temporary(root, entry, index))
    for folder in reversed(entry.removed):
        with disk.doing("make the folder", folder.path):
            _make_again(root, folder)
    edited = [r.path for i, r in enumerate(entry.files) if not _restore(root, entry, i, r)]
    for path in reversed(entry.created):
        with disk.doing("remove the folder", path):
            disk.remove_folder(root / path)
    _sync(root, entry)
    return tuple(edited)


def _make_again(root: Path, folder: FolderRecord) -> None:
    path = root / folder.path
    if conflicts.in_the_way(root, folder.path):
        return
    if disk.status(path) is None:
        os.mkdir(path)
    if _mode_of_folder(path) not in (None, folder.mode):
        os.chmod(path, folder.mode)


def _restore(root: Path, entry: Entry, index: int, record: FileRecord) -> bool:
    """Give a file its earlier content back; false if it is neither the earlier nor the later."""
    with disk.doing("restore", record.path):
        target = disk.below(root, record.path)
        found = _found(target)
        if found == record.before:
            return True
        if found != record.after or conflicts.in_the_way(root, record.path):
            return False
        if record.before is None:
            disk.remove(target)
            return True
        for folder in conflicts.missing_folders(root, [record.path]):
            os.mkdir(root / folder)
        temporary = _temporary(root, entry, index)
        disk.write(temporary, journal.kept(root, entry, record), mode=record.mode)
        os.replace(temporary, target)
        return True


def _found(target: str) -> str | None:
    data = disk.content(target)
    if data is None and disk.status(target) is not None:
        return "not a file"
    return None if data is None else disk.digest(data)


def _temporary(root: Path, entry: Entry, index: int) -> str:
    folder, slash, _ = entry.files[index].path.rpartition("/")
    return disk.below(root, f"{folder}{slash}.splitter-{entry.token}-{index}")


def _sync(root: Path, entry: Entry) -> None:
    removed = (folder.path for folder in entry.removed)
    paths = (*(file.path for file in entry.files), *entry.created, *removed)
    for folder in sorted({path.rpartition("/")[0] for path in paths}):
        with disk.doing("write", root / folder):
            disk.sync_folder(root / folder)

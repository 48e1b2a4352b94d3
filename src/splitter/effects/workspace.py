"""The user's project on the disk: read as one snapshot, changed all or not at all.

A change is entered in the journal first (`journal`), carried out or put back (`transaction`),
and made only from what the disk still says (`conflicts`). Whatever a killed run has left, the next
command settles by `recover`, before it reads.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from splitter.effects import conflicts, disk, journal, records, transaction
from splitter.effects.lock import locked
from splitter.effects.records import Entry, FileRecord
from splitter.model.changes import Applied, ChangeSet, FileChange

if TYPE_CHECKING:
    from splitter.model.monolith import Sources

_UNDO_HINT = (
    "undo would lose those edits: move your versions away, bring back what splitter had written "
    "(from version control), and run undo again"
)
_IGNORED = b"journal/\nresults/\nforks/\n"


def read(root: Path) -> Sources:
    """The project's files as planning sees them: plain files of at most 1 MiB, by posix path.

    Left out are version control, virtual environments, caches, bytecode, databases, and of
    `.splitter` all but `*.json` and `*.toml`. Links to files are read, links to folders are not
    followed. Raises DiskError for a file that cannot be read.
    """
    from splitter.effects.snapshot import read_files
    from splitter.model.monolith import Sources

    return Sources(read_files(root))


def apply(root: Path, changes: ChangeSet) -> Applied:
    """Make all changes, or none. An empty set writes nothing, the journal included (number 0).

    Raises ConflictError, naming each file, if the disk does not say `before`; DiskError if
    something cannot be written; OutsideError if another splitter is writing.
    """
    wanted = tuple(change for change in changes.changes if change.kind != "same")
    if not wanted:
        return Applied(0, changes.title)
    expected = [records.record(change) for change in wanted]
    conflicts.refuse(root, expected)
    with locked(journal.prepare(root)):
        if transaction.settle(root):
            conflicts.refuse(root, expected)
        made = _with_ignore_file(root, wanted)
        empties = sorted({f for c in made if c.after is None for f in conflicts.above(c.path)})
        entry = transaction.carry_out(root, changes.title, made, known=expected, empties=empties)
    return Applied(entry.number, entry.title, entry.paths)


def recover(root: Path) -> str | None:
    """Put back what a killed run left half done; a sentence to show if there was such a run.

    Raises OutsideError if the run is not dead but another process at work.
    """
    if journal.is_settled(root):
        return None
    with locked(journal.prepare(root)):
        settled = transaction.settle(root)
    return _told(*settled) if settled else None


def undo(root: Path) -> Applied | None:
    """Take back the newest entry that is not undone yet; None where there is none.

    Folders that the entry had made go too if they are empty then. Raises ConflictError, naming
    each file, if one was edited since; then nothing is changed.
    """
    if not (root / journal.FOLDER).is_dir():
        return None
    with locked(journal.prepare(root)):
        transaction.settle(root)
        last = journal.undoable(root)
        if last is None:
            return None
        entry = _undo(root, last)
    return Applied(entry.number, entry.title, entry.paths)


def undo_changes(root: Path) -> ChangeSet | None:
    """What `undo` would change, under the title of what it takes back; None where there is nothing.

    Raises ConflictError as `undo` does.
    """
    last = journal.undoable(root)
    if last is None:
        return None
    shown = (file for file in _back(root, last) if file.path != records.IGNORE_FILE)
    return ChangeSet(last.title, tuple(_reversed(root, last, file) for file in shown))


def _with_ignore_file(root: Path, changes: tuple[FileChange, ...]) -> tuple[FileChange, ...]:
    path = records.IGNORE_FILE
    if disk.status(root / path) is not None or any(change.path == path for change in changes):
        return changes
    return (*changes, FileChange(path, None, _IGNORED))


def _told(entry: Entry, edited: tuple[str, ...]) -> str:
    text = f"An earlier run ({entry.title}) was interrupted; what it had changed was put back."
    if edited:
        text += f" Edited since, and left as they are: {', '.join(edited)}."
    return text


def _undo(root: Path, last: Entry) -> Entry:
    files = _back(root, last)
    return transaction.carry_out(
        root,
        f"undo {last.title}",
        [_reversed(root, last, file) for file in files],
        modes={file.path: file.mode for file in files if file.mode is not None},
        empties=last.created,
        undoes=last.number,
    )


def _back(root: Path, last: Entry) -> list[FileRecord]:
    """The files of an entry, which go back to what they were; ConflictError where one cannot."""
    files = [file for file in last.files if not _is_edited_ignore_file(root, file)]
    back = [FileRecord(file.path, file.after, file.before, None) for file in files]
    conflicts.refuse(root, back, hint=_UNDO_HINT)
    return files


def _is_edited_ignore_file(root: Path, file: FileRecord) -> bool:
    if file.path != records.IGNORE_FILE:
        return False
    return any(conflicts.conflicts(root, [FileRecord(file.path, file.after, None, None)]))


def _reversed(root: Path, last: Entry, file: FileRecord) -> FileChange:
    with disk.doing("read", file.path):
        now = None if file.after is None else disk.content(root / file.path)
    then = None if file.before is None else journal.kept(root, last, file)
    return FileChange(file.path, now, then)

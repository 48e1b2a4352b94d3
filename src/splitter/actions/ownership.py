"""Files that splitter writes again and again, unless the user made them theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from splitter.model.changes import ChangeSet, FileChange, Note
from splitter.model.plan import Copy

EDITED = "SPL090"
STALE = "SPL094"


def keep_edits(
    title: str,
    before: Mapping[str, bytes],
    texts: Mapping[str, bytes],
    recorded: Mapping[str, str],
) -> ChangeSet:
    """The changes that bring `texts` into `before`, except where the user has edited.

    `recorded` has the SHA-256, in hex, of what splitter last wrote to a path. A file that says
    neither that nor the new text is left alone, with a note. A file that is gone is written anew.
    """
    edited = [
        path
        for path, text in sorted(texts.items())
        if path in before and before[path] != text and digest(before[path]) != recorded.get(path)
    ]
    return ChangeSet.between(
        title,
        before,
        {path: text for path, text in texts.items() if path not in edited},
        [Note(path, 0, EDITED, "edited by hand, left as it is") for path in edited],
    )


def remove(
    title: str, paths: Iterable[str], before: Mapping[str, bytes], recorded: Mapping[str, str]
) -> ChangeSet:
    """The changes that remove files nothing needs any more; edited ones stay, with a note."""
    there = [path for path in paths if path in before]
    edited = [path for path in there if digest(before[path]) != recorded.get(path)]
    gone = dict.fromkeys(path for path in there if path not in edited)
    what = "nothing needs it any more, but it was edited by hand: left as it is"
    notes = [Note(path, 0, STALE, what) for path in edited]
    return ChangeSet.between(title, before, gone, notes)


def still_ours(copies: Iterable[Copy], changes: ChangeSet) -> tuple[Copy, ...]:
    """The copies, with what is now written of those that were as splitter had left them."""
    made = {change.path: change for change in changes.changes}
    return tuple(_written(copy, made.get(copy.path)) for copy in copies)


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def _written(copy: Copy, change: FileChange | None) -> Copy:
    if change is None or change.after is None:
        return copy
    edited = change.before is not None and digest(change.before) != copy.written
    return copy if edited else replace(copy, written=digest(change.after))

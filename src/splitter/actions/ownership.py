"""Files that splitter writes again and again, unless the user made them theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from splitter.model.changes import ChangeSet, Note

EDITED = "SPL090"


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


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()

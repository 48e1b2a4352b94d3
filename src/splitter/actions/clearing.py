"""What splitter wrote for an earlier plan and nothing wants any more: removed, unless edited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from splitter.actions.assembling import Assembly
from splitter.actions.ownership import remove
from splitter.model.changes import ChangeSet, Note
from splitter.model.plan import Copy, Manifest

_ALWAYS = ("routes", "tests")


def clear(
    title: str,
    stale: Iterable[Copy],
    *,
    before: Mapping[str, bytes],
    manifest: Manifest,
    homes: Mapping[str, str],
) -> Assembly:
    """Copies without those that are `stale`, and without the packages that these leave empty.

    A stale copy that the user has edited stays, and stays recorded as splitter's, with a note of
    where its origin goes now: `homes`, by the path of the origin.
    """
    recorded = {copy.path: copy.written for copy in stale}
    changes = remove(title, sorted(recorded), before, recorded)
    kept = {note.path for note in changes.notes}
    gone = recorded.keys() - kept
    emptied = dict.fromkeys(_emptied(gone, before, manifest))
    origins = {copy.path: copy.origin_path for copy in manifest.copies}
    notes = (_told(note, homes.get(origins[note.path], "")) for note in changes.notes)
    changes = replace(changes, notes=tuple(notes)) + ChangeSet.between(title, before, emptied)
    manifest = replace(
        manifest,
        copies=tuple(c for c in manifest.copies if c.path not in gone),
        written={p: d for p, d in manifest.written.items() if p not in emptied},
    )
    return Assembly(changes, manifest)


def _told(note: Note, home: str) -> Note:
    where = f"; what it was copied from is in {home} now" if home else ""
    return replace(note, what=note.what + where)


def _emptied(
    gone: Collection[str], before: Mapping[str, bytes], manifest: Manifest
) -> Iterator[str]:
    """The empty `__init__.py` files that splitter made, in folders that then hold nothing else."""
    folders = {folder for path in gone for folder in _above(path)}
    left = set(before) - set(gone)
    for folder in sorted(folders, key=len, reverse=True):
        path = f"{folder}/__init__.py"
        inside = {p for p in left if p.startswith(f"{folder}/")}
        if inside == {path} and before[path] == b"" and path in manifest.written:
            left.discard(path)
            yield path


def _above(path: str) -> Iterator[str]:
    """The folders around a file, but for those that every project or service has."""
    parts = path.split("/")[:-1]
    first = 2 if parts[0] == "services" else 1
    for count in range(first + 1, len(parts) + 1):
        if first == 1 or count > first + 1 or parts[first] not in _ALWAYS:
            yield "/".join(parts[:count])

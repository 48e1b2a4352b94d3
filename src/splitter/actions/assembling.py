"""What was extracted, put beside what is there: new and changed copies, and their record."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from splitter.actions.extraction import Extract, packages
from splitter.actions.manifest import PATH, manifest_bytes
from splitter.actions.ownership import digest, keep_edits, still_ours
from splitter.model.changes import ChangeSet
from splitter.model.plan import Copy, Manifest


@dataclass(frozen=True, slots=True)
class Assembly:
    """Proposed changes, and the manifest as it is once they are applied (not yet among them)."""

    changes: ChangeSet
    manifest: Manifest

    def recorded(self, before: Mapping[str, bytes]) -> ChangeSet:
        """The changes with the manifest's own."""
        if not self.changes:
            return self.changes
        own = ChangeSet.between(self.changes.title, before, {PATH: manifest_bytes(self.manifest)})
        return self.changes + own


def place(
    title: str,
    extracts: Sequence[Extract],
    imports: Mapping[str, Mapping[str, str]],
    *,
    before: Mapping[str, bytes],
    manifest: Manifest,
) -> Assembly:
    """Copies at their homes, with the monolith's imports as they are.

    A copy that was made of the same text already is left as it is now, rewritten or edited, unless
    its owner's `imports` are others now: then only an edited one is left.
    """
    recorded = {**manifest.written, **{c.path: c.written for c in manifest.copies}}
    others = {o for o, found in imports.items() if manifest.imports.get(o, found) != found}
    copies = {c.path: c for c in manifest.copies}
    due = [e for e in extracts if not _is_there(e, before, copies.get(e.path), others)]
    texts = {e.path: e.text for e in due}
    changes = keep_edits(title, before, texts, recorded)
    code = [e.path for e in extracts if e.target]
    inits = [p for p in packages(code) if p not in before and p not in texts]
    known = {e.path for e in extracts}
    empty = {path: b"" for path in inits if path not in known}
    changes = changes + ChangeSet.between(title, before, empty)
    after = changes.over(before)
    for extract in due:
        if after.get(extract.path) == extract.text:
            copies[extract.path] = extract.copy(before[extract.origin_path])
    merged = {**manifest.imports, **imports}
    return Assembly(changes, replace(manifest, copies=tuple(copies.values()), imports=merged))


def noted(assembly: Assembly, changes: ChangeSet) -> Assembly:
    """The assembly with further changes, whose new texts are recorded as written by splitter.

    A copy that somebody edited stays the user's, even though its imports are rewritten.
    """
    joined = assembly.changes + changes
    copies = still_ours(assembly.manifest.copies, changes)
    known = {copy.path for copy in copies}
    skeleton = {
        c.path: digest(c.after)
        for c in joined.changes
        if c.after is not None and c.path not in known
    }
    gone = {c.path for c in joined.changes if c.after is None}
    written = {p: d for p, d in assembly.manifest.written.items() if p not in gone} | skeleton
    return Assembly(joined, replace(assembly.manifest, copies=copies, written=written))


def _is_there(
    extract: Extract, before: Mapping[str, bytes], copy: Copy | None, others: Collection[str]
) -> bool:
    if copy is None or extract.path not in before or copy.raw != digest(extract.text):
        return False
    return copy.owner not in others or digest(before[extract.path]) != copy.written

"""Imports of the user's own, or in edited files, of code that had one new home and has another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from splitter.actions.ownership import digest
from splitter.actions.rewriting import dotted_name, rewrite
from splitter.model.changes import ChangeSet, Note
from splitter.model.plan import Manifest
from splitter.planning.parting import FOUNDATION
from splitter.planning.plan import Blueprint

MOVED = "SPL095"


def follow(
    title: str,
    owners: Iterable[tuple[str, str]],
    *,
    files: Mapping[str, bytes],
    manifest: Manifest,
    blueprint: Blueprint,
) -> ChangeSet:
    """Imports pointed at where the present plan has what an earlier one had elsewhere.

    `owners` are the owners of code with their folders, `manifest` what was recorded before. Copies
    that were edited are changed; files that splitter did not write get notes.
    """
    copies = {copy.path: copy.written for copy in manifest.copies}
    result = ChangeSet(title)
    for owner, folder in owners:
        moves = moved(manifest, blueprint, owner)
        if not moves:
            continue
        theirs = {
            path: text
            for path, text in files.items()
            if path.startswith(f"{folder}/")
            and path.endswith(".py")
            and digest(text) != copies.get(path, manifest.written.get(path))
        }
        done = rewrite(theirs, moves, modules=frozenset(map(dotted_name, files)))
        own = {report.path for report in done.files} - copies.keys()
        notes = (
            Note(report.path, edit.line, MOVED, f"{edit.old.strip()} is now: {edit.new.strip()}")
            for report in done.files
            for edit in report.edits
            if report.path in own
        )
        changes = tuple(c for c in done.changes.changes if c.path not in own)
        result += ChangeSet(title, changes, tuple(notes))
    return result


def moved(manifest: Manifest, blueprint: Blueprint, owner: str) -> dict[str, str]:
    """The new homes of an owner's code that are others now: old home → present one.

    Homes below one that moves stand here, too, if they stay.
    """
    before, now = _Homes.recorded(manifest, owner), _Homes.planned(blueprint, owner)
    pairs = {before.of(name): now.of(name) for name in {*before.names(), *now.names()}}
    known = {old: new for old, new in pairs.items() if old and new}
    return known if any(old != new for old, new in known.items()) else {}


@dataclass(frozen=True, slots=True)
class _Homes:
    """Where the code of modules is, and where names of them are if that is elsewhere."""

    modules: Mapping[str, str]
    apart: Mapping[str, str]

    @classmethod
    def recorded(cls, manifest: Manifest, owner: str) -> _Homes:
        modules = {
            copy.origin: dotted_name(copy.path)
            for home in (FOUNDATION, owner)
            for copy in manifest.copies
            if copy.owner == home and copy.origin and copy.path.endswith(".py")
        }
        return cls(modules, dict(_names(modules, manifest.imports.get(owner, {}))))

    @classmethod
    def planned(cls, blueprint: Blueprint, owner: str) -> _Homes:
        targets = blueprint.layout.targets
        modules = {**targets.get(FOUNDATION, {}), **targets.get(owner, {})}
        return cls(modules, dict(_names(modules, blueprint.imports(owner))))

    def names(self) -> Iterator[str]:
        yield from self.modules
        yield from self.apart

    def of(self, name: str) -> str:
        """The new dotted name of a module or of a name in one; empty if it has none."""
        found = self.apart.get(name) or self.modules.get(name, "")
        module, _, last = name.rpartition(".")
        return found or (f"{self.modules[module]}.{last}" if module in self.modules else "")


def _names(modules: Mapping[str, str], imports: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, target in imports.items():
        if name not in modules and name.rpartition(".")[0] in modules:
            yield name, target

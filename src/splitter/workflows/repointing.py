"""rewrite-imports as typed: given files by given maps, or every copy by the map of its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from splitter.effects.roots import find_root
from splitter.errors import NoProject, UsageError
from splitter.model.changes import ChangeSet
from splitter.model.rewriting import Rewriting
from splitter.workflows.folders import folder_of
from splitter.workflows.rewriting import parse_maps, python_files, rewrite_paths

if TYPE_CHECKING:
    from splitter.model.plan import Manifest

_OWN = ".splitter"


@dataclass(frozen=True)
class Wish:
    """What is to be rewritten, as typed; `origin` is the one file's name in the monolith."""

    paths: Sequence[str] = ()
    maps: Sequence[str] = ()
    origin: str | None = None
    jobs: int = 1
    strict: bool = False


def command(folder: Path | None, wish: Wish, *, write: bool) -> tuple[Rewriting, str]:
    """What is due, and with `write` done; and what was put back first of a killed run, if any.

    NoProject or UsageError where it is not said of what.
    """
    imports = parse_maps(wish.maps)
    root = _root(folder, given=bool(imports and wish.paths))
    recovered = _recover(root)
    record = _Record(root)
    if wish.paths and imports:
        outcome = rewrite_paths(
            root,
            wish.paths,
            imports,
            origin=wish.origin,
            origins=record.origins,
            jobs=wish.jobs,
            strict=wish.strict,
        )
    elif wish.origin is not None:
        raise UsageError("--origin goes with one PATH and at least one --map OLD=NEW")
    else:
        outcome = _copies(root, record.manifest, imports, wish)
    changes = outcome.changes + record.following(outcome.changes)
    if write and changes:
        from splitter.effects import workspace

        workspace.apply(root, changes)
    return replace(outcome, changes=changes), recovered


def _root(folder: Path | None, *, given: bool) -> Path:
    start = folder_of(folder)
    root = start if folder is not None else find_root(start)
    if root is None and not given:
        raise NoProject(
            "there is no splitter.toml here or above",
            where=str(start),
            hint="run splitter init, or say which file and what moves: --map OLD=NEW PATH",
        )
    return root or start


def _recover(root: Path) -> str:
    """Nothing is loaded for it where splitter has never written."""
    if not (root / _OWN).is_dir():
        return ""
    from splitter.effects import workspace

    return workspace.recover(root) or ""


class _Record:
    """What is recorded of the copies; nothing is loaded for it where there is no record."""

    def __init__(self, root: Path) -> None:
        file = root / _OWN / "manifest.json"
        self._data = file.read_bytes() if file.is_file() else None

    @property
    def origins(self) -> Mapping[str, str]:
        if self._data is None:
            return {}
        return {c.path: c.origin for c in self.manifest.copies}

    @cached_property
    def manifest(self) -> Manifest:
        from splitter.actions.manifest import PATH, read_manifest

        return read_manifest({} if self._data is None else {PATH: self._data})

    def following(self, changes: ChangeSet) -> ChangeSet:
        """The record with what is now written, where copies are among the changes."""
        if self._data is None:
            return ChangeSet(changes.title)
        from splitter.actions.manifest import PATH, manifest_bytes
        from splitter.actions.ownership import still_ours

        manifest = self.manifest
        copies = still_ours(manifest.copies, changes)
        if copies == manifest.copies:
            return ChangeSet(changes.title)
        data = manifest_bytes(replace(manifest, copies=copies))
        return ChangeSet.between(changes.title, {PATH: self._data}, {PATH: data})


def _copies(root: Path, manifest: Manifest, imports: dict[str, str], wish: Wish) -> Rewriting:
    """The recorded copies, or those of them that are named, by their own maps and `imports`."""
    from splitter.actions.rewriting import rewrite_copies

    base = Path.cwd()
    wanted = [(base / p).resolve() for p in wish.paths]
    kept = tuple(
        c
        for c in manifest.copies
        if not wanted or any((root / c.path).is_relative_to(w) for w in wanted)
    )
    if wanted and not kept:
        raise UsageError(
            f"{wish.paths[0]} is nothing that splitter copied", hint="say what moves: --map OLD=NEW"
        )
    joined = {owner: {**own, **imports} for owner, own in manifest.imports.items()}
    files = {c.path: (root / c.path).read_bytes() for c in kept if (root / c.path).is_file()}
    return rewrite_copies(
        files,
        replace(manifest, copies=kept, imports=joined),
        paths=python_files(root),
        strict=wish.strict,
    )

"""rewrite-imports as typed: given files by given maps, or every copy by the map of its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from splitter.actions.manifest import PATH, manifest_bytes, read_manifest
from splitter.actions.ownership import still_ours
from splitter.actions.rewriting import TITLE, rewrite_copies
from splitter.effects import workspace
from splitter.errors import NoProject, UsageError
from splitter.model.changes import ChangeSet
from splitter.model.plan import Manifest
from splitter.model.rewriting import Rewriting
from splitter.workflows.folders import folder_of
from splitter.workflows.rewriting import parse_maps, rewrite_paths


def command(
    folder: Path | None,
    paths: Sequence[str],
    maps: Sequence[str],
    *,
    origin: str | None,
    jobs: int,
    write: bool,
) -> Rewriting:
    """What is due, and with `write` done. NoProject or UsageError where it is not said of what."""
    imports = parse_maps(maps)
    root = _root(folder, given=bool(imports and paths))
    manifest, known = _recorded(root)
    if paths and imports:
        origins = {c.path: c.origin for c in manifest.copies}
        outcome = rewrite_paths(root, paths, imports, origin=origin, origins=origins, jobs=jobs)
    elif origin is not None:
        raise UsageError("--origin goes with one PATH and at least one --map OLD=NEW")
    else:
        outcome = _copies(root, manifest, imports, paths)
    changes = outcome.changes + _record(outcome.changes, manifest, known)
    if write and changes:
        workspace.apply(root, changes)
    return replace(outcome, changes=changes)


def _root(folder: Path | None, *, given: bool) -> Path:
    start = folder_of(folder)
    root = start if folder is not None else workspace.find_root(start)
    if root is None and not given:
        raise NoProject(
            "there is no splitter.toml here or above",
            where=str(start),
            hint="run splitter init, or say which file and what moves: --map OLD=NEW PATH",
        )
    root = root or start
    workspace.recover(root)
    return root


def _recorded(root: Path) -> tuple[Manifest, dict[str, bytes]]:
    path = root / PATH
    known = {PATH: path.read_bytes()} if path.is_file() else {}
    return read_manifest(known), known


def _copies(
    root: Path, manifest: Manifest, imports: dict[str, str], paths: Sequence[str]
) -> Rewriting:
    """The recorded copies, or those of them that `paths` name, by their own maps and `imports`."""
    base = Path.cwd()
    wanted = [(base / p).resolve() for p in paths]
    kept = tuple(
        c
        for c in manifest.copies
        if not wanted or any((root / c.path).is_relative_to(w) for w in wanted)
    )
    if paths and not kept:
        raise UsageError(
            f"{paths[0]} is nothing that splitter copied", hint="say what moves: --map OLD=NEW"
        )
    joined = {owner: {**own, **imports} for owner, own in manifest.imports.items()}
    files = {c.path: (root / c.path).read_bytes() for c in kept if (root / c.path).is_file()}
    return rewrite_copies(files, replace(manifest, copies=kept, imports=joined))


def _record(changes: ChangeSet, manifest: Manifest, known: dict[str, bytes]) -> ChangeSet:
    """The manifest with what is now written, where copies are among the changes."""
    copies = still_ours(manifest.copies, changes)
    if copies == manifest.copies:
        return ChangeSet(TITLE)
    data = manifest_bytes(replace(manifest, copies=copies))
    return ChangeSet.between(TITLE, known, {PATH: data})

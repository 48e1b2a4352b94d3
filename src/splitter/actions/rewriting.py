"""Imports pointed at the new homes, over many files at once."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitter.codemods.imports.findings import RESHAPED
from splitter.codemods.imports.mapping import ImportMap
from splitter.codemods.imports.parsing import check_syntax
from splitter.codemods.imports.repointing import Rewritten, repoint
from splitter.codemods.imports.text import ParseError
from splitter.codemods.imports.uncovered import Watch
from splitter.model.changes import ChangeSet, FileChange
from splitter.model.rewriting import FileReport, Misread, Rewriting, joined

if TYPE_CHECKING:
    from splitter.model.plan import Manifest

TITLE = "rewrite-imports"

_NOTHING = Rewriting(ChangeSet(""))


def rewrite(
    files: Mapping[str, bytes] | Iterable[tuple[str, bytes]],
    imports: Mapping[str, str],
    *,
    origins: Mapping[str, str] | None = None,
    closely: Container[str] = (),
    modules: Collection[str] = (),
    monolith: Collection[str] = (),
    title: str = TITLE,
) -> Rewriting:
    """Point the imports of Python files, by posix path below the root, at their new homes.

    `files` may be a stream: it is gone through once, and only what changes is kept. `origins`
    has the dotted name that a file had in the monolith where that is not its path's. Files in
    `closely` are checked for syntax even where they can hold nothing of the map. `modules` are
    known to be modules, on either side of the map; an import of a module of `monolith` that no
    map covers is a note that blocks.
    """
    watch = Watch(monolith) if monolith else None
    work = _Work(ImportMap(imports, modules=modules), origins or {}, closely, watch)
    pairs = files.items() if isinstance(files, Mapping) else files
    return joined(title, (work.rewrite(path, source) for path, source in pairs))


def rewrite_copies(
    files: Mapping[str, bytes],
    manifest: Manifest,
    *,
    paths: Iterable[str] = (),
    strict: bool = False,
) -> Rewriting:
    """Point every copied file's imports at the new homes, by the map of the file's owner.

    `paths`, or else the paths of `files`, are all files of the project: what is a module there is
    known to be one. `strict`: an import of a module that the project has beside what splitter
    wrote is a note that blocks if no map covers it.
    """
    modules = {p: dotted_name(p) for p in paths or files if p.endswith(".py")}
    monolith = _monolith(modules, manifest) if strict else ()
    parts = []
    for owner, imports in manifest.imports.items():
        origins = {c.path: c.origin for c in manifest.copies if c.owner == owner}
        own = {p: files[p] for p in origins if p in files and p.endswith(".py")}
        known = frozenset(modules.values())
        done = rewrite(own, imports, origins=origins, closely=own, modules=known, monolith=monolith)
        parts.append(done)
    return joined(TITLE, parts)


def dotted_name(path: str) -> str:
    """The name of the module that `path` would be, below the folder that imports start from."""
    if is_package(path):
        return path.removesuffix("__init__.py").rstrip("/").replace("/", ".")
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return f"{folder.replace('/', '.')}.{stem}" if folder else stem


def is_package(path: str) -> bool:
    return path.rpartition("/")[2] == "__init__.py"


def _monolith(modules: Mapping[str, str], manifest: Manifest) -> frozenset[str]:
    """The modules outside of the folders that splitter writes to, and those that copies are of."""
    written = (*(c.path for c in manifest.copies), *manifest.written)
    folders = {path.partition("/")[0] for path in written if "/" in path}
    beside = (name for path, name in modules.items() if path.partition("/")[0] not in folders)
    return frozenset((*beside, *(c.origin for c in manifest.copies)))


@dataclass(frozen=True, slots=True)
class _Work:
    """What is the same for all files."""

    imports: ImportMap
    origins: Mapping[str, str]
    closely: Container[str]
    monolith: Watch | None

    def rewrite(self, path: str, source: bytes) -> Rewriting:
        try:
            return _outcome(path, source, self._repoint(path, source))
        except ParseError as error:
            misread = Misread(path, error.line, error.column, error.what)
            return Rewriting(ChangeSet(""), errors=(misread,))

    def _repoint(self, path: str, source: bytes) -> Rewritten:
        place = dotted_name(path)
        done = repoint(
            source,
            imports=self.imports,
            origin=self.origins.get(path, place),
            place=place,
            is_package=is_package(path),
            path=path,
            monolith=self.monolith,
        )
        if not done.read and path in self.closely:
            check_syntax(source)
        return done


def _outcome(path: str, source: bytes, done: Rewritten) -> Rewriting:
    changed = done.text != source
    if not changed and not done.notes:
        return _NOTHING
    changes = (FileChange(path, source, done.text),) if changed else ()
    notes = tuple(note for note in done.notes if note.code != RESHAPED)
    report = FileReport(path, changed, done.edits, done.notes)
    return Rewriting(ChangeSet("", changes, notes), (report,))

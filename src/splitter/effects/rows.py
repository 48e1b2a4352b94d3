"""The rows in which a fork of a database, and of a folder of data, differs from another fork."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from splitter.effects import database_urls, disk
from splitter.effects.database_urls import POSTGRESQL, SQLITE
from splitter.effects.postgres_rows import Digest
from splitter.model.rows import Changes, TableChanges

_SQLITE_HEAD = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Data as they were: a fork that nobody works on. What it has is looked at once."""

    url: str
    folder: Path | None = None
    _digests: dict[str, Digest] = field(default_factory=dict)

    def changes(self, url: str, folder: Path | None = None) -> Changes:
        """What became otherwise in another fork, which nobody may be at work on any more.

        Tables of a SQLite file that lies in the folder bear the file's name, if there is another
        database. Raises DatabaseError.
        """
        found = self._of_url(url) if url else {}
        files = {name: self._of_file(name, folder) for name in _files(self.folder, folder)}
        if not url and len(files) == 1:
            return next(iter(files.values()))
        named = {f"{n}:{t}": c for n, changes in files.items() for t, c in changes.items()}
        return {**found, **named}

    def _of_url(self, url: str) -> Mapping[str, TableChanges]:
        before, after = database_urls.parse(self.url), database_urls.parse(url)
        if after.kind == POSTGRESQL:
            from splitter.effects import postgres_rows

            return postgres_rows.changes(before, after, self._digests)
        if after.kind == SQLITE and before.file and after.file:
            from splitter.effects import sqlite_rows

            return sqlite_rows.changes(before.file, after.file)
        return {}

    def _of_file(self, name: str, folder: Path | None) -> Mapping[str, TableChanges]:
        from splitter.effects import sqlite_rows

        assert self.folder is not None
        assert folder is not None
        return sqlite_rows.changes(self.folder / name, folder / name)


def _files(*folders: Path | None) -> list[str]:
    """The SQLite files below any of the folders, by their paths there."""
    names = {
        file.relative_to(folder).as_posix()
        for folder in folders
        if folder is not None
        for file in folder.rglob("*")
        if _is_database(file)
    }
    return sorted(names)


def _is_database(file: Path) -> bool:
    if file.is_symlink() or not file.is_file():
        return False
    with disk.doing("read", file), file.open("rb") as stream:
        return stream.read(len(_SQLITE_HEAD)) == _SQLITE_HEAD

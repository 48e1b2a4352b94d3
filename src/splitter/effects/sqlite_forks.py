"""Copies of a SQLite database: whole, though its owner may be at work, and without touching it.

A fork is a folder with the copy and a lock that its owner holds; one that nobody holds was left
behind by a process that was killed.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from splitter.effects import disk
from splitter.errors import DatabaseError

PREFIX = "splitter_fork_"
_WAL = 2


@contextmanager
def fork(file: Path, home: Path, name: str) -> Iterator[Path]:
    """A copy of the database below the folder `home`, removed at the end.

    There is no copy, but a place for one, where there is no such database. Raises DatabaseError.
    """
    with _owned_folder(home, name) as folder:
        target = folder / file.name
        if file.exists():
            copy(file, target)
        yield target


def copy(file: Path, target: Path) -> None:
    """Copy a database with all that is committed. Raises DatabaseError if it cannot be read."""
    try:
        if _has_hot_journal(file):
            _copy_files(file, target)
        else:
            _back_up(_readable(file), target)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            f"the SQLite database cannot be copied: {error}",
            where=str(file),
            hint="stop what writes to it, if something does, and see whether sqlite3 can open it",
        ) from error


def clear_leftovers(home: Path) -> tuple[str, ...]:
    """Remove the forks of killed processes; gives their names."""
    with disk.doing("remove old copies of the database in", home), _locked(home / "lock"):
        return tuple(name for name in _forks(home) if _cleared(home / name))


@contextmanager
def _owned_folder(home: Path, name: str) -> Iterator[Path]:
    folder = home / f"{PREFIX}{name}_{secrets.token_hex(4)}"
    with disk.doing("make", folder):
        home.mkdir(parents=True, exist_ok=True)
        with _locked(home / "lock"):
            folder.mkdir()
            held = _take(folder / "lock")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    descriptor = _take(file)
    try:
        yield
    finally:
        os.close(descriptor)


def _take(file: Path) -> int:
    """A descriptor that holds the lock as long as it is open."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _forks(home: Path) -> list[str]:
    return sorted(name for name in os.listdir(home) if name.startswith(PREFIX))


def _cleared(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except FileNotFoundError:  # its owner was faster
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _has_hot_journal(file: Path) -> bool:
    """Whether a transaction was cut off: its journal is there, and nobody is at work on it."""
    journal = _beside(file, "-journal")
    if not journal.exists() or not journal.stat().st_size:
        return False
    try:
        with closing(sqlite3.connect(_uri(file, "mode=ro"), uri=True, timeout=10)) as source:
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY
    return False


def _copy_files(file: Path, target: Path) -> None:
    """Copy the journal too: SQLite rolls the transaction back when the copy is opened."""
    shutil.copyfile(_beside(file, "-journal"), _beside(target, "-journal"))
    shutil.copyfile(file, target)
    with closing(sqlite3.connect(target)) as copied:
        copied.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _readable(file: Path) -> str:
    """A URI that leaves no trace: without a log, opening it read-only would still make one."""
    with file.open("rb") as opened:
        header = opened.read(20)
    is_wal = len(header) == 20 and header[19] == _WAL
    closed = is_wal and not _beside(file, "-wal").exists()
    return _uri(file, "immutable=1" if closed else "mode=ro")


def _back_up(uri: str, target: Path) -> None:
    with (
        closing(sqlite3.connect(uri, uri=True, timeout=10)) as source,
        closing(sqlite3.connect(target)) as copied,
    ):
        source.backup(copied)


def _uri(file: Path, query: str) -> str:
    return f"file:{quote(str(file.absolute()))}?{query}"


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)

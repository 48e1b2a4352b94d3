"""SQLite databases are forked while their owners are at work; nothing of a fork is left."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from doomed import killed_within_a_fork

from splitter.effects import databases
from splitter.errors import DatabaseError

CUT_OFF = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA journal_mode={sys.argv[2]}")
connection.execute("CREATE TABLE t (x)")
connection.execute("INSERT INTO t VALUES (1)")
if sys.argv[3] == "within":
    connection.execute("PRAGMA cache_size=1")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO t VALUES (?)", [("x" * 1000,)] * 2000)
os.kill(os.getpid(), 9)
"""


def _rows(url: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect("/" + url.partition(":///")[2].lstrip("/"))) as connection:
        return connection.execute("SELECT x FROM t").fetchall()


def _files(folder: Path) -> dict[str, bytes]:
    """What the folder holds; `-shm` is shared memory and says nothing."""
    return {
        file.name: b"" if file.name.endswith("-shm") else file.read_bytes()
        for file in folder.iterdir()
    }


@pytest.mark.parametrize("mode", ["wal", "delete"])
@pytest.mark.parametrize("cut_off", ["between", "within"])
def test_a_database_whose_owner_was_killed_is_forked_with_all_that_was_committed(
    tmp_path: Path, mode: str, cut_off: str
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "app.db"
    subprocess.run([sys.executable, "-c", CUT_OFF, str(file), mode, cut_off], check=False)
    before = _files(folder)
    with databases.fork(f"sqlite:///{file}", tmp_path / "forks", "monolith") as forked:
        assert _rows(forked) == [(1,)]
    assert _files(folder) == before


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_database_is_forked_and_left_as_it_was(tmp_path: Path, mode: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        connection.execute(f"PRAGMA journal_mode={mode}")
        connection.execute("CREATE TABLE t (x)")
    before = _files(folder)
    assert list(before) == ["app.db"]
    with databases.fork(f"sqlite:///{folder}/app.db", tmp_path / "forks", "monolith") as forked:
        with closing(sqlite3.connect(forked.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == (mode,)
        assert _files(folder) == before
    assert _files(folder) == before


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_database_is_forked_while_its_owner_is_within_a_transaction(
    tmp_path: Path, mode: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "app.db", isolation_level=None)) as owner:
        owner.execute(f"PRAGMA journal_mode={mode}")
        owner.execute("CREATE TABLE t (x)")
        owner.execute("INSERT INTO t VALUES (1)")
        owner.execute("BEGIN IMMEDIATE")
        owner.execute("INSERT INTO t VALUES (2)")
        with databases.fork(f"sqlite:///{tmp_path}/app.db", tmp_path / "f", "x") as forked:
            assert _rows(forked) == [(1,)]
        owner.execute("COMMIT")
        with databases.fork(f"sqlite:///{tmp_path}/app.db", tmp_path / "f", "x") as forked:
            assert _rows(forked) == [(1,), (2,)]


def test_two_forks_know_nothing_of_each_other_and_are_gone_at_the_end(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "app.db")) as base, base:
        base.execute("CREATE TABLE t (x)")
    url, home = f"sqlite+aiosqlite:///{tmp_path}/app.db?timeout=5", tmp_path / "forks"
    with databases.fork(url, home, "monolith") as one, databases.fork(url, home, "service") as two:
        assert one.startswith(f"sqlite+aiosqlite:///{home}/splitter_fork_monolith_")
        assert one.endswith("/app.db?timeout=5")
        with closing(sqlite3.connect(one[len("sqlite+aiosqlite:///") : -len("?timeout=5")])) as c:
            c.execute("INSERT INTO t VALUES (1)")
            c.commit()
        assert _rows(one.removesuffix("?timeout=5")) == [(1,)]
        assert _rows(two.removesuffix("?timeout=5")) == []
        assert databases.clear_leftovers(url, home) == ()
    assert [path.name for path in home.iterdir()] == ["lock"]


def test_a_database_that_is_not_there_yet_has_a_free_place(tmp_path: Path) -> None:
    assert databases.missing_file("sqlite:///app.db", tmp_path) == tmp_path / "app.db"
    url = databases.absolute("sqlite:///./app.db", tmp_path)
    assert url == f"sqlite:///{tmp_path}/app.db"
    with databases.fork(url, tmp_path / "forks", "monolith") as forked:
        file = Path(forked.removeprefix("sqlite:///"))
        assert file.parent.is_dir()
        assert not file.exists()
        file.touch()
    assert not file.exists()
    (tmp_path / "app.db").touch()
    assert databases.missing_file("sqlite:///app.db", tmp_path) is None


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "app.db").write_text("no database, but long enough to be one" * 100)
    with (
        pytest.raises(DatabaseError) as caught,
        databases.fork(f"sqlite:///{tmp_path}/app.db", tmp_path / "forks", "monolith"),
    ):
        pass
    assert caught.value.what == ("the SQLite database cannot be copied: file is not a database")
    assert caught.value.where == str(tmp_path / "app.db")
    assert [path.name for path in (tmp_path / "forks").iterdir()] == ["lock"]


def test_forks_of_a_killed_run_are_cleared(tmp_path: Path) -> None:
    (tmp_path / "app.db").touch()
    url, home = f"sqlite:///{tmp_path}/app.db", tmp_path / "forks"
    left = killed_within_a_fork(url, home)
    with databases.fork(url, home, "alive") as alive:
        name = Path(left.removeprefix("sqlite:///")).parent.name
        assert databases.clear_leftovers(url, home) == (name,)
        assert databases.clear_leftovers(url, home) == ()
        assert Path(alive.removeprefix("sqlite:///")).exists()
    assert databases.clear_leftovers(url, tmp_path / "nowhere") == ()

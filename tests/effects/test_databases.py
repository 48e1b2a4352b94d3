"""Real databases are forked while their owners are at work; nothing of a fork is left."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from postgres_cluster import Cluster
from splitter.effects import databases
from splitter.errors import DatabaseError, ToolMissing

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


# SQLite


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
    left = _killed_within_a_fork(url, home)
    with databases.fork(url, home, "alive") as alive:
        name = Path(left.removeprefix("sqlite:///")).parent.name
        assert databases.clear_leftovers(url, home) == (name,)
        assert databases.clear_leftovers(url, home) == ()
        assert Path(alive.removeprefix("sqlite:///")).exists()
    assert databases.clear_leftovers(url, tmp_path / "nowhere") == ()


# PostgreSQL


@pytest.fixture
def shop(postgres: Cluster) -> Iterator[str]:
    """A database of an ordinary user who may copy it; gives its name."""
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute("CREATE ROLE ada LOGIN CREATEDB")
        admin.execute('CREATE DATABASE "Shop-1" OWNER ada')
        admin.execute("""ALTER DATABASE "Shop-1" SET search_path = "$user", goods, public""")
        admin.execute("""ALTER DATABASE "Shop-1" SET shop.currency = 'EUR'""")
    with psycopg.connect(postgres.url("Shop-1", user="ada")) as session:
        session.execute("CREATE SCHEMA goods")
        session.execute("CREATE TABLE t (x int)")
        session.execute("INSERT INTO t VALUES (1)")
    yield "Shop-1"
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute('DROP DATABASE "Shop-1" WITH (FORCE)')
        admin.execute("DROP ROLE ada")


def _databases(postgres: Cluster) -> list[str]:
    with psycopg.connect(postgres.url()) as admin:
        rows = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'splitter%'")
        return [str(name) for (name,) in rows.fetchall()]


@pytest.mark.postgres
@pytest.mark.parametrize(("user", "currency"), [("postgres", ("EUR",)), ("ada", None)])
def test_a_postgresql_database_is_forked_with_its_settings(
    postgres: Cluster, shop: str, tmp_path: Path, user: str, currency: tuple[str] | None
) -> None:
    """The settings that this user may set: shop.currency is a superuser's."""
    url = postgres.url(shop, user=user, driver="asyncpg")
    with databases.fork(url, tmp_path, "the Monolith") as forked:
        head, name = forked.rsplit("/", 1)
        assert head == url.rsplit("/", 1)[0]
        assert name.startswith("splitter_fork_the_monolith_")
        assert _databases(postgres) == [name]
        with psycopg.connect(postgres.url(name, user="ada")) as session:
            assert session.execute("SELECT x FROM t").fetchall() == [(1,)]
            assert session.execute("SHOW search_path").fetchone() == ('"$user", goods, public',)
            found = session.execute("SELECT current_setting('shop.currency', true)").fetchone()
            assert found == (currency or (None,))
            session.execute("INSERT INTO goods.t VALUES (2)")
        with psycopg.connect(postgres.url(shop, user="ada")) as session:
            assert session.execute("SELECT x FROM t").fetchall() == [(1,)]
    assert _databases(postgres) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_two_sides_have_a_fork_each_and_a_session_in_one_does_not_keep_it(
    postgres: Cluster, shop: str, tmp_path: Path
) -> None:
    url = postgres.url(shop, user="ada", driver="psycopg")
    with databases.fork(url, tmp_path, "a") as one, databases.fork(url, tmp_path, "b") as two:
        assert one != two
        left_open = psycopg.connect(one.replace("+psycopg", ""))
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()
    assert _databases(postgres) == []


@pytest.mark.postgres
def test_a_database_that_is_in_use_is_refused_and_its_users_named(
    postgres: Cluster, shop: str, tmp_path: Path
) -> None:
    with psycopg.connect(postgres.url(shop), application_name="gunicorn: web") as user:
        with (
            pytest.raises(DatabaseError) as caught,
            databases.fork(postgres.url(shop, user="ada"), tmp_path, "x"),
        ):
            pass
        process = user.info.backend_pid
    assert caught.value.what == (
        "the database Shop-1 is in use, and PostgreSQL copies only what nobody uses"
    )
    assert caught.value.hint == (
        f"connected to it: gunicorn: web (process {process}); stop that, then run again"
    )
    assert _databases(postgres) == []


@pytest.mark.postgres
def test_forks_of_a_killed_run_are_dropped_and_those_in_use_are_not(
    postgres: Cluster, shop: str, tmp_path: Path
) -> None:
    url = postgres.url(shop, user="ada")
    left = _killed_within_a_fork(url, tmp_path).rsplit("/", 1)[1]
    assert _databases(postgres) == [left]
    assert databases.clear_leftovers(url, tmp_path / "nowhere") == (left,)
    assert databases.clear_leftovers(url, tmp_path / "nowhere") == ()
    left = _killed_within_a_fork(url, tmp_path).rsplit("/", 1)[1]
    with databases.fork(url, tmp_path, "alive") as alive:
        assert _databases(postgres) == [alive.rsplit("/", 1)[1]]
        assert databases.clear_leftovers(url, tmp_path) == ()
        assert _databases(postgres) == [alive.rsplit("/", 1)[1]]


@pytest.mark.postgres
def test_somebody_elses_leftover_is_left_alone(
    postgres: Cluster, shop: str, tmp_path: Path
) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE splitter_fork_theirs")
        try:
            with databases.fork(postgres.url(shop, user="ada"), tmp_path, "x"):
                assert len(_databases(postgres)) == 2
            assert _databases(postgres) == ["splitter_fork_theirs"]
        finally:
            admin.execute("DROP DATABASE splitter_fork_theirs")


@pytest.mark.postgres
def test_a_user_who_may_not_copy_is_told_what_to_do(
    postgres: Cluster, shop: str, tmp_path: Path
) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute("ALTER ROLE ada NOCREATEDB")
    with (
        pytest.raises(DatabaseError, match=r"permission denied to create database") as caught,
        databases.fork(postgres.url(shop, user="ada"), tmp_path, "x"),
    ):
        pass
    assert "CREATEDB" in caught.value.hint


@pytest.mark.postgres
def test_a_database_or_a_server_that_is_not_there(postgres: Cluster, tmp_path: Path) -> None:
    with (
        pytest.raises(DatabaseError, match='template database "nowhere" does not exist') as caught,
        databases.fork(postgres.url("nowhere"), tmp_path, "x"),
    ):
        pass
    assert caught.value.hint.startswith("create the database")
    with (
        pytest.raises(DatabaseError, match=r"^PostgreSQL says: connection failed") as caught,
        databases.fork("postgresql://ada:secret@127.0.0.1:1/shop", tmp_path, "x"),
    ):
        pass
    assert caught.value.where == "postgresql://ada:***@127.0.0.1:1/shop"
    assert "secret" not in str(caught.value)


@pytest.mark.postgres
def test_a_server_without_a_database_postgres(postgres: Cluster, shop: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres.url("template1"), autocommit=True) as admin:
        admin.execute("ALTER DATABASE postgres RENAME TO hidden")
        try:
            url = postgres.url(shop, user="ada")
            with databases.fork(url, tmp_path, "x") as forked, psycopg.connect(forked) as session:
                assert session.execute("SELECT x FROM t").fetchall() == [(1,)]
            left = admin.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'splitter%'")
            assert left.fetchall() == []
        finally:
            admin.execute("ALTER DATABASE hidden RENAME TO postgres")


def test_without_psycopg_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with (
        pytest.raises(ToolMissing, match=r"^psycopg is needed") as caught,
        databases.fork("postgresql://h/shop", tmp_path, "x"),
    ):
        pass
    assert caught.value.hint == "pip install 'monolith-splitter[postgres]'"


def _killed_within_a_fork(url: str, home: Path) -> str:
    """The URL of the fork that a process had when it was killed."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from splitter.effects import databases\n"
        "with databases.fork(sys.argv[1], Path(sys.argv[2]), 'killed') as forked:\n"
        "    print(forked, flush=True); time.sleep(99)\n"
    )
    command = [sys.executable, "-c", script, url, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        forked = process.stdout.readline().strip()
        os.kill(process.pid, signal.SIGKILL)
    return forked

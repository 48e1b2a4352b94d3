"""Databases of a real PostgreSQL are forked on their server; nothing of a fork is left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from doomed import killed_within_a_fork

from postgres_cluster import Cluster
from splitter.effects import databases
from splitter.errors import DatabaseError, ToolMissing


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
    left = killed_within_a_fork(url, tmp_path).rsplit("/", 1)[1]
    assert _databases(postgres) == [left]
    assert databases.clear_leftovers(url, tmp_path / "nowhere") == (left,)
    assert databases.clear_leftovers(url, tmp_path / "nowhere") == ()
    left = killed_within_a_fork(url, tmp_path).rsplit("/", 1)[1]
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

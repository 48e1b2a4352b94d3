"""The rows in which a fork differs from another are found by the databases themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from postgres_cluster import Cluster
from splitter.effects import databases
from splitter.effects.rows import Snapshot
from splitter.errors import DatabaseError
from splitter.model.rows import Change, Changes

TABLES = """
    CREATE TABLE item (id int PRIMARY KEY, name text, price numeric);
    CREATE TABLE pair (a int, b text, PRIMARY KEY (b, a));
    CREATE TABLE log (line text);
    CREATE TABLE still (id int PRIMARY KEY);
    INSERT INTO item VALUES (1, 'pen', 1.5), (2, 'ink', 2.25), (3, NULL, NULL);
    INSERT INTO pair VALUES (1, 'x'), (2, 'x');
    INSERT INTO log VALUES ('one'), ('one'), ('two');
    INSERT INTO still VALUES (1);
"""
WRITES = """
    UPDATE item SET name = 'pens' WHERE id = 1;
    DELETE FROM item WHERE id = 2;
    INSERT INTO item VALUES (4, 'cap', 1000000.125);
    UPDATE pair SET a = 3 WHERE a = 2;
    INSERT INTO log VALUES ('one'), ('two'), ('new');
    UPDATE still SET id = id;
    CREATE TABLE made (id int PRIMARY KEY);
    INSERT INTO made VALUES (7);
"""
Fork = Callable[[str], str]


def _check(changes: Changes) -> None:
    assert set(changes) == {"item", "pair", "log", "made"}
    assert changes["item"].key == ("id",)
    assert {_id(change): change for change in changes["item"].changes} == {
        1: Change(
            {"id": 1, "name": "pen", "price": Decimal("1.5")},
            {"id": 1, "name": "pens", "price": Decimal("1.5")},
        ),
        2: Change({"id": 2, "name": "ink", "price": Decimal("2.25")}, None),
        4: Change(None, {"id": 4, "name": "cap", "price": Decimal("1000000.125")}),
    }
    assert changes["pair"].key == ("b", "a")
    assert set(map(repr, changes["pair"].changes)) == {
        repr(Change({"a": 2, "b": "x"}, None)),
        repr(Change(None, {"a": 3, "b": "x"})),
    }
    new = [c.after["line"] for c in changes["log"].changes if c.after and not c.before]
    assert sorted(map(str, new)) == ["new", "one", "two"]
    assert len(changes["log"].changes) == 3
    assert [c.after for c in changes["made"].changes] == [{"id": 7}]


def _id(change: Change) -> object:
    row = change.after or change.before
    assert row is not None
    return row["id"]


def _write(file: Path, script: str) -> None:
    with closing(sqlite3.connect(file)) as session:
        session.executescript(script)


def test_rows_of_sqlite(tmp_path: Path) -> None:
    _write(tmp_path / "shop.db", TABLES)
    with (
        databases.fork(f"sqlite:///{tmp_path}/shop.db", tmp_path / "forks", "a") as before,
        databases.fork(f"sqlite:///{tmp_path}/shop.db", tmp_path / "forks", "b") as after,
    ):
        assert Snapshot(before).changes(after) == {}
        _write(Path(after.removeprefix("sqlite:///")), f"PRAGMA journal_mode = WAL; {WRITES}")
        _check(Snapshot(before).changes(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1", "1.0"),
        ("'1'", "1"),
        ("'a'", "'A'"),
        ("X'00ff'", "X'00fe'"),
        ("NULL", "''"),
        ("'a'", "CAST(X'61ff' AS TEXT)"),
    ],
)
def test_what_sqlite_takes_for_one_is_told_apart(before: str, after: str, tmp_path: Path) -> None:
    made = (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, x {} COLLATE NOCASE); INSERT INTO t VALUES (1, {})"
    )
    for name, value in (("before", before), ("after", after)):
        _write(tmp_path / f"{name}.db", made.format("", value))
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("before", "after")]
    (change,) = Snapshot(urls[0]).changes(urls[1])["t"].changes
    assert change.before != change.after or repr(change.before) != repr(change.after)
    assert Snapshot(urls[0]).changes(urls[0]) == {}


def test_a_search_index_is_told_by_the_table_that_it_is_made_of(tmp_path: Path) -> None:
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        _write(
            tmp_path / name / "app.db",
            "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);"
            "CREATE VIRTUAL TABLE note_index USING fts5(body);",
        )
    _write(
        tmp_path / "after/app.db",
        "INSERT INTO note VALUES (1, 'x'); INSERT INTO note_index VALUES ('x')",
    )
    (tmp_path / "after/other.txt").write_text("no database")
    changes = Snapshot("", tmp_path / "before").changes("", tmp_path / "after")
    assert {name: len(c.changes) for name, c in changes.items()} == {"note": 1}


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\x00" + bytes(2000))
    url = f"sqlite:///{tmp_path}/broken.db"
    with pytest.raises(DatabaseError, match="cannot be compared") as told:
        Snapshot(url).changes(url)
    assert told.value.where == f"{tmp_path}/broken.db"


@pytest.fixture
def shop(postgres: Cluster) -> Iterator[str]:
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE rows")
    yield "rows"
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute("DROP DATABASE rows WITH (FORCE)")


@pytest.mark.postgres
def test_rows_of_postgresql(postgres: Cluster, shop: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres.url(shop), autocommit=True) as session:
        session.execute(TABLES)
        session.execute('CREATE SCHEMA "Own"; CREATE TABLE "Own"."T" ("splitter row" text)')
        session.execute("INSERT INTO still SELECT generate_series(2, 5000)")
        session.execute(
            "CREATE TABLE kinds (id uuid PRIMARY KEY, at timestamptz, doc json, raw bytea, f real)"
        )
    url = postgres.url(shop, driver="asyncpg")
    with (
        databases.fork(url, tmp_path, "before") as before,
        databases.fork(url, tmp_path, "after") as after,
        databases.fork(url, tmp_path, "last") as last,
    ):
        snapshot = Snapshot(before)
        assert snapshot.changes(after) == {}
        with psycopg.connect(after.replace("+asyncpg", ""), autocommit=True) as session:
            session.execute(WRITES)
        _check(snapshot.changes(after))
        with psycopg.connect(last.replace("+asyncpg", ""), autocommit=True) as session:
            session.execute("""INSERT INTO "Own"."T" VALUES ('x')""")
            session.execute("DELETE FROM still WHERE id = 4321; TRUNCATE log")
            session.execute(
                "INSERT INTO kinds VALUES ('8a1f2f0e-0000-4000-8000-000000000000', "
                "'2026-01-02 03:04:05.5+02', '{\"b\": 1, \"a\": 1.50}', '\\xff00', 0.1)"
            )
        changes = snapshot.changes(last)
    assert {name: len(c.changes) for name, c in changes.items()} == {
        **{"Own.T": 1, "still": 1, "log": 3, "kinds": 1}
    }
    assert changes["still"].changes[0] == Change({"id": 4321}, None)
    assert changes["kinds"].changes[0].after == {
        "id": "8a1f2f0e-0000-4000-8000-000000000000",
        "at": "2026-01-02T01:04:05.5+00:00",
        "doc": {"b": 1, "a": Decimal("1.50")},
        "raw": "\\xff00",
        "f": Decimal("0.1"),
    }

"""Database URLs of every flavour, taken apart and pointed elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from splitter.effects import database_urls, databases
from splitter.effects.postgres_forks import parameters
from splitter.errors import DatabaseError

SQLITE = [
    ("sqlite:///app.db", "app.db", "sqlite:////forks/x.db"),
    ("sqlite:///./data/app.db", "data/app.db", "sqlite:////forks/x.db"),
    ("sqlite:////srv/app.db", "/srv/app.db", "sqlite:////forks/x.db"),
    ("sqlite:////srv/a@b:c/app.db", "/srv/a@b:c/app.db", "sqlite:////forks/x.db"),
    ("sqlite:////srv/a%20b.db", "/srv/a b.db", "sqlite:////forks/x.db"),
    ("sqlite+aiosqlite:///app.db", "app.db", "sqlite+aiosqlite:////forks/x.db"),
    ("sqlite+pysqlite:///a.db?timeout=5", "a.db", "sqlite+pysqlite:////forks/x.db?timeout=5"),
    (
        "sqlite:///file:app.db?uri=true&cache=shared",
        "app.db",
        "sqlite:///file:/forks/x.db?uri=true&cache=shared",
    ),
    ("sqlite:///file:/srv/app.db?uri=true", "/srv/app.db", "sqlite:///file:/forks/x.db?uri=true"),
    ("sqlite:///file:///srv/a.db?uri=true", "/srv/a.db", "sqlite:///file:/forks/x.db?uri=true"),
    ("sqlite://app.db", "app.db", "sqlite:///forks/x.db"),
    ("sqlite://./data/app.db", "data/app.db", "sqlite:///forks/x.db"),
]


@pytest.mark.parametrize(("url", "file", "forked"), SQLITE)
def test_a_sqlite_url_names_a_file_and_can_name_another(url: str, file: str, forked: str) -> None:
    parsed = database_urls.parse(url)
    assert str(parsed) == url
    assert (parsed.kind, parsed.file) == ("sqlite", Path(file))
    assert str(parsed.at_file(Path("/forks/x.db"))) == forked


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:///:memory:?cache=shared",
        "sqlite:///file::memory:?cache=shared&uri=true",
        "sqlite:///file:name?mode=memory&cache=shared&uri=true",
    ],
)
def test_a_database_in_memory_has_no_file(url: str, tmp_path: Path) -> None:
    assert database_urls.parse(url).file is None
    assert databases.missing_file(url, tmp_path) is None
    assert databases.absolute(url, tmp_path) == url
    with databases.fork(url, tmp_path / "forks", "monolith") as forked:
        assert forked == url
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("postgresql://h/shop", {"host": "h", "dbname": "shop"}),
        (
            "postgresql+asyncpg://ada:p%40ss%2F@db.example:6543/shop?ssl=require",
            {
                "user": "ada",
                "password": "p@ss/",
                "host": "db.example",
                "port": "6543",
                "dbname": "shop",
                "sslmode": "require",
            },
        ),
        (
            "postgresql+psycopg2://ada:a/b?c@[::1]:5432/shop?application_name=x&client_encoding=utf8",
            {
                "user": "ada",
                "password": "a/b?c",
                "host": "::1",
                "port": "5432",
                "dbname": "shop",
                "application_name": "x",
                "client_encoding": "utf8",
            },
        ),
        (
            "postgresql+psycopg://ada@/shop?host=/var/run/postgresql&port=5433",
            {"user": "ada", "host": "/var/run/postgresql", "port": "5433", "dbname": "shop"},
        ),
        (
            "postgres://a:1,b:2/shop?target_session_attrs=read-write&prepared_statement_cache_size=0",
            {
                "host": "a,b",
                "port": "1,2",
                "dbname": "shop",
                "target_session_attrs": "read-write",
            },
        ),
        (
            "postgresql+psycopg2:///shop?host=a:1&host=b:2",
            {"host": "a,b", "port": "1,2", "dbname": "shop"},
        ),
    ],
)
def test_a_postgresql_url_is_what_libpq_needs(url: str, known: dict[str, str]) -> None:
    parsed = database_urls.parse(url)
    assert str(parsed) == url
    assert parsed.kind == "postgresql"
    assert parsed.file is None
    assert parameters(parsed) == known
    assert str(parsed.named("fork")) == url.replace("/shop", "/fork")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/app.db?timeout=5",
        "postgresql+psycopg://ada:p%40ss@h:1/shop?sslmode=require&host=x",
        "postgresql+asyncpg://ada:a/b@[::1]:2/shop",
    ],
)
def test_sqlalchemy_takes_it_apart_in_the_same_way(url: str) -> None:
    theirs, ours = make_url(url), database_urls.parse(url)
    assert theirs.database == ours.database
    assert make_url(str(ours.named("other"))) == theirs.set(database="other")


def test_a_password_is_not_shown() -> None:
    shown = database_urls.parse("postgresql://ada:secret@h/secret").shown
    assert shown == "postgresql://ada:***@h/secret"


@pytest.mark.parametrize("url", ["", "app.db", "host=h dbname=d password=secret", "://x"])
def test_what_is_no_url_is_refused_and_not_shown(url: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError) as caught:
        database_urls.parse(url)
    assert caught.value.what == "the database URL is none that SQLAlchemy would take"
    assert "secret" not in caught.value.where + caught.value.hint


def test_another_kind_of_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(DatabaseError, match=r"^splitter cannot copy a mysql database$") as caught,
        databases.fork("mysql+pymysql://ada:secret@h/shop", tmp_path, "monolith"),
    ):
        pass
    assert caught.value.where == "mysql+pymysql://ada:***@h/shop"
    assert "--monolith URL" in caught.value.hint

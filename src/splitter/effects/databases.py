"""A copy of the database for each side, so that neither sees what the other writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from splitter.effects import database_urls
from splitter.effects.database_urls import POSTGRESQL, SQLITE, DatabaseUrl
from splitter.errors import DatabaseError


@contextmanager
def fork(url: str, home: Path, name: str) -> Iterator[str]:
    """A copy of the database, gone at the end: gives its URL, of the same flavour.

    A SQLite file is copied below the folder `home`, with all that is committed, whoever is at
    work on it; where it does not exist there is a free place instead; a database in memory is
    each process's own anyway. A PostgreSQL database is copied on its server, by psycopg. Raises
    DatabaseError, or ToolMissing.
    """
    parsed = database_urls.parse(url)
    if parsed.kind == POSTGRESQL:
        from splitter.effects import postgres_forks

        with postgres_forks.fork(parsed, name) as forked:
            yield str(forked)
    elif parsed.kind != SQLITE:
        raise _cannot_be_copied(parsed)
    elif parsed.file is None:
        yield url
    else:
        from splitter.effects import sqlite_forks

        with sqlite_forks.fork(parsed.file, home, name) as file:
            yield str(parsed.at_file(file.absolute()))


def clear_leftovers(url: str, home: Path) -> tuple[str, ...]:
    """Remove what killed runs left: below `home`, and on the server of a PostgreSQL URL.

    Gives their names. Copies that a run at this moment works with are left alone.
    """
    found: tuple[str, ...] = ()
    if home.is_dir():
        from splitter.effects import sqlite_forks

        found += sqlite_forks.clear_leftovers(home)
    parsed = database_urls.parse(url)
    if parsed.kind == POSTGRESQL:
        from splitter.effects import postgres_forks

        found += postgres_forks.clear_leftovers(parsed)
    return found


def missing_file(url: str, folder: Path) -> Path | None:
    """The file of a SQLite URL if it does not exist yet; a relative one starts from `folder`."""
    file = database_urls.parse(url).file
    return None if file is None or (folder / file).exists() else folder / file


def absolute(url: str, folder: Path) -> str:
    """The URL, with a relative SQLite file made absolute from `folder`."""
    parsed = database_urls.parse(url)
    file = parsed.file
    return url if file is None else str(parsed.at_file((folder / file).absolute()))


def name_of(url: str) -> str:
    """The name of the database, as it stands in the URL; of a SQLite one, its file."""
    return database_urls.parse(url).database


def _cannot_be_copied(url: DatabaseUrl) -> DatabaseError:
    return DatabaseError(
        f"splitter cannot copy a {url.kind} database",
        where=url.shown,
        hint="start the monolith and the services yourself, each side with a database of its own, "
        "and name them: --monolith URL --service NAME=URL",
    )

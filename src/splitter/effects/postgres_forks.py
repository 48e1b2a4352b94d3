"""Copies of a PostgreSQL database, made by the server from the database as template.

The owner of a fork keeps a session on the server that bears the fork's name; a fork without one was
left behind by a process that was killed. The session is not in the fork, which can be forked so.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote

from splitter.effects.database_urls import DatabaseUrl
from splitter.errors import DatabaseError, ToolMissing

if TYPE_CHECKING:
    from psycopg import Connection

PREFIX = "splitter_fork_"
_CONNECT_SECONDS = 10
_FORCED_DROP = 130000
_LEFT = r"""
    SELECT datname FROM pg_database d
    WHERE datname LIKE 'splitter\_fork\_%'
      AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.application_name = d.datname)
    ORDER BY datname
"""
_SETTINGS = """
    SELECT DISTINCT split_part(unnest(setconfig), '=', 1) FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = %s)
      AND setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))
"""
_USERS = """
    SELECT coalesce(nullif(application_name, ''), backend_type), pid FROM pg_stat_activity
    WHERE datname = %s AND pid <> pg_backend_pid() ORDER BY pid
"""


@contextmanager
def fork(url: DatabaseUrl, name: str) -> Iterator[DatabaseUrl]:
    """A copy of the database on its own server, dropped at the end.

    Forks that killed processes left on the server are dropped first. Raises DatabaseError, which
    names who is connected if the database is in use, and ToolMissing without psycopg.
    """
    base = _base(url)
    forked = f"{PREFIX}{re.sub('[^a-z0-9]', '_', name.lower())[:30]}_{secrets.token_hex(4)}"
    with ExitStack() as stack:
        holder = stack.enter_context(opened(url, application=forked))
        _clear(holder)
        _create(holder, forked, base)
        stack.callback(_drop, holder, forked)
        _take_settings(holder, url, base, forked)
        yield url.named(forked)


def clear_leftovers(url: DatabaseUrl) -> tuple[str, ...]:
    """Drop the forks of killed processes on that server; gives their names."""
    with opened(url) as session:
        return _clear(session)


def parameters(url: DatabaseUrl) -> dict[str, str]:
    """What libpq needs to know to connect as the URL says; what only a driver knows is left out."""
    from psycopg import pq

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    given = {name: ",".join(values) for name, values in url.query.items()}
    if "ssl" in given:
        word = given["ssl"]
        given["sslmode"] = {"true": "require", "false": "disable"}.get(word.lower(), word)
    hosts, ports = _hosts(url.hosts or given.get("host", ""))
    own = {
        "user": unquote(url.user),
        "password": unquote(url.password),
        "host": hosts,
        "port": ports or given.get("port", ""),
        "dbname": unquote(url.database) or given.get("dbname", ""),
    }
    merged = {name: value for name, value in given.items() if name in known}
    return merged | {name: value for name, value in own.items() if value}


def _hosts(text: str) -> tuple[str, str]:
    """`a:1,b:2` → `a,b` and `1,2`; an IPv6 address is in brackets, a socket's folder is a path."""
    pairs = [re.fullmatch(r"(\[[^\]]*\]|/.*|[^:]*)(?::(\d*))?", item) for item in text.split(",")]
    found = [pair for pair in pairs if pair]
    ports = [pair[2] or "" for pair in found]
    hosts = ",".join(unquote(pair[1]).strip("[]") for pair in found)
    return hosts, ",".join(ports) if any(ports) else ""


def _base(url: DatabaseUrl) -> str:
    _need_driver()
    known = parameters(url)
    base = known.get("dbname") or known.get("user")
    if not base:
        raise DatabaseError("the database URL names no database", where=url.shown)
    return base


@contextmanager
def opened(
    url: DatabaseUrl, database: str = "", *, application: str = "splitter"
) -> Iterator[Connection]:
    """A session in the named database; else in `postgres`, or where that is not, in the base.

    What the server refuses is raised as DatabaseError.
    """
    import psycopg

    try:
        with closing(_connected(url, database, application)) as session:
            yield session
    except psycopg.Error as error:
        raise DatabaseError(
            f"PostgreSQL says: {str(error).strip()}", where=url.shown, hint=_hint(error)
        ) from error


def _connected(url: DatabaseUrl, database: str, application: str) -> Connection:
    import psycopg

    names = [database] if database else list(dict.fromkeys(("postgres", _base(url))))
    for name in names[:-1]:
        try:
            return psycopg.connect(_conninfo(url, name, application), autocommit=True)
        except psycopg.OperationalError:
            continue
    return psycopg.connect(_conninfo(url, names[-1], application), autocommit=True)


def _conninfo(url: DatabaseUrl, database: str, application: str) -> str:
    from psycopg.conninfo import make_conninfo

    known = {"connect_timeout": str(_CONNECT_SECONDS)} | parameters(url)
    return make_conninfo("", **known | {"dbname": database, "application_name": application})


def _create(session: Connection, forked: str, base: str) -> None:
    from psycopg import errors, sql

    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    try:
        session.execute(statement.format(sql.Identifier(forked), sql.Identifier(base)))
    except errors.ObjectInUse as error:
        users = session.execute(_USERS, [base]).fetchall()
        names = ", ".join(f"{name} (process {pid})" for name, pid in users) or "somebody"
        raise DatabaseError(
            f"the database {base} is in use, and PostgreSQL copies only what nobody uses",
            where=base,
            hint=f"connected to it: {names}; stop that, then run again",
        ) from error


def _take_settings(holder: Connection, url: DatabaseUrl, base: str, forked: str) -> None:
    """Give the fork what ALTER DATABASE … SET has set for the base; a template does not pass it.

    What only a superuser may set is left out, on both sides alike.
    """
    from psycopg import errors, sql

    names = [str(row[0]) for row in holder.execute(_SETTINGS, [base]).fetchall()]
    if not names:
        return
    statement = sql.SQL("ALTER DATABASE {} SET {} FROM CURRENT")
    with opened(url, base) as session:
        for name in names:
            setting = sql.SQL(".").join(sql.Identifier(part) for part in name.split("."))
            with suppress(errors.InsufficientPrivilege):
                session.execute(statement.format(sql.Identifier(forked), setting))


def _clear(session: Connection) -> tuple[str, ...]:
    from psycopg import errors

    dropped = []
    for (name,) in session.execute(_LEFT).fetchall():
        try:
            _drop(session, name)
        except errors.InsufficientPrivilege:  # somebody else's
            continue
        dropped.append(str(name))
    return tuple(dropped)


def _drop(session: Connection, forked: str) -> None:
    from psycopg import sql

    forced = session.info.server_version >= _FORCED_DROP
    statement = sql.SQL("DROP DATABASE IF EXISTS {}{}")
    if not forced:
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [forked]
        )
    force = sql.SQL(" WITH (FORCE)" if forced else "")
    session.execute(statement.format(sql.Identifier(forked), force))


def _hint(error: Exception) -> str:
    from psycopg import errors

    if isinstance(error, errors.InsufficientPrivilege):
        return "let its user copy databases (ALTER ROLE … CREATEDB) and own the one to be copied"
    if isinstance(error, errors.InvalidCatalogName):
        return "create the database, and let the monolith fill it, before it is copied"
    return "see that the server runs, and that the URL is right"


def _need_driver() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise ToolMissing(
            "psycopg is needed to copy a PostgreSQL database",
            where="psycopg",
            hint="pip install 'monolith-splitter[postgres]'",
        ) from error

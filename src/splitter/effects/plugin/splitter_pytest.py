"""A pytest plugin that runs with the monolith's tests and writes down what they ask and do.

    pytest -p splitter_pytest --splitter-tables FILE     which SQL each request runs
    pytest -p splitter_pytest --splitter-record FILE     the requests and answers themselves
    pytest -p splitter_pytest --splitter-outcomes FILE   how each test ended

It needs nothing but pytest and Python 3.8, so that its folder can be put on the path of the
monolith's own interpreter. The first FILE gets a JSON document a line: the request's method and
path, its endpoint, and each statement once, without its parameters. Processes of a run add to it.
"""

from __future__ import annotations

import contextvars
import functools
import importlib
import importlib.util
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

import pytest

_request: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar(
    "splitter_request", default=None
)

_listeners: list[Callable[[str], None]] = []
"""What else hears of each statement."""
_watched: set[tuple[str, str]] = set()

DRIVERS = (
    ("psycopg", "Cursor", ("execute", "executemany")),
    ("psycopg", "AsyncCursor", ("execute", "executemany")),
    ("psycopg", "ClientCursor", ("execute", "executemany")),
    ("asyncpg", "Connection", ("execute", "executemany", "fetch", "fetchrow", "fetchval")),
    ("asyncpg", "Connection", ("cursor", "prepare")),
    ("aiosqlite", "Connection", ("execute", "executemany", "executescript", "execute_fetchall")),
    ("aiosqlite", "Cursor", ("execute", "executemany", "executescript")),
    ("pymysql.cursors", "Cursor", ("execute", "executemany")),
    ("aiomysql.cursors", "Cursor", ("execute", "executemany")),
)
"""Classes in Python whose methods take a statement first."""


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("splitter")
    group.addoption(
        "--splitter-tables",
        metavar="FILE",
        default=None,
        help="write to FILE which SQL each request of the tests runs",
    )
    group.addoption(
        "--splitter-record",
        metavar="FILE",
        default=None,
        help="write the tests' requests to FILE, which splitter parity-check --cases takes",
    )
    group.addoption(
        "--splitter-outcomes",
        metavar="FILE",
        default=None,
        help="write to FILE how each test ended",
    )


def pytest_configure(config: Any) -> None:
    path = config.getoption("--splitter-tables")
    if path and not config.pluginmanager.has_plugin("splitter-tables"):
        watch = Watch(os.path.abspath(path), fresh=not hasattr(config, "workerinput"))
        config.pluginmanager.register(watch, "splitter-tables")
    path = config.getoption("--splitter-record")
    if path and not config.pluginmanager.has_plugin("splitter-record"):
        package = __package__ + "." if __package__ else ""
        recording = importlib.import_module(package + "splitter_recording")
        try:
            recorder = recording.Recorder(config, os.path.abspath(path))
        except OSError as error:
            what = f"--splitter-record: cannot write {path}: {error.strerror}"
            raise pytest.UsageError(what) from None
        config.pluginmanager.register(recorder, "splitter-record")
        _listeners.append(recorder.statement)
        _watch_sqlite()
        watch_drivers()
    path = config.getoption("--splitter-outcomes")
    if path and not hasattr(config, "workerinput"):
        package = __package__ + "." if __package__ else ""
        outcomes = importlib.import_module(package + "splitter_outcomes")
        if not config.pluginmanager.has_plugin("splitter-outcomes"):
            config.pluginmanager.register(outcomes.Outcomes(path), "splitter-outcomes")


def pytest_runtest_setup() -> None:
    """An application may import its driver late."""
    if _watched:
        watch_drivers()


class Watch:
    """What was seen so far, by request and statement."""

    def __init__(self, path: str, *, fresh: bool) -> None:
        self.path = path
        self.seen: dict[tuple[str, str, str], set[str]] = {}
        self.requests = 0
        if fresh:
            open(path, "w", encoding="utf-8").close()
        _watch_sqlite()
        self._watch_application()
        watch_drivers()

    def pytest_sessionfinish(self) -> None:
        lines = [
            {"method": m, "path": p, "endpoint": e, "statements": sorted(found)}
            for (m, p, e), found in sorted(self.seen.items())
        ]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        with open(self.path, "a", encoding="utf-8") as stream:
            stream.write(text)

    def _watch_application(self) -> None:
        """Every request goes through an application's `__call__`, that of FastAPI included."""
        if importlib.util.find_spec("starlette") is None:
            return
        starlette = importlib.import_module("starlette.applications").Starlette
        answer = starlette.__call__
        watch = self

        @functools.wraps(answer)
        async def watched(self: Any, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] not in ("http", "websocket") or _request.get() is not None:
                await answer(self, scope, receive, send)
                return
            watch_drivers()
            request: dict[str, Any] = {"statements": set(), "path": scope.get("path", "")}
            token = _request.set(request)
            try:
                await answer(self, scope, receive, send)
            finally:
                _request.reset(token)
                watch.keep(scope, request)

        starlette.__call__ = watched

    def keep(self, scope: Any, request: dict[str, Any]) -> None:
        """The routing has left the endpoint in the scope."""
        self.requests += 1
        route = getattr(scope.get("route"), "path", None) or request["path"]
        endpoint = _name(scope.get("endpoint"))
        key = (scope.get("method", "WEBSOCKET"), route, endpoint)
        self.seen.setdefault(key, set()).update(request["statements"])


def watch_drivers() -> None:
    """Listen to what was imported since."""
    if "sqlalchemy" in sys.modules and ("sqlalchemy", "") not in _watched:
        _watched.add(("sqlalchemy", ""))
        _watch_sqlalchemy()
    for module, name, methods in DRIVERS:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None:
            for method in methods:
                if (module, name + "." + method) not in _watched:
                    _watched.add((module, name + "." + method))
                    _watch_method(kind, method)


def _name(endpoint: Any) -> str:
    while hasattr(endpoint, "__wrapped__") and not hasattr(endpoint, "__qualname__"):
        endpoint = endpoint.__wrapped__
    endpoint = getattr(endpoint, "func", endpoint)
    module = getattr(endpoint, "__module__", None)
    name = getattr(endpoint, "__qualname__", None)
    return f"{module}:{name}" if module and name else ""


def _note(statement: Any) -> None:
    request = _request.get()
    if request is None and not _listeners:
        return
    if hasattr(statement, "as_string"):
        try:
            statement = statement.as_string(None)
        except Exception:
            return
    text = statement.decode("utf-8", "replace") if isinstance(statement, bytes) else str(statement)
    for listener in _listeners:
        listener(text)
    if request is not None:
        request["statements"].add(text)


def _watch_sqlalchemy() -> None:
    event = importlib.import_module("sqlalchemy.event")
    engine = importlib.import_module("sqlalchemy.engine").Engine

    def before(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        _note(statement)

    event.listen(engine, "before_cursor_execute", before)


def _watch_method(kind: Any, method: str) -> None:
    run = kind.__dict__.get(method)
    if run is None:
        return

    @functools.wraps(run)
    def watched(self: Any, query: Any, *args: Any, **named: Any) -> Any:
        _note(query)
        return run(self, query, *args, **named)

    setattr(kind, method, watched)


def _watch_sqlite() -> None:
    """Connections of the standard library, whose classes cannot be changed, get subclasses."""
    if ("sqlite3", "") in _watched:
        return
    _watched.add(("sqlite3", ""))
    connect = sqlite3.connect

    @functools.wraps(connect)
    def watched(*args: Any, **named: Any) -> Any:
        if len(args) <= 5:
            named["factory"] = _watched_connection(named.get("factory", sqlite3.Connection))
        return connect(*args, **named)

    sqlite3.connect = watched
    importlib.import_module("sqlite3.dbapi2").connect = watched  # type: ignore[attr-defined]


@functools.lru_cache(maxsize=None)  # noqa: UP033 - Python 3.8
def _watched_connection(kind: Any) -> Any:
    class Connection(kind):  # type: ignore[misc]
        def cursor(self, factory: Any = sqlite3.Cursor) -> Any:
            return super().cursor(_watched_cursor(factory))

        execute = _first_noted(kind.execute)
        executemany = _first_noted(kind.executemany)
        executescript = _first_noted(kind.executescript)

    return Connection


@functools.lru_cache(maxsize=None)  # noqa: UP033 - Python 3.8
def _watched_cursor(kind: Any) -> Any:
    if not isinstance(kind, type):
        return kind

    class Cursor(kind):  # type: ignore[misc]
        execute = _first_noted(kind.execute)
        executemany = _first_noted(kind.executemany)
        executescript = _first_noted(kind.executescript)

    return Cursor


def _first_noted(run: Callable[..., Any]) -> Callable[..., Any]:
    def noted(self: Any, statement: Any, *args: Any, **named: Any) -> Any:
        _note(statement)
        return run(self, statement, *args, **named)

    return noted

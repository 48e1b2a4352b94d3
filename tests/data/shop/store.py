"""The rows of the shop."""

import os
import sqlite3
import threading
from datetime import UTC, datetime

TABLES = """
CREATE TABLE IF NOT EXISTS logins (token TEXT PRIMARY KEY, at TEXT);
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY, token TEXT, reference TEXT, created_at TEXT, changed_at TEXT,
    name TEXT, price REAL, note TEXT, tags TEXT);
CREATE INDEX IF NOT EXISTS items_of ON items (token);
CREATE TABLE IF NOT EXISTS log (token TEXT, entry TEXT);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT);
"""


kept = threading.local()


def opened():
    """The connection of this thread."""
    if not hasattr(kept, "connection"):
        path = os.environ.get("DATABASE_URL", "sqlite:///shop.db").removeprefix("sqlite:///")
        kept.connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        kept.connection.row_factory = sqlite3.Row
        kept.connection.execute("PRAGMA synchronous = OFF")
    return kept.connection


def prepare():
    opened().executescript(TABLES)


def put(table, **values):
    names = ", ".join(values)
    marks = ", ".join("?" * len(values))
    return opened().execute(
        f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", [*values.values()]
    )


def now():
    return datetime.now(UTC).isoformat()

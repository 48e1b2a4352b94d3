"""The rows of the shop."""

import os
import sqlite3
from datetime import UTC, datetime

TABLES = """
CREATE TABLE IF NOT EXISTS logins (token TEXT PRIMARY KEY, at TEXT);
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY, token TEXT, reference TEXT, created_at TEXT, changed_at TEXT,
    name TEXT, price REAL, note TEXT, tags TEXT);
CREATE TABLE IF NOT EXISTS log (token TEXT, entry TEXT);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT);
"""


def opened():
    path = os.environ.get("DATABASE_URL", "sqlite:///shop.db").removeprefix("sqlite:///")
    found = sqlite3.connect(path, isolation_level=None)
    found.row_factory = sqlite3.Row
    return found


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

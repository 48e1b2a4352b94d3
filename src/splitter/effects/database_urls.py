"""Database URLs as SQLAlchemy writes them, taken apart and pointed elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote

from splitter.errors import DatabaseError

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
_KINDS = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "postgres": POSTGRESQL}
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][\w+.-]*)://"
    r"(?:(?P<user>[^:/@?]*)(?::(?P<password>[^@]*))?@)?"
    r"(?P<hosts>[^/?]*)(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?"
)


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A URL in its parts, each as it was written, quoted.

    `kind` is the database's, whatever the driver. `before` and `after` are what stands around
    `database`; the three together are the URL.
    """

    kind: str
    before: str
    database: str
    after: str
    user: str
    password: str
    hosts: str

    def __str__(self) -> str:
        return self.before + self.database + self.after

    @property
    def shown(self) -> str:
        """The URL without its password."""
        return str(self).replace(f":{self.password}@", ":***@", 1) if self.password else str(self)

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.after.removeprefix("?"), keep_blank_values=True)

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database, as given; None for one in memory and for other kinds."""
        name = _plain(self.database)
        if self.kind != SQLITE or name in ("", ":memory:") or self.query.get("mode") == ["memory"]:
            return None
        as_written = Path(name)
        return as_written if "%" not in name or as_written.exists() else Path(unquote(name))

    def at_file(self, file: Path) -> DatabaseUrl:
        """The same for a SQLite database in another file."""
        if self.database.startswith("file:"):
            return self.named("file:" + quote(str(file)))
        return self.named(str(file))

    def named(self, database: str) -> DatabaseUrl:
        """The same for a database of another name."""
        return replace(self, database=database)


def parse(url: str) -> DatabaseUrl:
    """Take a URL apart. Raises DatabaseError for what is no URL, without showing it."""
    match = _URL.fullmatch(url)
    if match is None:
        raise DatabaseError(
            "the database URL is none that SQLAlchemy would take",
            hint="it looks like sqlite:///app.db or postgresql+asyncpg://user:password@host/name",
        )
    part = {name: value or "" for name, value in match.groupdict().items()}
    kind = part["scheme"].partition("+")[0].lower()
    start = match.start("database") if match["database"] is not None else match.end("hosts")
    end = start + len(part["database"])
    before, hosts = url[:start], part["hosts"]
    if kind == SQLITE and hosts:  # sqlite://app.db, as Tortoise writes it
        before, start, hosts = url[: match.start("hosts")], match.start("hosts"), ""
    return DatabaseUrl(
        _KINDS.get(kind, kind),
        before,
        url[start:end],
        url[end:],
        part["user"],
        part["password"],
        hosts,
    )


def _plain(database: str) -> str:
    """The path in `file:path`, `file:///path`, or the path itself."""
    if not database.startswith("file:"):
        return database
    path = database.removeprefix("file:")
    return unquote("/" + path.lstrip("/") if path.startswith("//") else path)

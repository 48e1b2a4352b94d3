"""The rows in which one SQLite file differs from another, found by SQLite itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from splitter.errors import DatabaseError
from splitter.model.jsontext import Json
from splitter.model.rows import Row, TableChanges

_TABLES = """
    SELECT name, rootpage FROM {}.sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""


def changes(before: Path, after: Path) -> Mapping[str, TableChanges]:
    """By table, of those where something changed. Virtual tables and what they keep are left out.

    DatabaseError where SQLite cannot read one of the files.
    """
    try:
        with closing(sqlite3.connect(after, isolation_level=None)) as both:
            both.text_factory = _text
            both.execute("ATTACH ? AS earlier", [str(before)])
            tables = {*_tables(both, "earlier"), *_tables(both, "main")}
            found = {table: _changed(both, table) for table in sorted(tables)}
            return {table: changed for table, changed in found.items() if changed.changes}
    except sqlite3.Error as error:
        raise DatabaseError(
            f"the rows of a SQLite database cannot be compared: {error}",
            where=str(after),
            hint='isolation = "run" under [database] in splitter.toml does without it',
        ) from error


def _tables(both: sqlite3.Connection, schema: str) -> list[str]:
    found = both.execute(_TABLES.format(schema)).fetchall()
    virtual = [f"{name}_" for name, root in found if not root]
    return [name for name, root in found if root and not name.startswith(tuple(virtual))]


def _changed(both: sqlite3.Connection, table: str) -> TableChanges:
    earlier, later = _columns(both, "earlier", table), _columns(both, "main", table)
    key = tuple(name for name, place in sorted(later.items(), key=lambda c: c[1]) if place)
    if earlier and later and list(earlier) != list(later):
        rows = (_all(both, "earlier", table, [*earlier]), _all(both, "main", table, [*later]))
        return TableChanges.of(key, *rows)
    columns = list(later or earlier)
    one, other = (
        _select(schema, table, columns, counted=not key) if held else ""
        for schema, held in (("earlier", earlier), ("main", later))
    )
    gone, new = _without(both, columns, one, other), _without(both, columns, other, one)
    return TableChanges.of(key, *_more(gone, new))


def _columns(both: sqlite3.Connection, schema: str, table: str) -> dict[str, int]:
    """The place of each column in the primary key, from 1; 0 where it is not in it."""
    found = both.execute(f"PRAGMA {schema}.table_xinfo({_quoted(table)})").fetchall()
    return {name: place for _, name, _, _, _, place, hidden in found if hidden != 1}


def _select(schema: str, table: str, columns: Sequence[str], *, counted: bool) -> str:
    """Every row with the types of its values, for 1 and 1.0 are one to EXCEPT, and so are texts
    that their collation takes for one; `counted`, equal rows are one, with their number."""
    names = [_quoted(name) for name in columns]
    parts = [f"{name} COLLATE BINARY" for name in names]
    parts.append(" || ' ' || ".join(f"typeof({name})" for name in names))
    group = ", ".join(str(n) for n in range(1, len(parts) + 1))
    parts.append("count(*)" if counted else "1")
    grouping = f" GROUP BY {group}" if counted else ""
    return f"SELECT {', '.join(parts)} FROM {schema}.{_quoted(table)}{grouping}"


def _without(
    both: sqlite3.Connection, columns: Sequence[str], one: str, other: str
) -> list[tuple[Row, int]]:
    """The rows of one that the other has not, or not as often, with how often."""
    if not one:
        return []
    found = both.execute(f"SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other})" if other else one)
    return [(_row(columns, values), values[-1]) for values in found]


def _more(
    gone: list[tuple[Row, int]], new: list[tuple[Row, int]]
) -> tuple[Iterator[Row], Iterator[Row]]:
    """Each row as often as there are more of it on one side."""
    numbers = {_spelled(row): often for row, often in gone}
    others = {_spelled(row): often for row, often in new}
    return (
        (row for row, n in gone for _ in range(n - others.get(_spelled(row), 0))),
        (row for row, n in new for _ in range(n - numbers.get(_spelled(row), 0))),
    )


def _spelled(row: Row) -> str:
    return repr(list(row.values()))


def _all(
    both: sqlite3.Connection, schema: str, table: str, columns: Sequence[str]
) -> Iterator[Row]:
    names = ", ".join(map(_quoted, columns))
    for values in both.execute(f"SELECT {names} FROM {schema}.{_quoted(table)}").fetchall():
        yield _row(columns, values)


def _row(columns: Sequence[str], values: Sequence[object]) -> Row:
    return {name: _json(value) for name, value in zip(columns, values, strict=False)}


def _json(value: object) -> Json:
    if isinstance(value, float):
        return Decimal(repr(value)) if abs(value) != float("inf") else str(value)
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    assert value is None or isinstance(value, int | str)
    return value


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

"""The rows in which one PostgreSQL database differs from another, without reading all of them.

The server adds up a digest for each of many parts of a table; only the rows of parts whose digests
differ are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitter.effects import postgres_forks
from splitter.effects.database_urls import DatabaseUrl
from splitter.model.jsontext import read
from splitter.model.rows import Row, TableChanges

if TYPE_CHECKING:
    from psycopg import Connection

Parts = Mapping[int, tuple[int, int]]
"""How many rows each part has, and the sum of their digests."""

_PARTS = 256
_TABLES = """
    SELECT n.nspname, c.relname, coalesce(array(
        SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number ORDER BY k.place
    ), '{}')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    ORDER BY 1, 2
"""
_SETTINGS = (
    "SET TimeZone TO 'UTC'; SET DateStyle TO 'ISO, YMD'; SET IntervalStyle TO 'iso_8601'; "
    "SET bytea_output TO 'hex'; SET extra_float_digits TO 1; "
    "SET default_transaction_read_only TO on"
)
_DIGEST = 'hashtextextended(("splitter row".*)::text COLLATE "C", 0)'
_SUMS = f"""
    SELECT digest & {_PARTS - 1}, count(*), sum(digest)
    FROM (SELECT {_DIGEST} AS digest FROM {{}} AS "splitter row") AS rows GROUP BY 1
"""
_ROWS = f"""
    SELECT row_to_json("splitter row".*)::text FROM {{}} AS "splitter row"
    WHERE {_DIGEST} & {_PARTS - 1} = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Digest:
    """A table: where it is, its primary key, and what its parts add up to."""

    schema: str
    table: str
    key: tuple[str, ...]
    parts: Parts

    @property
    def name(self) -> str:
        return self.table if self.schema == "public" else f"{self.schema}.{self.table}"


def changes(
    before: DatabaseUrl, after: DatabaseUrl, known: dict[str, Digest]
) -> Mapping[str, TableChanges]:
    """By table, of those where something changed. `known` are the digests of `before`, or are
    put there. DatabaseError where the server does not let the rows be read."""
    with _reading(after) as later, _reading(before) as earlier:
        if not known:
            known.update(_digests(earlier))
        digests = _digests(later)
        found = {}
        for name in sorted({*known, *digests}):
            touched = _touched(known.get(name), digests.get(name))
            if touched:
                found[name] = _changed(
                    (earlier, known.get(name)), (later, digests.get(name)), touched
                )
        return {name: changed for name, changed in found.items() if changed.changes}


@contextmanager
def _reading(url: DatabaseUrl) -> Iterator[Connection]:
    name = postgres_forks.parameters(url)["dbname"]
    with postgres_forks.opened(url, name) as session:
        session.execute(_SETTINGS)
        yield session


def _digests(session: Connection) -> dict[str, Digest]:
    from psycopg import sql

    found = {}
    for schema, table, key in session.execute(_TABLES).fetchall():
        sums = session.execute(sql.SQL(_SUMS).format(sql.Identifier(schema, table))).fetchall()
        parts = {int(part): (int(number), int(total)) for part, number, total in sums}
        digest = Digest(schema, table, tuple(key), parts)
        found[digest.name] = digest
    return found


def _touched(before: Digest | None, after: Digest | None) -> list[int]:
    earlier = before.parts if before else {}
    later = after.parts if after else {}
    return sorted(n for n in {*earlier, *later} if earlier.get(n) != later.get(n))


def _changed(
    earlier: tuple[Connection, Digest | None],
    later: tuple[Connection, Digest | None],
    touched: Sequence[int],
) -> TableChanges:
    gone, new = (_rows(*side, touched) for side in (earlier, later))
    held = later[1] or earlier[1]
    return TableChanges.of(
        held.key if held else (),
        (_row(text) for text in (gone - new).elements()),
        (_row(text) for text in (new - gone).elements()),
    )


def _rows(session: Connection, digest: Digest | None, touched: Sequence[int]) -> Counter[str]:
    from psycopg import sql

    if digest is None:
        return Counter()
    query = sql.SQL(_ROWS).format(sql.Identifier(digest.schema, digest.table))
    return Counter(text for (text,) in session.execute(query, [list(touched)]))


def _row(text: str) -> Row:
    found = read(text)
    assert isinstance(found, dict)
    return found

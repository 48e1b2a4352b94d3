"""Rows of a database that a session has changed, table by table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from splitter.model.jsontext import Json, write

Row = Mapping[str, Json]
"""JSON values by column, in the order of the columns."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after; None where it was not, or is no more."""

    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What changed in a table. `key` are the columns of its primary key; without one, rows are
    told apart by content, and a row that was changed is one gone and one new."""

    key: tuple[str, ...]
    changes: tuple[Change, ...]

    @classmethod
    def of(cls, key: tuple[str, ...], gone: Iterable[Row], new: Iterable[Row]) -> TableChanges:
        """What lies between rows that are no more and rows that were not."""
        before = list(gone)
        places = {_key(row, key): place for place, row in enumerate(before)} if key else {}
        changes: list[Change] = []
        met: set[int] = set()
        for row in new:
            place = places.get(_key(row, key))
            changes.append(Change(None if place is None else before[place], row))
            met |= {place} if place is not None else set()
        left = (Change(row, None) for place, row in enumerate(before) if place not in met)
        return cls(key, (*left, *changes))


Changes = Mapping[str, TableChanges]
"""By table; those where nothing changed are not there."""


def _key(row: Row, columns: tuple[str, ...]) -> str:
    return write([row.get(name) for name in columns])

"""Rows of a database that a session has changed, table by table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Row = Mapping[str, object]
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


Changes = Mapping[str, TableChanges]
"""By table; those where nothing changed are not there."""

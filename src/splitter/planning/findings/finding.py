"""A finding with the services that it is between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from splitter.model.changes import Note
from splitter.planning.parties import MONOLITH


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`note` as it is told; `services` are those that it concerns."""

    note: Note
    services: tuple[str, ...] = ()


def finding(
    path: str, line: int, code: str, what: str, parties: Iterable[str], *, blocks: bool = False
) -> Finding:
    """A finding at a place, told of some parties; only a planned service can be blocked."""
    services = tuple(sorted(set(parties) - {MONOLITH}))
    return Finding(Note(path, line, code, what, blocks and bool(services)), services)

"""What the requests of the monolith's tests did to its tables, from the SQL that they ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from splitter.discovery import sql
from splitter.model.monolith import Observation, Route


def observations(
    requests: Iterable[Mapping[str, Any]], routes: Sequence[Route]
) -> tuple[Observation, ...]:
    """Every table that an endpoint was seen to read or write. Requests to no route are left out."""
    known = {route.endpoint for route in routes}
    by_path = {(m, r.path): r.endpoint for r in routes for m in (*r.methods, "WEBSOCKET")}
    found: set[Observation] = set()
    for request in requests:
        endpoint = request["endpoint"]
        if endpoint not in known:
            endpoint = by_path.get((request["method"], request["path"]), "")
        if endpoint:
            for statement in request["statements"]:
                found.update(Observation(endpoint, t.table, t.mode) for t in _touches(statement))
    return tuple(sorted(found))


@cache
def _touches(statement: str) -> tuple[sql.Touch, ...]:
    return tuple(_surely(statement))


def _surely(statement: str) -> Iterator[sql.Touch]:
    if sql.is_sql(statement, surely=True):
        yield from sql.touches(statement)

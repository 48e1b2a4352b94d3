"""Which tables the routes read and write: by the code that they reach, and as the tests saw it."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from splitter.model.monolith import Access, Observation, Route, Table
from splitter.planning.parties import Parties
from splitter.planning.pieces import Piece
from splitter.planning.reaching import Reach

Matrix = Mapping[str, Mapping[str, str]]
"""Party → table → `r`, `w` or `rw`."""


class Evidence:
    """The uses of tables by the piece of code that they are in."""

    def __init__(self, parties: Parties, tables: Iterable[Table]) -> None:
        self._parties = parties
        self._spans: dict[str, tuple[list[int], list[tuple[int, Piece]]]] = {}
        self.uses: dict[Piece, list[tuple[str, str, str]]] = defaultdict(list)
        """Piece → (table, mode, `file:line`)."""
        for table in tables:
            for use in table.uses:
                piece = self._piece(use.module, use.line)
                if piece is not None:
                    at = f"{parties.program.views[use.module].path}:{use.line}"
                    self.uses[piece].append((table.name, use.mode, at))

    def of(self, reach: Reach) -> Iterator[tuple[str, str, str]]:
        """The uses in all that was reached."""
        for piece in self.uses.keys() & reach.pieces:
            yield from self.uses[piece]

    def by_each(self, routes: Sequence[Route]) -> Iterator[tuple[str, tuple[str, str, str]]]:
        """The uses in what each of some routes reaches, by its endpoint."""
        reached = self._parties.reached_by(routes)
        for piece in self.uses.keys() & reached.keys():
            for at, route in enumerate(routes):
                if reached[piece] >> at & 1:
                    yield from ((route.endpoint, use) for use in self.uses[piece])

    def _piece(self, module: str, line: int) -> Piece | None:
        """The piece that a line is in: the innermost of those that begin before it."""
        if module not in self._spans:
            spans = sorted(self._spans_in(module))
            self._spans[module] = [start for start, *_ in spans], [s[1:] for s in spans]
        starts, rest = self._spans[module]
        for at in range(bisect.bisect_right(starts, line) - 1, -1, -1):
            end, piece = rest[at]
            if line <= end:
                return piece
            if not piece[2]:
                return None
        return None

    def _spans_in(self, module: str) -> Iterator[tuple[int, int, Piece]]:
        view = self._parties.program.views.get(module)
        for statement in view.statements if view else ():
            yield statement.line, statement.end_line, (module, statement.index, "")
            for name, node in self._parties.reaching.methods((module, statement.index)).items():
                end = int(getattr(node, "end_lineno", 0))
                yield int(getattr(node, "lineno", 0)), end, (module, statement.index, name)


def accesses(
    parties: Parties, evidence: Evidence, routes: Sequence[Route], seen: Iterable[Observation]
) -> tuple[Access, ...]:
    """Every endpoint with the tables that it reads and writes, and how that is known."""
    found: dict[tuple[str, str, str], set[str]] = {}
    ways: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    asked = {r.endpoint: r for r in routes if r.file and r.kind != "mount"}
    for endpoint, (table, mode, at) in evidence.by_each(list(asked.values())):
        key = (endpoint, table, mode)
        found.setdefault(key, set()).add(at)
        ways[key].add("static")
    spelled = {table.lower(): table for _, table, _ in found}
    for each in seen:
        table = spelled.get(each.table.lower(), each.table)
        ways[each.endpoint, table, each.mode].add("runtime")
    return tuple(
        Access(*key, tuple(sorted(ways[key], reverse=True)), tuple(sorted(found.get(key, ()))))
        for key in sorted(ways)
    )


def matrix(parties: Parties, found: Iterable[Access]) -> Matrix:
    """The tables of each party's routes."""
    owner = {route.endpoint: p.name for p in parties.members for route in p.routes}
    modes: dict[str, dict[str, set[str]]] = {p.name: defaultdict(set) for p in parties.members}
    for access in found:
        if access.endpoint in owner:
            modes[owner[access.endpoint]][access.table].add(access.mode[0])
    return {
        name: {table: "".join(sorted(letters)) for table, letters in sorted(of.items())}
        for name, of in modes.items()
    }

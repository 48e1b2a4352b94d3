"""Tables that several parties write, transactions over them, and what ties tables together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from splitter.discovery.sql import UNKNOWN
from splitter.model.monolith import Access, Route, Table
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.parties import MANY, Parties, Party, listed


class Ownership:
    """Who writes which table: party → table → the endpoints that do."""

    def __init__(self, parties: Parties, accesses: Iterable[Access]) -> None:
        self._routes = {r.endpoint: r for p in parties.members for r in p.routes}
        self._party = {r.endpoint: p.name for p in parties.members for r in p.routes}
        self.writers: dict[str, Counter[str]] = defaultdict(Counter)
        self.by_endpoint: dict[str, dict[str, Access]] = defaultdict(dict)
        for access in accesses:
            party = self._party.get(access.endpoint)
            if party and access.mode == "write":
                self.writers[access.table][party] += 1
                self.by_endpoint[access.endpoint][access.table] = access

    def first_write(self, table: str) -> tuple[str, int]:
        """Where a table without a model is written first, or else a route that was seen to."""
        writing = [e for e, found in self.by_endpoint.items() if table in found]
        told = {at.rpartition(":") for e in writing for at in self.by_endpoint[e][table].at}
        places = {(path, int(line)) for path, _, line in told}
        places = places or {(self._routes[e].file, self._routes[e].line) for e in writing}
        return min(places)

    def owner(self, table: str) -> str:
        """The party that writes a table, or does so by far the most; empty if it is nobody's.

        What three or more write is nobody's: an audit trail, an outbox.
        """
        writers = self.writers.get(table, Counter()) if table != UNKNOWN else Counter()
        ranked = writers.most_common(1)
        if (
            table == UNKNOWN
            or not ranked
            or len(writers) > 2
            or 2 * ranked[0][1] <= writers.total()
        ):
            return ""
        return ranked[0][0]


def unread_sql(parties: Parties, tables: Iterable[Table]) -> Iterator[Finding]:
    """Statements in which the name of a table is put together; once for each module."""
    told: set[str] = set()
    for use in (use for table in tables if table.name == UNKNOWN for use in table.uses):
        piece = parties.reaching.piece_at(use.module, use.line)
        names = parties.with_piece(piece)
        if use.module not in told and names:
            told.add(use.module)
            path = parties.program.views[use.module].path
            what = "the name of a table in SQL is known only at run time"
            yield finding(path, use.line, "SPL027", what, names)


def shared_tables(
    parties: Parties, ownership: Ownership, tables: Iterable[Table]
) -> Iterator[Finding]:
    """Tables that several parties write; those that the same many write are told together."""
    together: dict[tuple[str, ...], list[Table]] = defaultdict(list)
    for table in (t for t in tables if t.name != UNKNOWN):
        writers = tuple(sorted(ownership.writers.get(table.name, ())))
        if len(writers) > 1:
            together[writers if len(writers) > MANY else (*writers, table.name)].append(table)
    for found in together.values():
        writers = tuple(sorted(ownership.writers[found[0].name]))
        many = "table" if len(found) == 1 else "tables"
        verb = "is" if len(found) == 1 else "are"
        what = f"{many} {listed([t.name for t in found])} {verb} written by {parties.told(writers)}"
        path, line = found[0].file, found[0].line
        if not path:
            path, line = ownership.first_write(found[0].name)
        yield finding(path, line, "SPL016", what, writers)


def spanning_transactions(parties: Parties, ownership: Ownership) -> Iterator[Finding]:
    """Endpoints that write what others own along with what is theirs, told once for each pair."""
    for party in parties.members:
        found: dict[str, list[tuple[Route, tuple[str, ...]]]] = defaultdict(list)
        for route in {r.endpoint: r for r in party.routes}.values():
            for owner, written in _foreign(parties, ownership, party, route).items():
                found[owner].append((route, written))
        for owner, cases in sorted(found.items()):
            yield _spanning(party, owner, cases)


def _foreign(
    parties: Parties, ownership: Ownership, party: Party, route: Route
) -> Mapping[str, tuple[str, ...]]:
    """The tables of others that a route writes, by their owner, if it writes its party's too."""
    written = ownership.by_endpoint.get(route.endpoint, {})
    owners = {t: ownership.owner(t) for t in written}
    others = {owner for owner in owners.values() if owner and owner != party.name}
    if not others or party.name not in owners.values() or not _commits(parties, route):
        return {}
    return {o: tuple(sorted(t for t in owners if owners[t] == o)) for o in others}


def _commits(parties: Parties, route: Route) -> bool:
    return not parties.reached([route]).attributes.isdisjoint({"commit", "begin", "transaction"})


def _spanning(party: Party, owner: str, cases: list[tuple[Route, tuple[str, ...]]]) -> Finding:
    first = min((route for route, _ in cases), key=lambda r: (r.file, r.line))
    tables = sorted({t for _, written in cases for t in written})
    more = f" and {len(cases) - 1} more of {party.name}" if len(cases) > 1 else ""
    where = f"{','.join(first.methods) or first.kind} {first.path}{more}"
    verb = "write" if len(cases) > 1 else "writes"
    what = f"{where} also {verb} {listed(tables)} of {owner} in one transaction"
    return finding(first.file, first.line, "SPL018", what, (party.name, owner))


def ties(parties: Parties, ownership: Ownership, tables: Iterable[Table]) -> Iterator[Finding]:
    """Tables that are tied to those of others by a foreign key or relationship, each tie once."""
    known = {table.name: table for table in tables if table.file}
    owners = {name: ownership.owner(name) for name in known}
    tied: dict[str, set[str]] = defaultdict(set)
    for name, table in known.items():
        for other in table.references:
            if owners.get(other) and owners[name] and owners[name] != owners[other]:
                tied[name].add(other)
                tied[other].add(name)
    while tied:
        name = min(tied, key=lambda n: (-len(tied[n]), not known[n].cascades, n))
        others = tied.pop(name)
        yield _tie(known[name], owners[name], {other: owners[other] for other in others})
        for other in others:
            tied[other].discard(name)
        tied = defaultdict(set, {n: found for n, found in tied.items() if found})


def _tie(table: Table, owner: str, across: Mapping[str, str]) -> Finding:
    told = listed([f"{t} ({o})" for t, o in sorted(across.items())])
    what = f"table {table.name} ({owner}) is tied to {told}"
    cascading = sorted(across.keys() & set(table.cascades))
    if cascading:
        what += f"; deleting its rows deletes those of {listed(cascading)}"
    return finding(table.file, table.line, "SPL019", what, {owner, *across.values()})

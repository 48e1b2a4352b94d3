"""The routing table brought in line with the routes that there are, and routes moved in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from splitter.actions.routing_file import PATH
from splitter.model.changes import Note
from splitter.model.monolith import Route
from splitter.model.routing import MONOLITH, Entry, Key, RoutingTable, State, share

GONE = "SPL096"
OTHER_WORD = "SPL097"
_FULL = (State.SERVICE, State.RETIRED)


def whole(
    table: RoutingTable,
    routes: Sequence[Route],
    owned: Mapping[str, Sequence[Route]],
    live: Collection[str] = (),
) -> tuple[RoutingTable, tuple[Note, ...]]:
    """The table for `routes` in the order in which the monolith tries them.

    `owned` are the routes of each service. A route that no command has moved is the monolith's,
    or its service's if that is one of `live`. One that moved keeps its state as long as it has the
    same owner. Of the routes that the monolith no longer has, those stay that a service serves.
    """
    owners = {_key(r): name for name in reversed([*owned]) for r in owned[name]}
    known = {entry.key: entry for entry in table.entries}
    found: dict[Key, Entry] = {}
    notes: list[Note] = []
    for route in routes:
        new = Entry(route.methods, route.path, route.kind, owners.get(_key(route), MONOLITH))
        old = known.get(new.key, new)
        entry = replace(old, methods=new.methods)
        if old.state is not State.RETIRED:
            entry = _kept(entry, new.owner, live)
        if old.moved and entry.owner != old.owner:
            notes.append(_note(f"{old.title} is not {old.owner}'s any more: back to the monolith"))
        found.setdefault(new.key, entry)
    kept, gone = _with_the_past(table, found)
    notes += [_note(f"the monolith no longer has {e.title}: forgotten") for e in gone]
    return kept, (*notes, *_contradictions(kept, live))


def moved(
    table: RoutingTable,
    service: str,
    state: State,
    *,
    percent: int = 0,
    when: str,
    by: str,
    only: Collection[Key] | None = None,
) -> RoutingTable:
    """The table with the service's routes, or `only` some of them, in another state.

    What is retired stays so: the monolith has it no longer. What is there already is not touched.
    """

    def after(entry: Entry) -> Entry:
        if entry.owner != service or entry.state is State.RETIRED:
            return entry
        if only is not None and entry.key not in only:
            return entry
        new = replace(entry, state=state, percent=share(state, percent))
        return entry if new == entry and entry.moved else replace(new, moved=when, by=by)

    return RoutingTable(tuple(after(entry) for entry in table.entries))


def served(table: RoutingTable, live: Collection[str]) -> frozenset[str]:
    """The services that have all their traffic: by the table once it moved, before by `live`."""
    begun = {entry.owner for entry in table.entries if entry.moved}
    return (table.served() & begun) | (frozenset(live) - begun)


def as_route(entry: Entry) -> Route:
    """The entry as a route of which nothing is known but what it answers to."""
    return Route(entry.methods, entry.path, "", "", 0, kind=entry.kind)


def _key(route: Route) -> Key:
    return route.kind, route.path, tuple(sorted(route.methods))


def _kept(entry: Entry, owner: str, live: Collection[str]) -> Entry:
    if entry.moved and entry.owner == owner:
        return entry
    state = State.SERVICE if owner in live and not entry.moved else State.MONOLITH
    start = Entry(entry.methods, entry.path, entry.kind, owner)
    return replace(start, state=state, percent=share(state, 0))


def _with_the_past(
    table: RoutingTable, found: Mapping[Key, Entry]
) -> tuple[RoutingTable, list[Entry]]:
    """With what a service serves and the monolith no longer has, behind what it came after."""
    entries, gone, before = list(found.values()), [], None
    for entry in table.entries:
        if entry.key not in found and entry.state in _FULL:
            place = next((n for n, e in enumerate(entries, 1) if before and e.key == before), 0)
            entries.insert(place, entry)
        elif entry.key not in found:
            gone += [entry] if entry.moved else []
            continue
        before = entry.key
    return RoutingTable(tuple(entries)), gone


def _contradictions(table: RoutingTable, live: Collection[str]) -> list[Note]:
    served = table.served()
    return [
        _note(
            f"gateway.live names {name}, but the routes moved since say otherwise, and they decide",
            OTHER_WORD,
        )
        for name in live
        if name not in served and any(entry.moved for entry in table.of(name))
    ]


def _note(what: str, code: str = GONE) -> Note:
    return Note(PATH, 0, code, what)

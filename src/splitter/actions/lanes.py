"""The routing table as gateways need it: rules that tell a lane, and what each lane is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from splitter.actions.ownership import digest
from splitter.actions.routing import Table, table
from splitter.actions.traffic import as_route
from splitter.model.monolith import Route
from splitter.model.routing import MONOLITH, Entry, Key, RoutingTable, State


@dataclass(frozen=True, slots=True)
class Lane:
    """The routes of a service that have moved equally far."""

    service: str
    state: State
    percent: int

    @property
    def name(self) -> str:
        return f"{self.service}.{self.state}" + (f"{self.percent}" if self.is_canary else "")

    @property
    def upstream(self) -> str:
        """What gateways call the service."""
        return f"service_{self.service}"

    @property
    def first_digits(self) -> str:
        """What two hexadecimal digits are, of all 256, for that part of them."""
        below = max(1, round(self.percent * 256 / 100))
        whole, rest = divmod(below, 16)
        parts = [f"[{'0123456789abcdef'[:whole]}]."] if whole else []
        if rest:
            parts.append(f"{whole:x}[{'0123456789abcdef'[:rest]}]")
        return f"(?:{'|'.join(parts)})"

    @property
    def is_canary(self) -> bool:
        return self.state is State.CANARY

    @property
    def is_shadow(self) -> bool:
        return self.state is State.SHADOW

    @property
    def answers(self) -> str:
        """Who answers where all requests have the same answerer; the monolith's for a canary."""
        return self.upstream if self.percent == 100 else MONOLITH


@dataclass(frozen=True, slots=True)
class Way:
    """A route that a service may have, by a word that stays its own, and how far it has moved."""

    word: str
    title: str
    lane: Lane | None


def lane_of(entry: Entry) -> Lane | None:
    """The lane of a route, `None` where the monolith alone has it."""
    if entry.state is State.MONOLITH:
        return None
    return Lane(entry.owner, entry.state, entry.percent)


def lanes(routing: RoutingTable, services: Collection[str]) -> tuple[Table, tuple[Lane, ...]]:
    """The rules whose owners are the names of lanes, and the lanes in the order of the table.

    What belongs to none of `services` is the monolith's.
    """
    found = {
        entry.key: lane
        for entry in routing.entries
        if entry.owner in services and (lane := lane_of(entry))
    }
    rules = _rules(routing, {key: lane.name for key, lane in found.items()})
    return rules, tuple(dict.fromkeys(found.values()))


def ways(routing: RoutingTable, services: Collection[str]) -> tuple[Table, tuple[Way, ...]]:
    """The rules whose owners are the words of ways, and the ways in the order of the table.

    As `lanes`, for a gateway that looks up at each request how far a route has moved: the rules
    stay as they are while traffic moves.
    """
    found = {
        entry.key: Way(digest(repr(entry.key).encode())[:12], entry.title, lane_of(entry))
        for entry in routing.entries
        if entry.owner in services
    }
    return _rules(routing, {key: way.word for key, way in found.items()}), tuple(found.values())


def _rules(routing: RoutingTable, owners: Mapping[Key, str]) -> Table:
    """The rules of all routes; a route that is not among the keys is the monolith's."""

    def owner(route: Route, method: str) -> str:
        return owners.get((route.kind, route.path, tuple(sorted(route.methods))), MONOLITH)

    return table([as_route(entry) for entry in routing.entries], owner)

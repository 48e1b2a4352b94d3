"""Where traffic goes: for every route whose it is, how far it has moved, and who moved it when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MONOLITH = "monolith"

Key = tuple[str, str, tuple[str, ...]]
"""What tells a route from all others: its kind, its path, its methods."""


class State(StrEnum):
    """How far a route has moved, in this order."""

    MONOLITH = "monolith"
    SHADOW = "shadow"
    CANARY = "canary"
    SERVICE = "service"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Entry:
    """One route of the monolith. `owner` is the service that is to have it, or `monolith`.

    `percent` is what part of the requests the service answers: 1 to 99 while it is a canary, 100
    after that, else 0. `moved` is when that was last changed, in ISO 8601 and UTC, and `by` whom;
    both are empty for a route that no command has moved yet. `kind` is `http`, `websocket` or
    `mount`.
    """

    methods: tuple[str, ...]
    path: str
    kind: str = "http"
    owner: str = MONOLITH
    state: State = State.MONOLITH
    percent: int = 0
    moved: str = ""
    by: str = ""

    @property
    def key(self) -> Key:
        return self.kind, self.path, tuple(sorted(self.methods))

    @property
    def title(self) -> str:
        """As a person writes it: `GET /api/transactions`."""
        word = ",".join(self.methods) or {"http": "ANY"}.get(self.kind, self.kind.upper())
        return f"{word} {self.path}"


@dataclass(frozen=True, slots=True)
class RoutingTable:
    """All routes, in the order in which the application tries them."""

    entries: tuple[Entry, ...] = ()

    def of(self, service: str) -> tuple[Entry, ...]:
        """The routes of one service."""
        return tuple(entry for entry in self.entries if entry.owner == service)

    def served(self) -> frozenset[str]:
        """The services that answer all requests for all their routes."""
        full = (State.SERVICE, State.RETIRED)
        owners = {entry.owner for entry in self.entries} - {MONOLITH}
        return frozenset(o for o in owners if all(e.state in full for e in self.of(o)))


def share(state: State, percent: int) -> int:
    """The percentage that goes with a state; `percent` counts for a canary only."""
    if state is State.CANARY:
        return percent
    return 100 if state in (State.SERVICE, State.RETIRED) else 0


def summary(entries: Iterable[Entry]) -> str:
    """How far some routes are, in a few words: `3 service, 1 canary 10 %`."""
    words = [f"canary {e.percent} %" if e.state is State.CANARY else e.state for e in entries]
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))

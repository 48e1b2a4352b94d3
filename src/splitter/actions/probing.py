"""Requests that show whether a gateway does what the routing table says, and who is to answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from splitter.actions.paths import PARAMETER, pattern
from splitter.model.parity import SAFE_METHODS
from splitter.model.routing import MONOLITH, Entry, RoutingTable, State

_SAMPLES = {
    "int": "7",
    "float": "1.5",
    "path": "a/b",
    "uuid": "0f8fad5b-d9cb-469f-a165-70867728950e",
}
_KEPT = "/:@!$&'()*+,;=~"


@dataclass(frozen=True, slots=True)
class Probe:
    """A request; one of `answerers` is to answer it, and `mirrored` is to hear it too.

    `asks_for` is the side that a tester names.
    """

    method: str
    path: str
    answerers: frozenset[str]
    websocket: bool = False
    asks_for: str = ""
    mirrored: str = ""

    @property
    def title(self) -> str:
        word = "WEBSOCKET" if self.websocket else self.method
        return f"{word} {self.path}" + (f" (as a tester of {self.asks_for})" * bool(self.asks_for))


def probes(table: RoutingTable, *, testers: bool, mirrors: Collection[str]) -> list[Probe]:
    """Each route with each of its methods, and what is close to one and is none.

    `testers`: where a route is on its way, each side is asked for by name, too. `mirrors`:
    the methods of which the gateway can have a service hear what the monolith answers.
    """
    found = dict.fromkeys(_all(table, testers))
    return [p if p.method in mirrors else replace(p, mirrored="") for p in found]


def _all(table: RoutingTable, testers: bool) -> Iterator[Probe]:
    for entry in table.entries:
        path = sample(entry.path)
        if entry.kind == "websocket":
            yield from _of(table, "GET", path, testers, websocket=True)
            continue
        if entry.kind == "mount":
            path = f"{path.rstrip('/')}/probe"
        for method in entry.methods or ("GET", "POST"):
            yield from _of(table, method, path, testers)
        if entry.state is not State.MONOLITH and entry.kind == "http" and not path.endswith("/"):
            yield from _of(table, (entry.methods or ("GET",))[0], f"{path}-and-more", False)
    yield from _of(table, "GET", "/no/route/of/the/monolith", False)


def sample(path: str) -> str:
    """A path that the route of this template takes."""
    return quote(
        PARAMETER.sub(lambda found: _SAMPLES.get(found[1] or "", "probe"), path), safe=_KEPT
    )


def _of(
    table: RoutingTable, method: str, path: str, testers: bool, *, websocket: bool = False
) -> Iterator[Probe]:
    entry = _first(table, method, path, websocket)
    if entry is None:
        # Another method of a known path, or a path with a slash less: who refuses it is not
        # of interest here.
        if _first(table, "", path, websocket) is None:
            yield Probe(method, path, frozenset({MONOLITH}), websocket)
        return
    sides = {
        State.MONOLITH: {MONOLITH},
        State.SHADOW: {MONOLITH},
        State.CANARY: {MONOLITH, entry.owner},
        State.SERVICE: {entry.owner},
        State.RETIRED: {entry.owner},
    }[entry.state]
    shadow = entry.state is State.SHADOW and method in SAFE_METHODS and not websocket
    mirrored = entry.owner if shadow else ""
    yield Probe(method, path, frozenset(sides), websocket, mirrored=mirrored)
    if testers and entry.state in (State.SHADOW, State.CANARY, State.SERVICE):
        for side in (entry.owner, MONOLITH):
            yield Probe(method, path, frozenset({side}), websocket, side)


def _first(table: RoutingTable, method: str, path: str, websocket: bool) -> Entry | None:
    """The route that answers, as Starlette finds it; without a method, one that has the path."""
    path = unquote(path)
    for entry in table.entries:
        if (entry.kind == "websocket") != websocket and entry.kind != "mount":
            continue
        if entry.kind == "mount" and websocket:
            continue
        text = pattern(entry.path.rstrip("/")) + "/.*" if entry.kind == "mount" else None
        if not re.fullmatch(text or pattern(entry.path), path):
            continue
        if entry.kind != "http" or not method or not entry.methods or method in entry.methods:
            return entry
    return None

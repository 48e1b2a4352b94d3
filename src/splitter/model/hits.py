"""Requests on deprecated routes, as the monolith's own processes have counted them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from splitter.model.monolith import Route


@dataclass(frozen=True, slots=True)
class Count:
    """A process counted from `since` until `until`, both in seconds since 1970.

    `routes`: route, as its methods in order and its path → hits, and when the last one was.
    """

    since: float
    until: float
    routes: Mapping[str, tuple[int, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traffic:
    """A route's hits, when the last one was (0: never), and for how long none has been counted.

    `quiet` are the seconds since the last hit for which some process was counting; `since` and
    `until` are when the counting began and when it was last heard of, 0 where nothing was counted.
    """

    route: str
    hits: int = 0
    last: float = 0
    quiet: float = 0
    since: float = 0
    until: float = 0


def route_key(route: Route) -> str:
    """What a route is called where hits are counted."""
    return f"{' '.join(sorted(route.methods))} {route.path}"


def traffic(route: str, counts: tuple[Count, ...]) -> Traffic:
    """What all processes together say of a route."""
    own = [count for count in counts if route in count.routes]
    if not own:
        return Traffic(route)
    last = max(count.routes[route][1] for count in own)
    return Traffic(
        route,
        sum(count.routes[route][0] for count in own),
        last,
        sum(end - max(start, last) for start, end in _spans(own) if end > last),
        min(count.since for count in own),
        max(count.until for count in own),
    )


def _spans(counts: list[Count]) -> Iterator[tuple[float, float]]:
    """When any of them was counting, in order and without overlaps."""
    spans = sorted((count.since, count.until) for count in counts)
    start, end = spans[0]
    for since, until in spans[1:]:
        if since > end:
            yield start, end
            start, end = since, until
        end = max(end, until)
    yield start, end

"""Whether the old routes of a service have been without hits for long enough."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from splitter.effects import hits
from splitter.model.hits import Traffic, route_key, traffic
from splitter.model.monolith import Route
from splitter.workflows.project import Project

_DAY = 86_400.0
FRESH = _DAY
"""Seconds; a counter that has not been heard of for longer is not running."""


def old_traffic(project: Project, routes: Sequence[Route]) -> dict[str, Traffic]:
    """What was counted on each route, by its methods and path. WebSockets are not counted."""
    counts = hits.read(project.root / project.settings.deprecation.hits)
    keys = [route_key(route) for route in routes if route.kind == "http"]
    return {key: traffic(key, counts) for key in keys}


def not_quiet(project: Project, found: Sequence[Traffic], now: float = 0) -> tuple[str, ...]:
    """Why routes may not go yet, a line each; nothing where all have been quiet long enough.

    Only time in which something was counting is proof of no hits.
    """
    return tuple(_reasons(found, project.settings.deprecation.quiet_days, now or time.time()))


def _reasons(found: Sequence[Traffic], days: float, now: float) -> Iterator[str]:
    for one in found:
        quiet = f"{one.quiet / _DAY:.1f} of {days:g} days without hits"
        hits = f"{one.hits} hit{'' if one.hits == 1 else 's'}"
        if not one.since:
            yield f"{one.route}: never counted"
        elif now - one.until > FRESH:
            yield f"{one.route}: not counted any more since {day(one.until)}"
        elif one.quiet < days * _DAY:
            last = f"{hits}, the last on {day(one.last)}" if one.hits else "no hits"
            yield f"{one.route}: {last}; counted since {day(one.since)}, {quiet}"


def day(seconds: float) -> str:
    """A day, as ISO 8601 and UTC have it."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()

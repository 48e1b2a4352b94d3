"""Which requests each test put to the application, out of a recording."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from splitter.model.monolith import Route


class Asked(NamedTuple):
    """A request: its path without the query, and the template of the route where one answered."""

    method: str
    path: str
    route: str


def asked(lines: Iterable[bytes]) -> Iterator[tuple[str, tuple[Asked, ...]]]:
    """Each test with its requests, those of fixtures that it shares with others included."""
    shared: dict[str, tuple[Asked, ...]] = {}
    for line in lines:
        entry = json.loads(line)
        own = tuple(
            Asked(r["method"], r["path"].partition("?")[0], r.get("route", ""))
            for r in entry.get("requests", ())
        )
        if "fixture" in entry:
            shared[entry["id"]] = own
        elif "test" in entry:
            before = (one for name in entry["after"] for one in shared.get(name, ()))
            yield entry["test"], (*before, *own)


def asks(requests: Iterable[Asked], routes: Sequence[Route]) -> bool:
    """Whether any of the requests is for one of the routes, or would be if it had got that far."""
    known = {(method, route.path) for route in routes for method in route.methods}
    open_to = [(set(route.methods), _pattern(route.path)) for route in routes]
    return any(
        (one.method, one.route) in known
        if one.route
        else any(one.method in methods and p.fullmatch(one.path) for methods, p in open_to)
        for one in requests
    )


def _pattern(path: str) -> re.Pattern[str]:
    """What a path as FastAPI takes it matches."""
    parts = re.split(r"({\w+(?::\w+)?})", path)
    return re.compile("".join(_part(part) for part in parts))


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".*" if part.endswith(":path}") else "[^/]+"

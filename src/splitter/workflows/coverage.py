"""Which endpoints of the services the cases reach."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from urllib.parse import unquote

from splitter.actions.paths import pattern
from splitter.model.ending import Endpoint
from splitter.model.monolith import Route
from splitter.model.parity import Outcome, Verdict

Key = tuple[str, str]
"""The method and the path of a route."""


class Coverage:
    """`routes` are all of the monolith's in the order in which it tries them; `own` says which
    belong to which service."""

    def __init__(self, routes: Sequence[Route], own: Mapping[str, Iterable[Route]]) -> None:
        self._routes = [route for route in routes if route.kind != "websocket"]
        self._counts: Counter[Key] = Counter()
        self._own = {
            (method, route.path): service
            for service, theirs in own.items()
            for route in theirs
            if route.kind == "http"
            for method in route.methods
        }
        self._reached = lru_cache(10_000)(self._found)

    def counted(self, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
        """Pass verdicts on and count what was put where."""
        for verdict in verdicts:
            request = verdict.case.request
            if verdict.outcome is not Outcome.SKIPPED:
                key = self._reached(request.method, request.path.partition("?")[0])
                if key in self._own:
                    self._counts[key] += 1
            yield verdict

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Those of the services, and how many cases have been put to each so far."""
        return tuple(
            Endpoint(method, path, service, self._counts[method, path])
            for (method, path), service in self._own.items()
        )

    def _found(self, method: str, path: str) -> Key:
        """The first route that takes the request, as Starlette decides it."""
        plain = unquote(path)
        for route in self._routes:
            if route.kind == "mount":
                if plain.startswith(route.path.rstrip("/") + "/"):
                    break
            elif method in route.methods and _takes(route.path).fullmatch(plain):
                return method, route.path
        return method, ""


@cache
def _takes(path: str) -> re.Pattern[str]:
    """What the route takes, and paths in which a captured value is filled in later."""
    loose = pattern(re.sub(r":(?!path})\w+}", "}", path))
    return re.compile(rf"(?:{pattern(path)})|(?=.*{{{{)(?:{loose})", re.DOTALL)

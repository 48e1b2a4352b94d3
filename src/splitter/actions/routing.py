"""Who answers a request while some services are live: the monolith's own routing, as a table.

Starlette tries routes in the order of their registration: the first that takes path and method
answers; else the first that takes the path (405, or a preflight); else the first that takes
it with a slash more or less (a redirect). The table has these three, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from splitter.actions.paths import overlap, pattern
from splitter.model.monolith import Route

MONOLITH = "monolith"
ANY: frozenset[str] = frozenset()
WEBSOCKET = frozenset({"WEBSOCKET"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Requests of these methods (`ANY`: all; `WEBSOCKET` for a handshake) on such a path."""

    methods: frozenset[str]
    path: str
    pattern: str
    owner: str

    @property
    def regex(self) -> str:
        """What `METHOD:PATH` matches, from its start to its end."""
        methods = "|".join(sorted(self.methods)) or "[^:]+"
        return f"^{methods if len(self.methods) < 2 else f'(?:{methods})'}:{self.pattern}$"

    def meets(self, other: Rule) -> bool:
        """Whether some request may fall under both; in doubt, yes."""
        methods = not self.methods or not other.methods or self.methods & other.methods
        return bool(methods) and overlap(self.path, other.path)


@dataclass(frozen=True, slots=True)
class Table:
    """The rules, to be tried in this order; what falls under none is the monolith's.

    A WebSocket handshake that is in none of `answered` is the monolith's too.
    """

    answered: tuple[Rule, ...]
    refused: tuple[Rule, ...]
    redirected: tuple[Rule, ...]


def table(routes: Sequence[Route], owner: Callable[[Route, str], str]) -> Table:
    """The table for `routes` in the order in which the monolith tries them.

    `owner` tells who has a method (`""` where the route has none) of a route.
    """
    http = [route for route in routes if route.kind != "websocket"]
    answered = [rule for route in routes for rule in _answered(route, owner)]
    refused = [replace(rule, methods=ANY) for route in http for rule in _answered(route, owner)]
    redirected = [rule for route in http for rule in _redirected(route, owner)]
    return Table(
        _needed(answered, [*refused, *redirected]),
        _needed(refused, redirected),
        _needed(redirected, []),
    )


def _answered(route: Route, owner: Callable[[Route, str], str]) -> Iterable[Rule]:
    if route.kind == "http":
        owners = {method: owner(route, method) for method in route.methods or ("",)}
        for who in dict.fromkeys(owners.values()):
            methods = frozenset(m for m, has in owners.items() if m and has == who)
            yield Rule(methods, route.path, pattern(route.path), who)
    elif route.kind == "mount":
        path = route.path.rstrip("/") + "/{path:path}"
        yield Rule(ANY, path, pattern(path), owner(route, ""))
    else:
        yield Rule(WEBSOCKET, route.path, pattern(route.path), owner(route, ""))


def _redirected(route: Route, owner: Callable[[Route, str], str]) -> Iterable[Rule]:
    for rule in _answered(route, owner):
        path, regex = rule.path, rule.pattern
        if regex.endswith("/.*"):
            path, regex = path.rpartition("/")[0], regex.removesuffix("/.*")
        elif path.endswith("/"):
            path, regex = path[:-1], regex[:-1]
        elif not regex.endswith(".*"):
            path, regex = path + "/", regex + "/+"
        if path and path != rule.path:
            yield Rule(ANY, path, regex, rule.owner)


def _needed(rules: Sequence[Rule], after: Sequence[Rule]) -> tuple[Rule, ...]:
    """Without what never decides: the monolith's rules before no service's, and repetitions."""
    kept: list[Rule] = []
    for place, rule in enumerate(rules):
        if rule.owner == MONOLITH and not any(
            other.owner != MONOLITH and rule.meets(other) for other in (*rules[place:], *after)
        ):
            continue
        same = [k for k in kept if k.pattern == rule.pattern and not (k.methods or rule.methods)]
        if not same:
            _join(kept, rule)
    return tuple(kept)


def _join(kept: list[Rule], rule: Rule) -> None:
    """Add the rule, to the last one's methods where all else is the same."""
    last = kept[-1] if kept else None
    if last and last.methods and rule.methods and replace(rule, methods=last.methods) == last:
        kept[-1] = replace(rule, methods=last.methods | rule.methods)
    else:
        kept.append(rule)

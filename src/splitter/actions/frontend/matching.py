"""Which route of the monolith each call of a frontend asks, and who has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from splitter.actions.frontend.templates import Template, fits, names, tails, template
from splitter.model.frontend import Call, Finding, Report, Survey
from splitter.model.monolith import Route

Owner = Callable[[Route, str], str]
_OWN_ORIGIN = {"fetch", "link", "sendBeacon", "EventSource", "WebSocket", "XMLHttpRequest"}
_LINKS = ("link", "prop")
_PROXIED = 2


@dataclass(frozen=True)
class Match:
    """Routes that a call may ask, and what stands before the route in the URL, or before it."""

    routes: tuple[Route, ...]
    base: str = ""
    added: str = ""


def match(folder: str, survey: Survey, routes: Sequence[Route], owner: Owner) -> Report:
    """Every call with its route, as the monolith tries them, and its owner.

    `owner` tells who has a method of a route.
    """
    table = _Table(routes, owner, survey.own)
    links = [call for call in survey.calls if call.how in _LINKS]
    calls = [call for call in survey.calls if call.how not in _LINKS]
    found = [table.finding(call) for call in calls]
    found, wrappers = _without_wrappers(found)
    found = _distinct(found, wrappers)
    led = _linked(links, found, table)
    bases = sorted({_base(f) for f in found if f.state == "resolved" and _is_based(f.call)})
    ordered = sorted([*found, *led], key=lambda f: (f.call.path, f.call.line, f.route))
    return Report(folder, tuple(ordered), tuple(wrappers), survey, tuple(bases))


class _Table:
    def __init__(self, routes: Sequence[Route], owner: Owner, own: Sequence[str]) -> None:
        self._routes = routes
        self._owner = owner
        self._own = own
        self._votes: Counter[str] = Counter()

    def finding(self, call: Call) -> Finding:
        for parts in call.otherwise:
            found = self._exact(call, template(parts))
            if found and not self._exact(call, template(call.parts)):
                return self._resolved(call, found, "as an interceptor makes it")
        whole = [template(parts) for parts in (call.parts, *call.otherwise)]
        pairs = [(one, one.shorter()) for one in whole]
        tried = [variant for pair in pairs for variant in pair if variant is not None]
        for one in tried:
            found = self._exact(call, one)
            if found:
                return self._resolved(call, found)
        for one in tried:
            found = self._elsewhere(call, one)
            if found:
                return self._resolved(call, found)
        return self._unresolved(call, tried)

    def _takers(self, call: Call) -> Iterator[Route]:
        for route in self._routes:
            if call.method == "WEBSOCKET":
                if route.kind == "websocket":
                    yield route
            elif route.kind == "http" and (
                not call.method or not route.methods or _takes(route, call.method)
            ):
                yield route

    def _exact(self, call: Call, one: Template) -> Match | None:
        if not one.fixed and (one.floating or one.elements != ("",)):
            return None
        for form in (one, _slash(one)):
            sure = [r for r in self._takers(call) if fits(form, r.path) == 0]
            if sure:
                fixed = min(sure, key=lambda route: route.path.count("{"))
                return Match((sure[0] if call.method else fixed,))
        return None

    def _elsewhere(self, call: Call, one: Template) -> Match | None:
        """A route below what the URL does not tell, or without what a proxy takes off it."""
        if not one.fixed:
            return None
        if one.floating or not call.rooted or call.how not in _OWN_ORIGIN:
            found = [(tails(one, r.path), r) for r in self._takers(call)]
            based = [(base, route) for base, route in found if base is not None]
            if based:
                return self._below(based)
        for cut in range(1, min(_PROXIED, len(one.elements) - 1) + 1):
            inner = replace(one, elements=one.elements[cut:])
            if inner.fixed and all(one.elements[:cut]):
                exact = self._exact(call, inner)
                if exact:
                    return replace(exact, added="/" + "/".join(one.elements[:cut]))
        return None

    def _below(self, based: Sequence[tuple[str, Route]]) -> Match:
        """The route below the base that other calls have too; all, if none of theirs is known."""
        bases = {base for base, _ in based}
        base, route = max(based, key=lambda found: self._votes[found[0]])
        self._votes[base] += len(bases) == 1
        if len(bases) > 1 and not self._votes[base]:
            return Match(tuple(route for _, route in based))
        return Match((route,), base=base)

    def _resolved(self, call: Call, found: Match, why: str = "") -> Finding:
        if len(found.routes) > 1:
            return Finding(call, "dynamic", "", self._only(found.routes), _may_be(found.routes))
        route = found.routes[0]
        method = call.method or (route.methods[0] if len(route.methods) == 1 else "")
        why = f"below {found.base}" if found.base else why
        why = f"behind {found.added}, which a proxy takes off" if found.added else why
        owners = {self._owner(route, m) for m in ([method] if method else route.methods or ("",))}
        name = f"{method or '|'.join(route.methods)} {route.path}"
        if len(owners) > 1:
            return Finding(call, "dynamic", name, "", "its methods have several owners")
        return Finding(call, "resolved", name, owners.pop(), why)

    def _unresolved(self, call: Call, tried: Sequence[Template]) -> Finding:
        if not any(one.fixed for one in tried):
            return Finding(call, "dynamic", "", self._only(self._routes), "the URL is not known")
        doubtful = [
            r
            for one in tried
            for r in self._takers(call)
            if fits(one, r.path) and names(one, r.path)
        ]
        if doubtful:
            return Finding(call, "dynamic", "", self._only(doubtful), _may_be(doubtful))
        host = next((one.host for one in tried if one.host), "")
        if host:
            return Finding(call, "unmatched", why=f"another host: {host}", outside=True)
        for one in tried:
            if any(fits(one, path) is not None for path in self._own):
                own = "the frontend's own server answers"
                return Finding(call, "unmatched", why=own, outside=True)
        return self._refused(call, tried)

    def _refused(self, call: Call, tried: Sequence[Template]) -> Finding:
        there = [
            m
            for one in tried
            for route in self._routes
            if route.kind == "http" and fits(one, route.path) == 0
            for m in route.methods
        ]
        if there:
            known = ", ".join(sorted(set(there)))
            return Finding(call, "unmatched", why=f"no {call.method} there, only {known}")
        for one in tried:
            for route in self._routes:
                path = route.path.rstrip("/")
                if route.kind == "mount" and path and fits(one, path + "/{rest:path}") == 0:
                    owner = self._owner(route, "")
                    return Finding(call, "resolved", f"mount {path}", owner)
        open_ = any("\0" in element for one in tried for element in one.elements)
        floating = any(one.floating for one in tried)
        if open_ and floating:
            return Finding(call, "dynamic", "", self._only(self._routes), "parts are not known")
        return Finding(call, "unmatched", why="no route of the monolith has this path")

    def _only(self, routes: Sequence[Route]) -> str:
        owners = {self._owner(r, m) for r in routes for m in r.methods or ("",)}
        return owners.pop() if len(owners) == 1 else ""


def _may_be(routes: Sequence[Route]) -> str:
    paths = list(dict.fromkeys(route.path for route in routes))
    return f"may be {', '.join(paths[:3])}" + (", …" if len(paths) > 3 else "")


def _takes(route: Route, method: str) -> bool:
    return method in route.methods or (method == "HEAD" and "GET" in route.methods)


def _slash(one: Template) -> Template:
    """The path with a slash more or less at its end: Starlette redirects to the other one."""
    if one.elements[-1] == "":
        return replace(one, elements=one.elements[:-1] or ("",))
    return replace(one, elements=(*one.elements, ""))


def _without_wrappers(found: list[Finding]) -> tuple[list[Finding], list[Call]]:
    """A function that others give the URL is told by its callers, unless it resolves by itself."""
    sure = {f.call.at for f in found if f.call.callers and f.state == "resolved"}
    kept = [f for f in found if f.call.through not in sure]
    told = {f.call.through for f in kept if f.call.through}
    wrappers = [f.call for f in kept if f.call.callers and f.call.at in told - sure]
    gone = set(map(id, wrappers))
    return [f for f in kept if id(f.call) not in gone], list(dict.fromkeys(wrappers))


def _distinct(found: list[Finding], wrappers: list[Call]) -> list[Finding]:
    """One of the findings of a place that differ only in what stands before the path."""
    kept: dict[tuple[str, str, str, str], Finding] = {}
    for finding in found:
        name = finding.route or finding.call.url
        known = kept.setdefault(
            (finding.call.at, finding.call.method, finding.state, name), finding
        )
        if known.why and not finding.why and finding.state == "resolved":
            kept[(finding.call.at, finding.call.method, finding.state, name)] = finding
    sure: dict[str, list[Call]] = {}
    for call in [*(f.call for f in kept.values() if f.state == "resolved"), *wrappers]:
        sure.setdefault(call.at, []).append(call)
    return [
        f
        for f in kept.values()
        if f.state == "resolved"
        or not any(_says_the_same(f, other) for other in sure.get(f.call.at, ()))
    ]


def _says_the_same(finding: Finding, other: Call) -> bool:
    """Whether another alternative of the same call is the one that counts."""
    one = finding.call
    if finding.why.startswith(f"no {one.method} there") and one.parts != other.parts:
        return True
    if one.method != other.method:
        return False
    a, b = template(one.parts).elements, template(other.parts).elements
    shorter = min(len(a), len(b))
    return a[-shorter:] == b[-shorter:]


def _linked(links: Sequence[Call], found: Sequence[Finding], table: _Table) -> list[Finding]:
    """The links that lead to a route, and not to a page of the frontend that is named alike."""
    starts = {_start(f.call) for f in found if f.state == "resolved" and f.call.rooted}
    led = []
    for call in links:
        first = call.parts[0]
        based = not isinstance(first, str) and first.kind == "base"
        finding = table.finding(call)
        path = finding.route.partition(" ")[2]
        fixed = any(e and not e.startswith("{") for e in path.split("/"))
        if finding.state != "resolved" or not fixed or (finding.why and not based):
            continue
        if based or _first(call) in starts - {""} or not found:
            led.append(finding)
    return _distinct(led, [])


def _start(call: Call) -> str:
    """The first element of a path on the page's own origin; `""` where there is a base."""
    return "" if template(call.parts).floating else _first(call)


def _first(call: Call) -> str:
    """The first element of a path, behind what is not known; `""` on another host."""
    one = template(call.parts)
    return "" if one.host else one.elements[0]


def _is_based(call: Call) -> bool:
    """Whether the code tells where the URL starts."""
    return call.rooted or not isinstance(call.parts[0], str)


def _base(finding: Finding) -> str:
    first = finding.call.parts[0]
    if not isinstance(first, str):
        return f"{{{first.name}}}"
    one = template(finding.call.parts)
    return f"//{one.host}" if one.host else ""

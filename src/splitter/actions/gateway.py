"""The gateway's files for the present state: which side answers which request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from splitter.actions.dialects import DIALECTS, FOLDER, Dialect
from splitter.actions.http_routes import http_routes
from splitter.actions.lanes import Lane, lanes, ways
from splitter.actions.ownership import digest, keep_edits
from splitter.actions.paths import unknown_converters
from splitter.actions.rendering import render
from splitter.actions.routing import MONOLITH, Rule, Table, table
from splitter.model.changes import ChangeSet, Note
from splitter.model.monolith import Route
from splitter.model.plan import Service
from splitter.model.routing import RoutingTable

UNKNOWN_CONVERTER = "SPL093"


@dataclass(frozen=True, slots=True)
class Side:
    """A service, the routes that are its own, and whether requests for them are for it."""

    service: Service
    routes: tuple[Route, ...]
    live: bool

    @property
    def owner(self) -> str:
        """The name of its upstream."""
        return f"service_{self.service.name}"


Sticky = tuple[str, str]
"""What tells one client from another: `("address", "")`, `("http", HEADER)`, `("cookie", NAME)`."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the gateway listens and where the sides do.

    `monolith` is `host:port`, `services` names to the same. `body_limit` is as nginx takes it,
    `header` lets a tester name a side (none, if empty). `api_port` is where Traefik can be
    asked what it goes by, `parent` the Gateway that HTTPRoutes belong to. `shadow_port` is where,
    on this machine, somebody may listen to what is mirrored.
    """

    port: int
    monolith: str
    services: Mapping[str, str]
    body_limit: str = "0"
    sticky: Sticky = ("address", "")
    header: str = "X-Splitter-Service"
    kind: str = "nginx"
    api_port: int = 0
    shadow_port: int = 8078
    parent: str = "gateway"


def configure(
    gateway: Gateway,
    routing: RoutingTable,
    *,
    templates: Mapping[str, str],
    before: Mapping[str, bytes],
    recorded: Mapping[str, str],
    routes: Sequence[Route] = (),
) -> ChangeSet:
    """The gateway's files, complete: every request goes where the routing table says.

    `routes` are the monolith's, for what is to be said of them. Files edited by hand are left,
    with a note.
    """
    texts = texts_of(gateway, routing, templates)
    files = {path: text.encode() for path, text in texts.items()}
    change = keep_edits("configure the gateway", before, files, recorded)
    return replace(change, notes=(*change.notes, *_unknown(routes, routing)))


def texts_of(
    gateway: Gateway, routing: RoutingTable, templates: Mapping[str, str]
) -> dict[str, str]:
    """What the gateway's files say, by path."""
    dialect = DIALECTS[gateway.kind]
    if gateway.kind == "gateway-api":
        return {dialect.main: _http_routes(gateway, routing)}
    told = _by_ways(gateway, routing) if dialect.looks_up else _by_lanes(gateway, routing)

    def rendered(name: str, shape: str = "") -> str:
        return render(
            templates,
            f"{FOLDER}/{name}.jinja",
            port=gateway.port,
            api_port=gateway.api_port,
            shadow_port=gateway.shadow_port,
            monolith=gateway.monolith,
            header=gateway.header,
            generation=generation_of(gateway, routing),
            shape=shape,
            **told,
        )

    texts = {f"{FOLDER}/{name}": rendered(name) for name in dialect.files}
    if dialect.looks_up:
        shape = digest(texts[dialect.main].encode())[:12]
        texts[dialect.main] = rendered(dialect.files[0], shape)
    return texts | {f"{FOLDER}/.gitignore": render(templates, f"{FOLDER}/gitignore.jinja")}


def _http_routes(gateway: Gateway, routing: RoutingTable) -> str:
    rules, found = lanes(routing, gateway.services)
    return http_routes(
        rules,
        found,
        addresses={MONOLITH: gateway.monolith, **_upstreams(gateway, found)},
        parent=gateway.parent,
        header=gateway.header,
        generation=generation_of(gateway, routing),
    )


def _by_lanes(gateway: Gateway, routing: RoutingTable) -> dict[str, object]:
    """What is told to files that say how far each route has moved."""
    rules, found = lanes(routing, gateway.services)
    return {
        "upstreams": _upstreams(gateway, found),
        "body_limit": gateway.body_limit,
        "lanes": found,
        "mirrors": any(lane.is_shadow for lane in found),
        "canary": any(lane.is_canary for lane in found),
        "sticky": gateway.sticky,
        "table": _spelled(rules, DIALECTS[gateway.kind]),
    }


def _by_ways(gateway: Gateway, routing: RoutingTable) -> dict[str, object]:
    """The same where the main file only says which route a request is for.

    Its `shape` tells one version of it from all others, as the generation does for all files.
    """
    rules, found = ways(routing, gateway.services)
    owners = dict.fromkeys(entry.owner for entry in routing.entries)
    return {
        "services": {name: gateway.services[name] for name in owners if name in gateway.services},
        "ways": found,
        "table": _spelled(rules, DIALECTS[gateway.kind]),
    }


def _upstreams(gateway: Gateway, found: Sequence[Lane]) -> dict[str, str]:
    return {lane.upstream: gateway.services[lane.service] for lane in found}


def generation_of(gateway: Gateway, routing: RoutingTable) -> str:
    """A word that tells one version of the files from all others, and that stands in them."""
    ways = [(entry.key, entry.owner, entry.state, entry.percent) for entry in routing.entries]
    return digest(repr((gateway, ways)).encode())[:12]


def owners(routes: Sequence[Route], sides: Sequence[Side]) -> Table:
    """Who answers which request, for `routes` in the order in which the monolith tries them."""
    live = {
        (route.kind, route.path, method): side.owner
        for side in sides
        if side.live
        for route in side.routes
        for method in route.methods or ("",)
    }
    return table(routes, lambda route, method: live.get((route.kind, route.path, method), MONOLITH))


def _spelled(rules: Table, dialect: Dialect) -> Mapping[str, list[tuple[str, str]]]:
    """The rules as the gateway takes them: a regular expression, an owner."""

    def lines(some: tuple[Rule, ...]) -> list[tuple[str, str]]:
        return [(dialect.spelled(rule), rule.owner) for rule in some]

    return {
        "answered": lines(rules.answered),
        "refused": lines(rules.refused),
        "redirected": lines(rules.redirected),
    }


def _unknown(routes: Sequence[Route], routing: RoutingTable) -> list[Note]:
    moving = {(e.kind, e.path) for e in routing.entries if e.owner != MONOLITH}
    return [
        Note(
            route.file,
            route.line,
            UNKNOWN_CONVERTER,
            f"the gateway takes one element of the path for {name!r} in {route.path}: "
            "what this converter of the application matches is not known",
        )
        for route in routes
        if (route.kind, route.path) in moving
        for name in unknown_converters(route.path)
    ]

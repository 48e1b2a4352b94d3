"""The gateway's files for the present state: which side answers which request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from splitter.actions.ownership import keep_edits
from splitter.actions.paths import specific_first, unknown_converters
from splitter.actions.rendering import render
from splitter.actions.routing import MONOLITH, Rule, Table, table
from splitter.model.changes import ChangeSet, Note
from splitter.model.monolith import Route
from splitter.model.plan import Service

CONFIGURATION = "gateway/nginx.conf"
UNKNOWN_CONVERTER = "SPL093"


@dataclass(frozen=True, slots=True)
class Side:
    """A service, the routes that are its own, and whether traffic for them goes to it."""

    service: Service
    routes: tuple[Route, ...]
    live: bool
    host: str = "127.0.0.1"

    @property
    def owner(self) -> str:
        """The name of its upstream."""
        return f"service_{self.service.name}"

    @property
    def address(self) -> str:
        return f"{self.host}:{self.service.port}"


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the gateway listens and where the monolith does; `body_limit` as nginx takes it."""

    port: int
    monolith_port: int
    monolith_host: str = "127.0.0.1"
    body_limit: str = "0"


def configure(
    gateway: Gateway,
    sides: Sequence[Side],
    *,
    templates: Mapping[str, str],
    before: Mapping[str, bytes],
    recorded: Mapping[str, str],
    routes: Sequence[Route] = (),
) -> ChangeSet:
    """nginx, complete: what live services have goes to them, all else to the monolith.

    `routes` are all of the monolith's in the order in which it tries them; without them the
    sides' own count, the most specific first. Files edited by hand are left, with a note.
    """
    every = list(routes) or specific_first(r for side in sides for r in side.routes)
    texts = {
        CONFIGURATION: render(
            templates,
            "gateway/nginx.conf.jinja",
            port=gateway.port,
            monolith=f"{gateway.monolith_host}:{gateway.monolith_port}",
            body_limit=gateway.body_limit,
            live=[side for side in sides if side.live],
            table=_quoted(owners(every, sides)),
        ),
        "gateway/.gitignore": render(templates, "gateway/gitignore.jinja"),
    }
    files = {path: text.encode() for path, text in texts.items()}
    change = keep_edits("configure the gateway", before, files, recorded)
    return replace(change, notes=(*change.notes, *_unknown(sides)))


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


def _quoted(rules: Table) -> Mapping[str, list[tuple[str, str]]]:
    """The rules as nginx's `map` takes them: a quoted regular expression, an owner."""

    def lines(some: tuple[Rule, ...]) -> list[tuple[str, str]]:
        return [(_string("~" + rule.regex), rule.owner) for rule in some]

    return {
        "answered": lines(rules.answered),
        "refused": lines(rules.refused),
        "redirected": lines(rules.redirected),
    }


def _string(text: str) -> str:
    """A string of nginx's: only quotes and doubled backslashes are read otherwise in it."""
    return '"' + text.replace("\\\\", "\\\\\\\\").replace('"', '\\"') + '"'


def _unknown(sides: Sequence[Side]) -> list[Note]:
    return [
        Note(
            route.file,
            route.line,
            UNKNOWN_CONVERTER,
            f"the gateway takes one element of the path for {name!r} in {route.path}: "
            "what this converter of the application matches is not known",
        )
        for side in sides
        for route in side.routes
        for name in unknown_converters(route.path)
    ]

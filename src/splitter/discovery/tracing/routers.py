"""What routers and applications do when they are called: add, include, mount."""

from __future__ import annotations

import ast
from dataclasses import replace

from splitter.discovery.tracing.additions import VERBS, Additions, shortened
from splitter.discovery.tracing.attributes import text
from splitter.discovery.tracing.expressions import truth
from splitter.discovery.tracing.values import (
    MISSING,
    UNKNOWN,
    Added,
    Adding,
    Arguments,
    Doubt,
    External,
    Function,
    Included,
    Made,
    Opening,
    RouteList,
    Router,
    Scope,
    Unknown,
    router_of,
)
from splitter.model.changes import Note

_WEBSOCKET = frozenset({"websocket", "websocket_route"})
_ADDING = {
    "add_api_route": "http",
    "add_route": "plain",
    "add_api_websocket_route": "websocket",
    "add_websocket_route": "websocket",
}
_PLAIN = frozenset({"add_route", "add_websocket_route"})


class Routers(Additions):
    """Knows what is included in and mounted below each router."""

    def make(self, maker: External, arguments: Arguments, node: ast.Call, scope: Scope) -> Router:
        """A new router or application, with the routes that it is made of."""
        known = maker.name.partition(".")[0] in ("fastapi", "starlette", "builtins")
        application = maker.last in ("FastAPI", "Starlette")
        router = Router(scope.path, node.lineno, application)
        router.library = "" if known or maker.last == "APIRouter" else maker.name
        self.configure(router, arguments, node, scope)
        return router

    def configure(self, router: Router, arguments: Arguments, node: ast.Call, scope: Scope) -> None:
        """Take over what a router's class is called with."""
        if "prefix" in arguments.named:
            router.prefix = self.told(arguments.named["prefix"], node, scope)
        if truth(arguments.named.get("include_in_schema", True)) is False:
            router.in_schema = False
        given = arguments.named.get("routes")
        if isinstance(given, RouteList):
            given = [Included(given.router, "", True, True)]
        router.events += given_routes(self.items(given))
        lifespan = arguments.named.get("lifespan")
        if isinstance(lifespan, Function):
            self.at_start_up.append((lifespan, router))
        for starting in self.items(arguments.named.get("on_startup")) or ():
            if isinstance(starting, Function):
                self.at_start_up.append((starting, router))

    def operate(
        self, router: Router, name: str, arguments: Arguments, node: ast.Call, scope: Scope
    ) -> object:
        """`router.name(…)`."""
        if name in VERBS:
            own = self.member(router.of, "api_route") if router.of else MISSING
            if isinstance(own, Function):
                named = {"methods": [name.upper()], **arguments.named}
                return self.invoke(own, Arguments(arguments.positional, named), me=router)
            return Adding(router, "http", (name.upper(),), arguments, node)
        if name in _WEBSOCKET:
            return Adding(router, "websocket", (), arguments, node, plain=name != "websocket")
        if name in ("api_route", "route"):
            kind = "http" if name == "api_route" else "plain"
            return Adding(router, kind, self.methods(arguments, node, scope), arguments, node)
        if name in _ADDING:
            self.add_given(router, _ADDING[name], arguments, node, scope, plain=name in _PLAIN)
        elif name == "include_router":
            self._include(router, arguments, node, scope)
        elif name in ("mount", "host"):
            self._mount(
                router, self.mounted(arguments, node, scope, host=name == "host"), node, scope
            )
        elif name == "frontend":
            where = self.told(arguments.get(0, "path"), node, scope).rstrip("/")
            router.events.append(self.opaque(where or "/", UNKNOWN, "frontend", node, scope))
        elif name in ("on_event", "add_event_handler"):
            return self._on_event(router, arguments, node)
        elif router.library:
            self._take_over(router, name, arguments, node, scope)
        return UNKNOWN

    def mounted(
        self, arguments: Arguments, node: ast.Call, scope: Scope, *, host: bool = False
    ) -> Added | Included:
        """`Mount(path, app)`, `router.mount(path, app)`; a host's name is no part of the path."""
        prefix = "" if host else self.told(arguments.get(0, "path"), node, scope).rstrip("/")
        app = arguments.get(1, "app")
        name = arguments.named.get("name", "")
        routes = self.items(arguments.named.get("routes"))
        if routes is not None:
            app = Router(scope.path, node.lineno, False)
            app.events += given_routes(routes)
        what = f"FastAPI before 0.137 leaves out what is mounted below a router: {shortened(node)}"
        left_out = Doubt(Note(scope.path, node.lineno, "SPL041", what))
        inner = router_of(app)
        if inner is not None:
            return Included(inner, prefix, True, True, self.doubts, if_included=left_out)
        opaque = self.opaque(prefix or "/", app, text(name) if name else "", node, scope)
        return replace(opaque, if_included=left_out)

    def _mount(self, router: Router, event: Added | Included, node: ast.Call, scope: Scope) -> None:
        router.events.append(event)
        if isinstance(event, Added) and not event.endpoint.name.endswith("StaticFiles"):
            what = f"what is mounted cannot be followed: {shortened(node)}"
            note = Note(scope.path, node.lineno, "SPL005", what)
            router.events.append(Opening(note, event.route, plain=True))

    def _include(self, router: Router, arguments: Arguments, node: ast.Call, scope: Scope) -> None:
        given = arguments.get(0, "router")
        included = router_of(given)
        prefix = self.told(arguments.get(1, "prefix", ""), node, scope)
        if included is None:
            self._open(router, prefix, *_why_not(given, node), node, scope)
            return
        if included.library and not included.events:
            what = f"a router of {included.library} is included: only the running application"
            self._open(router, prefix, "SPL005", f"{what} knows its routes", node, scope)
        shown = self.is_shown(arguments)
        router.events.append(self._included(included, prefix, shown, node, scope))

    def _included(
        self, router: Router, prefix: str, shown: bool, node: ast.Call, scope: Scope
    ) -> Included:
        what = "they are added to the router after it was included, which FastAPI before 0.137 "
        what += f"does not see: {shortened(node)}"
        late = Doubt(Note(scope.path, node.lineno, "SPL041", what))
        return Included(router, prefix, shown, False, self.doubts, len(router.events), late)

    def _take_over(
        self, router: Router, name: str, arguments: Arguments, node: ast.Call, scope: Scope
    ) -> None:
        """A method that is not FastAPI's and is given routers will most likely include them."""
        for given in arguments.all():
            inner = router_of(given)
            if inner is not None and inner is not router:
                what = f"{router.library}.{name} takes a router over in a way of its own"
                self._open(router, "", "SPL005", what, node, scope)
                router.events.append(self._included(inner, "", True, node, scope))

    def _open(
        self, router: Router, prefix: str, code: str, what: str, node: ast.Call, scope: Scope
    ) -> None:
        self.note(code, node, scope, what)
        router.events.append(Opening(Note(scope.path, node.lineno, code, what), prefix))

    def _on_event(self, router: Router, arguments: Arguments, node: ast.Call) -> object:
        if arguments.get(0, "event_type") != "startup":
            return UNKNOWN
        handler = arguments.get(1, "func")
        if isinstance(handler, Function):
            self.at_start_up.append((handler, router))
        return Adding(router, "startup", (), arguments, node)


def given_routes(given: list[object] | None) -> list[Added | Included | Opening]:
    """Routes that are put into a router as they are: its own prefix does not count for them."""
    routes = [event for event in given or () if isinstance(event, Added | Included)]
    return [
        replace(event, mounted=True, taken=None)
        if isinstance(event, Included)
        else replace(event, plain=True)
        for event in routes
    ]


def _why_not(included: object, node: ast.Call) -> tuple[str, str]:
    if isinstance(included, Made | External):
        maker = included.by.name if isinstance(included, Made) else included.name
        what = f"a router made by {maker} is included: only the running application"
        return "SPL005", f"{what} knows its routes"
    kind = "which router is included" if isinstance(included, Unknown) else "no router is included"
    return "SPL004", f"{kind} cannot be told: {shortened(node)}"

"""What routers and applications do when they are called: add, include, mount."""

from __future__ import annotations

import ast
from dataclasses import replace

from splitter.discovery.tracing.attributes import text
from splitter.discovery.tracing.expressions import Expressions, truth
from splitter.discovery.tracing.values import (
    HOLE,
    MISSING,
    UNKNOWN,
    Added,
    Adding,
    Arguments,
    Bound,
    Class,
    Doubt,
    Endpoint,
    External,
    Function,
    Included,
    Instance,
    Made,
    Opening,
    Router,
    Scope,
    Unknown,
    router_of,
)
from splitter.model.changes import Note

_VERBS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_WEBSOCKET = frozenset({"websocket", "websocket_route"})
_ADDING = {
    "add_api_route": "http",
    "add_route": "plain",
    "add_api_websocket_route": "websocket",
    "add_websocket_route": "websocket",
}
_PLAIN = frozenset({"add_route", "add_websocket_route"})


class Routers(Expressions):
    """Keeps what is added to each router, with a note for what could not be told."""

    def __init__(self) -> None:
        self.notes: dict[Note, None] = {}
        self.doubts: tuple[Doubt, ...] = ()
        self.at_start_up: list[tuple[Function, Router]] = []

    def note(self, code: str, node: ast.AST, scope: Scope, what: str) -> None:
        self.notes[Note(scope.path, getattr(node, "lineno", 0), code, what)] = None

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
            router.prefix = self._text(arguments.named["prefix"], node, scope)
        if truth(arguments.named.get("include_in_schema", True)) is False:
            router.in_schema = False
        router.events += given_routes(self.items(arguments.named.get("routes")))
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
        if name in _VERBS:
            own = self.member(router.of, "api_route") if router.of else MISSING
            if isinstance(own, Function):
                named = {"methods": [name.upper()], **arguments.named}
                return self.invoke(own, Arguments(arguments.positional, named), me=router)
            return Adding(router, "http", (name.upper(),), arguments, node)
        if name in _WEBSOCKET:
            return Adding(router, "websocket", (), arguments, node, plain=name != "websocket")
        if name in ("api_route", "route"):
            kind = "http" if name == "api_route" else "plain"
            return Adding(router, kind, self._methods(arguments, node, scope), arguments, node)
        if name in _ADDING:
            self._add_given(router, _ADDING[name], arguments, node, scope, plain=name in _PLAIN)
        elif name == "include_router":
            self._include(router, arguments, node, scope)
        elif name in ("mount", "host"):
            self._mount(
                router, self.mounted(arguments, node, scope, host=name == "host"), node, scope
            )
        elif name == "frontend":
            where = self._text(arguments.get(0, "path"), node, scope).rstrip("/")
            router.events.append(self._opaque(where or "/", UNKNOWN, "frontend", node, scope))
        elif name in ("on_event", "add_event_handler"):
            return self._on_event(router, arguments, node)
        elif router.library:
            self._take_over(router, name, arguments, node, scope)
        return UNKNOWN

    def added(self, adding: Adding, what: object, scope: Scope) -> None:
        """Add `what`, which a route's decorator stands on or is called with."""
        if adding.kind == "startup":
            if isinstance(what, Function):
                self.at_start_up.append((what, adding.router))
            return
        if not adding.direct and adding.kind == "http" and adding.router.of:
            own = self.member(adding.router.of, "add_api_route")
            if isinstance(own, Function):
                named = {"methods": list(adding.methods), **adding.arguments.named}
                path = named.pop("path", adding.arguments.get(0, "path"))
                self.invoke(own, Arguments((path, what), named), me=adding.router)
                return
        endpoint = self.endpoint(what, adding.node, scope)
        methods = _implied(adding.kind, adding.methods, endpoint)
        path = self._text(adding.arguments.get(0, "path"), adding.node, scope)
        name = adding.arguments.named.get("name")
        shown = adding.kind == "http" and self._shown(adding.arguments)
        adding.router.events.append(
            Added(
                "http" if adding.kind == "plain" else adding.kind,
                methods,
                path,
                endpoint,
                name if isinstance(name, str) else endpoint.called,
                shown,
                self.doubts,
                adding.kind == "plain" or adding.plain,
            )
        )

    def route(self, maker: External, arguments: Arguments, node: ast.Call, scope: Scope) -> object:
        """`Route(…)`, `APIRoute(…)`, `WebSocketRoute(…)`: a route that no router has yet."""
        kind = {"Route": "plain", "APIRoute": "http"}.get(maker.last, "websocket")
        holder = Router(scope.path, node.lineno, False)
        self._add_given(holder, kind, arguments, node, scope)
        return holder.events[0]

    def mounted(
        self, arguments: Arguments, node: ast.Call, scope: Scope, *, host: bool = False
    ) -> Added | Included:
        """`Mount(path, app)`, `router.mount(path, app)`; a host's name is no part of the path."""
        prefix = "" if host else self._text(arguments.get(0, "path"), node, scope).rstrip("/")
        app = arguments.get(1, "app")
        name = arguments.named.get("name", "")
        routes = self.items(arguments.named.get("routes"))
        if routes is not None:
            app = Router(scope.path, node.lineno, False)
            app.events += given_routes(routes)
        inner = router_of(app)
        if inner is not None:
            return Included(inner, prefix, True, True, self.doubts)
        return self._opaque(prefix or "/", app, text(name) if name else "", node, scope)

    def _mount(self, router: Router, event: Added | Included, node: ast.Call, scope: Scope) -> None:
        router.events.append(event)
        if isinstance(event, Added):
            what = f"what is mounted cannot be followed: {_source(node)}"
            note = Note(scope.path, node.lineno, "SPL005", what)
            router.events.append(Opening(note, event.route, plain=True))

    def endpoint(self, value: object, node: ast.AST, scope: Scope) -> Endpoint:
        """What answers, as far as it can be told."""
        line = getattr(value.node if isinstance(value, Function | Class) else node, "lineno", 0)
        if isinstance(value, Bound) and value.function is not None:
            return self.endpoint(value.function, node, scope)
        if isinstance(value, Instance):
            return replace(self.endpoint(value.of, node, scope), verbs=())
        if isinstance(value, Function):
            where = value.scope
            return Endpoint(f"{where.module}:{value.qualname}", where.path, line, value.name)
        if isinstance(value, Class):
            where = value.scope
            verbs = sorted(v.upper() for v in _VERBS & self.body(value).names.keys())
            name = value.node.name
            return Endpoint(
                f"{where.module}:{value.qualname}", where.path, line, name, tuple(verbs)
            )
        if isinstance(value, Made) and value.by.last == "partial" and value.arguments:
            return replace(self.endpoint(value.arguments[0], node, scope), called="partial")
        if isinstance(value, Made | External):
            maker = value.by if isinstance(value, Made) else value
            module, _, name = maker.name.rpartition(".")
            return Endpoint(f"{module}:{name}", "", 0, name)
        return Endpoint("", scope.path, line)

    def _add_given(
        self,
        router: Router,
        kind: str,
        arguments: Arguments,
        node: ast.Call,
        scope: Scope,
        *,
        plain: bool = False,
    ) -> None:
        methods = self._methods(arguments, node, scope) if kind != "websocket" else ()
        adding = Adding(router, kind, methods, arguments, node, direct=True, plain=plain)
        endpoint = arguments.get(1, "route", arguments.get(1, "endpoint"))
        self.added(adding, arguments.named.get("endpoint", endpoint), scope)

    def _include(self, router: Router, arguments: Arguments, node: ast.Call, scope: Scope) -> None:
        given = arguments.get(0, "router")
        included = router_of(given)
        prefix = self._text(arguments.get(1, "prefix", ""), node, scope)
        if included is None:
            self._open(router, prefix, *_why_not(given, node), node, scope)
            return
        if included.library and not included.events:
            what = f"a router of {included.library} is included: only the running application"
            self._open(router, prefix, "SPL005", f"{what} knows its routes", node, scope)
        shown = self._shown(arguments)
        router.events.append(self._included(included, prefix, shown, node, scope))

    def _included(
        self, router: Router, prefix: str, shown: bool, node: ast.Call, scope: Scope
    ) -> Included:
        what = "they are added to the router after it was included, which FastAPI before 0.137 "
        what += f"does not see: {_source(node)}"
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

    def _opaque(self, path: str, app: object, name: str, node: ast.Call, scope: Scope) -> Added:
        endpoint = self.endpoint(app, node, scope)
        return Added("mount", (), path, endpoint, name, False, self.doubts, True)

    def _methods(self, arguments: Arguments, node: ast.Call, scope: Scope) -> tuple[str, ...]:
        given = arguments.named.get("methods")
        if given is None:
            return ()
        methods = self.items(given)
        if methods is None or not all(isinstance(method, str) for method in methods):
            self.note("SPL006", node, scope, f"methods cannot be told: {_source(node)}")
            return (HOLE,)
        return tuple(sorted({str(method).upper() for method in methods}))

    def _shown(self, arguments: Arguments) -> bool:
        return truth(arguments.named.get("include_in_schema", True)) is not False

    def _text(self, value: object, node: ast.Call, scope: Scope) -> str:
        found = text("" if value is None else value)
        if HOLE in found:
            self.note("SPL003", node, scope, f"a part of the path cannot be told: {_source(node)}")
        return found


def given_routes(given: list[object] | None) -> list[Added | Included | Opening]:
    """Routes that are put into a router as they are: its own prefix does not count for them."""
    routes = [event for event in given or () if isinstance(event, Added | Included)]
    return [
        replace(event, mounted=True, taken=None)
        if isinstance(event, Included)
        else replace(event, plain=True)
        for event in routes
    ]


def _implied(kind: str, methods: tuple[str, ...], endpoint: Endpoint) -> tuple[str, ...]:
    """The methods of a route for which none are named; a plain GET answers HEAD as well."""
    if kind == "plain" and not methods and endpoint.verbs:
        return endpoint.verbs
    if kind in ("http", "plain") and not methods:
        methods = ("GET",)
    if kind == "plain" and "GET" in methods:
        return tuple(sorted({*methods, "HEAD"}))
    return methods


def _why_not(included: object, node: ast.Call) -> tuple[str, str]:
    if isinstance(included, Made | External):
        maker = included.by.name if isinstance(included, Made) else included.name
        what = f"a router made by {maker} is included: only the running application"
        return "SPL005", f"{what} knows its routes"
    kind = "which router is included" if isinstance(included, Unknown) else "no router is included"
    return "SPL004", f"{kind} cannot be told: {_source(node)}"


def _source(node: ast.AST) -> str:
    source = " ".join(ast.unparse(node).split())
    return source if len(source) <= 80 else source[:79] + HOLE

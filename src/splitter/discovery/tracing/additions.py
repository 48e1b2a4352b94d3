"""Routes that are added to a router one by one, and the functions that answer them."""

from __future__ import annotations

import ast
from dataclasses import replace

from splitter.discovery.tracing.attributes import text
from splitter.discovery.tracing.expressions import Expressions, truth
from splitter.discovery.tracing.values import (
    HOLE,
    Added,
    Adding,
    Arguments,
    Bound,
    Class,
    Doubt,
    Endpoint,
    External,
    Function,
    Instance,
    Made,
    Router,
    Scope,
)
from splitter.model.changes import Note

VERBS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class Additions(Expressions):
    """Keeps what is added to each router, with a note for what could not be told."""

    def __init__(self) -> None:
        self.notes: dict[Note, None] = {}
        self.doubts: tuple[Doubt, ...] = ()
        self.at_start_up: list[tuple[Function, Router]] = []

    def note(self, code: str, node: ast.AST, scope: Scope, what: str) -> None:
        self.notes[Note(scope.path, getattr(node, "lineno", 0), code, what)] = None

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
        path = self.told(adding.arguments.get(0, "path"), adding.node, scope)
        name = adding.arguments.named.get("name")
        shown = adding.kind == "http" and self.is_shown(adding.arguments)
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
        self.add_given(holder, kind, arguments, node, scope)
        return holder.events[0]

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
            verbs = sorted(v.upper() for v in VERBS & self.body(value).names.keys())
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

    def add_given(
        self,
        router: Router,
        kind: str,
        arguments: Arguments,
        node: ast.Call,
        scope: Scope,
        *,
        plain: bool = False,
    ) -> None:
        methods = self.methods(arguments, node, scope) if kind != "websocket" else ()
        adding = Adding(router, kind, methods, arguments, node, direct=True, plain=plain)
        endpoint = arguments.get(1, "route", arguments.get(1, "endpoint"))
        self.added(adding, arguments.named.get("endpoint", endpoint), scope)

    def opaque(self, path: str, app: object, name: str, node: ast.Call, scope: Scope) -> Added:
        endpoint = self.endpoint(app, node, scope)
        return Added("mount", (), path, endpoint, name, False, self.doubts, True)

    def methods(self, arguments: Arguments, node: ast.Call, scope: Scope) -> tuple[str, ...]:
        given = arguments.named.get("methods")
        if given is None:
            return ()
        methods = self.items(given)
        if methods is None or not all(isinstance(method, str) for method in methods):
            self.note("SPL006", node, scope, f"methods cannot be told: {shortened(node)}")
            return (HOLE,)
        return tuple(sorted({str(method).upper() for method in methods}))

    def is_shown(self, arguments: Arguments) -> bool:
        return truth(arguments.named.get("include_in_schema", True)) is not False

    def told(self, value: object, node: ast.Call, scope: Scope) -> str:
        """A prefix or path as a text, with a hole, and a note of it, where that is not known."""
        found = text("" if value is None else value)
        if HOLE in found:
            self.note(
                "SPL003", node, scope, f"a part of the path cannot be told: {shortened(node)}"
            )
        return found


def _implied(kind: str, methods: tuple[str, ...], endpoint: Endpoint) -> tuple[str, ...]:
    """The methods of a route for which none are named; a plain GET answers HEAD as well."""
    if kind == "plain" and not methods and endpoint.verbs:
        return endpoint.verbs
    if kind in ("http", "plain") and not methods:
        methods = ("GET",)
    if kind == "plain" and "GET" in methods:
        return tuple(sorted({*methods, "HEAD"}))
    return methods


def shortened(node: ast.AST, longest: int = 80) -> str:
    """The source of `node` in one line, cut at the end if that is too long."""
    source = " ".join(ast.unparse(node).split())
    return source if len(source) <= longest else source[: longest - 1] + HOLE

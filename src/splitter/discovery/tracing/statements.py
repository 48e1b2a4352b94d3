"""Runs modules and functions for what they do to routers: bindings, branches, loops, decorators."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from splitter.discovery.parsing import Parsed
from splitter.discovery.tracing.additions import shortened
from splitter.discovery.tracing.attributes import text
from splitter.discovery.tracing.expressions import truth
from splitter.discovery.tracing.imports import Imports
from splitter.discovery.tracing.values import (
    UNKNOWN,
    Adding,
    Arguments,
    Class,
    Doubt,
    Function,
    Included,
    Lazy,
    RouteList,
    Scope,
    router_of,
)
from splitter.model.changes import Note

_ADDS_ROUTES = frozenset(
    {"include_router", "mount", "host", "add_api_route", "add_route", "add_api_websocket_route"}
    | {"get", "put", "post", "delete", "patch", "head", "options", "api_route", "websocket"}
    | {"append", "extend", "route", "websocket_route", "frontend"}
)
_VERBS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "websocket"})
_MOST_STATEMENTS = 200_000
_LONGEST_LOOP = 500

_Decorated = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Tracer(Imports):
    """Follows a program from one module on, as its import would run it."""

    def __init__(self, parsed: Parsed) -> None:
        super().__init__(parsed)
        self._left = _MOST_STATEMENTS

    def start(self) -> None:
        """Run what the applications do at their start-up: events and lifespans, in order."""
        while self.at_start_up:
            function, router = self.at_start_up.pop(0)
            scope = function.scope
            with self._doubting("SPL008", function.node, scope, "routes are added at start-up"):
                given = (router,) if function.node.args.args else ()
                self.invoke(function, Arguments(given, {}))

    def run(self, body: list[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self._left -= 1
            if self._left > 0:
                self._run(statement, scope)

    def _run(self, node: ast.stmt, scope: Scope) -> None:
        match node:
            case ast.Expr():
                self._effect(node.value, scope)
            case ast.Assign():
                self._assign(node.targets, node.value, scope)
            case ast.AnnAssign(value=ast.expr() as value):
                self._assign([node.target], value, scope)
            case ast.AugAssign():
                self._augment(node, scope)
            case ast.ImportFrom():
                self.import_names(node, scope)
            case ast.Import():
                self.import_modules(node, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                function = Function(node, scope, scope.owner if scope.is_class else None)
                self._decorate(function, node, scope)
                scope.bind(node.name, function)
            case ast.ClassDef():
                self._class(node, scope)
            case ast.Return(value=ast.expr() as value):
                scope.returned.append(self.evaluate(value, scope))
            case ast.Global():
                scope.globals.update(node.names)
            case _:
                self._compound(node, scope)

    def _compound(self, node: ast.stmt, scope: Scope) -> None:
        match node:
            case ast.If():
                self._branch(node, scope)
            case ast.For() | ast.AsyncFor():
                self._loop(node, scope)
            case ast.While():
                self.run(node.body, scope)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    value = self.evaluate(item.context_expr, scope)
                    if item.optional_vars is not None:
                        self.assign(item.optional_vars, value, scope)
                self.run(node.body, scope)
            case ast.Try() | ast.TryStar():
                self._attempt(node, scope)
            case ast.Match():
                for case in node.cases:
                    what, side = _depends(node.subject), ast.unparse(case.pattern)
                    with self._doubting("SPL007", node, scope, what, side):
                        self.run(case.body, scope)

    def _effect(self, node: ast.expr, scope: Scope) -> None:
        """An expression that stands alone matters if it could add routes."""
        inner = node.value if isinstance(node, ast.Await) else node
        if isinstance(inner, ast.ListComp) and isinstance(inner.elt, ast.Call):
            matters = self.is_about_routes(scope.path)
        else:
            matters = isinstance(inner, ast.Call) and self._may_add_routes(inner, scope)
        if matters:
            self.evaluate(inner, scope)

    def _may_add_routes(self, node: ast.Call, scope: Scope) -> bool:
        if self.is_about_routes(scope.path) or getattr(node.func, "attr", "") in _ADDS_ROUTES:
            return True
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        named = (each for each in given if isinstance(each, ast.Name | ast.Attribute))
        return any(router_of(self.evaluate(each, scope)) is not None for each in named)

    def _assign(self, targets: list[ast.expr], value: ast.expr, scope: Scope) -> None:
        """Calls wait until their value is needed where nothing has to do with routes."""
        plain = all(isinstance(target, ast.Name) for target in targets)
        waits = plain and isinstance(value, ast.Call) and not self.is_about_routes(scope.path)
        found = Lazy(value, scope) if waits else self.evaluate(value, scope)
        for target in targets:
            self.assign(target, found, scope)

    def _augment(self, node: ast.AugAssign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        holder = self.evaluate(node.target, scope)
        if isinstance(holder, list) and isinstance(value, list):
            holder += value
        elif isinstance(holder, RouteList) and isinstance(value, RouteList):
            holder.router.events.append(Included(value.router, "", True, True, self.doubts))
        elif isinstance(node.op, ast.Add) and isinstance(holder, str):
            self.assign(node.target, holder + text(value), scope)
        elif not isinstance(holder, RouteList):
            self.assign(node.target, UNKNOWN, scope)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        made = Class(node, scope, tuple(self.evaluate(base, scope) for base in node.bases))
        if self.is_about_routes(scope.path):
            if _has_routes(node):
                what = f"the routes of {made.qualname} are methods of a class"
                self.note("SPL009", node, scope, what)
            self.body(made)
            self._decorate(made, node, scope)
        scope.bind(node.name, made)

    def _decorate(self, value: Function | Class, node: _Decorated, scope: Scope) -> None:
        """Let the decorators do what they do to routers; the name stays what was written."""
        for decorator in reversed(node.decorator_list):
            if isinstance(decorator, ast.Call):
                if isinstance(decorator.func, ast.Attribute) and decorator.func.attr in _VERBS:
                    self.reveal(decorator.func.value, scope)
                found = self.evaluate(decorator, scope)
                if isinstance(found, Adding | Function):
                    self.apply(found, Arguments((value,), {}), decorator, scope)

    def _branch(self, node: ast.If, scope: Scope) -> None:
        """Both sides, the likelier one last: what it binds is what holds."""
        if _is_never_served(node.test):
            self.run(node.orelse, scope)
            return
        sides = [("if", node.body), ("else", node.orelse)]
        chosen = truth(self.evaluate(node.test, scope))
        likely, other = sides if chosen is not False else reversed(sides)
        what = _depends(node.test)
        if chosen is None or _adds_routes(other[1]):
            with self._doubting("SPL007", node, scope, what, other[0]):
                self.run(other[1], scope)
        with self._doubting("SPL007", node, scope, what, likely[0]):
            self.run(likely[1], scope)

    def _attempt(self, node: ast.Try | ast.TryStar, scope: Scope) -> None:
        """What a failure leads to comes first: what is bound without one is what holds."""
        what = "routes depend on whether this fails"
        for handler in node.handlers:
            with self._doubting("SPL007", node, scope, what, f"except {handler.lineno}"):
                self.run(handler.body, scope)
        with ExitStack() as stack:
            if node.handlers:
                stack.enter_context(self._doubting("SPL007", node, scope, what, "try"))
            self.run([*node.body, *node.orelse], scope)
        self.run(node.finalbody, scope)

    def _loop(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        items = self.items(self.evaluate(node.iter, scope))
        if items is None or len(items) > _LONGEST_LOOP:
            items = []
            what = f"routes are added for each of {shortened(node.iter, 60)}, which is not known"
            with self._doubting("SPL007", node, scope, what):
                self._round(node, UNKNOWN, scope)
        for item in items:
            self._round(node, item, scope)
        self.run(node.orelse, scope)

    def _round(self, node: ast.For | ast.AsyncFor, item: object, scope: Scope) -> None:
        self.assign(node.target, item, scope)
        self.run(node.body, scope)

    @contextmanager
    def _doubting(
        self, code: str, node: ast.AST, scope: Scope, what: str, side: str = ""
    ) -> Iterator[None]:
        before = self.doubts
        doubt = Doubt(Note(scope.path, getattr(node, "lineno", 0), code, what), side)
        self.doubts = (*before, doubt)
        try:
            yield
        finally:
            self.doubts = before


def _is_never_served(test: ast.expr) -> bool:
    """`if TYPE_CHECKING`, `if __name__ == "__main__"`: not run by a server."""
    if isinstance(test, ast.Compare):
        return isinstance(test.left, ast.Name) and test.left.id == "__name__"
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def _depends(test: ast.expr) -> str:
    return f"routes depend on {shortened(test, 60)}"


def _adds_routes(body: list[ast.stmt]) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr in _ADDS_ROUTES
        for statement in body
        for node in ast.walk(statement)
    )


def _has_routes(node: ast.ClassDef) -> bool:
    methods = [m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
    calls = [d for method in methods for d in method.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(c.func, ast.Attribute) and c.func.attr in _ADDS_ROUTES for c in calls)

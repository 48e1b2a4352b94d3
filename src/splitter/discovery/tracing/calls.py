"""What calls give: routers, objects, what functions of the project return, a few of the library."""

from __future__ import annotations

import ast
from abc import abstractmethod

from splitter.discovery.tracing.library import LIBRARY, method_of
from splitter.discovery.tracing.routers import Routers, given_routes
from splitter.discovery.tracing.values import (
    MISSING,
    UNKNOWN,
    Above,
    Adding,
    Arguments,
    Bound,
    Class,
    External,
    Function,
    Included,
    Instance,
    Made,
    RouteList,
    Router,
    Scope,
    Unknown,
    router_of,
)

_DEEPEST = 12
_DEEPEST_ASIDE = 3
_SHORT = 15
_MAKERS = ("FastAPI", "Starlette", "APIRouter", "Router")
_ROUTES = ("Route", "APIRoute", "WebSocketRoute", "APIWebSocketRoute")
_OF_ROUTERS = frozenset(
    {"include_router", "add_api_route", "api_route", "add_api_websocket_route", "add_middleware"}
    | {"exception_handler", "add_exception_handler", "on_event", "add_event_handler"}
)


class Calls(Routers):
    """Follows calls into the project's functions as long as they could have to do with routes."""

    def __init__(self) -> None:
        super().__init__()
        self._calling: list[Function] = []
        self._aside = 0
        self._results: dict[Function, object] = {}

    @abstractmethod
    def is_about_routes(self, path: str) -> bool:
        """Whether the code of a file makes or fills routers."""

    def call(self, node: ast.Call, scope: Scope) -> object:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            method = scope.of_method()
            if method is not None and method.owner is not None:
                return Above(method.me, method.owner)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _OF_ROUTERS:
            self.reveal(node.func.value, scope)
        function = self.evaluate(node.func, scope)
        return self.apply(function, self._arguments(node, scope), node, scope)

    def reveal(self, node: ast.expr, scope: Scope) -> None:
        """`node` is used as a router: what a library made has turned out to be one."""
        if not isinstance(node, ast.Name | ast.Attribute):
            return
        value = self.evaluate(node, scope)
        if isinstance(value, Instance) and value.router is None:
            base = external_base(value.of)
            if base is not None:
                value.router = Router(scope.path, node.lineno, True, value.of, base.name)
                self.configure_from(value.router, value.names)
        elif isinstance(value, Made) and value.router is None:
            value.router = Router(scope.path, node.lineno, True, None, value.by.name)

    def configure_from(self, router: Router, names: dict[str, object]) -> None:
        lifespan = names.get("lifespan")
        if isinstance(lifespan, Function):
            self.at_start_up.append((lifespan, router))

    def apply(self, called: object, arguments: Arguments, node: ast.Call, scope: Scope) -> object:
        """What calling `called` gives."""
        if isinstance(called, External):
            return self._external(called, arguments, node, scope)
        if isinstance(called, Function):
            return self.invoke(called, arguments) if self._matters(called, arguments) else UNKNOWN
        if isinstance(called, Class):
            return self._instance(called, arguments, node, scope)
        if isinstance(called, Bound):
            return self._bound(called, arguments, node, scope)
        if isinstance(called, Adding):
            self.added(called, arguments.get(0, "func"), scope)
            return arguments.get(0, "func")
        if isinstance(called, Instance):
            method = self.member(called.of, "__call__")
            if isinstance(method, Function) and self._matters(method, arguments):
                return self.invoke(method, arguments, me=called)
        return _passed_through(arguments)

    def invoke(self, function: Function, arguments: Arguments, *, me: object = MISSING) -> object:
        """What the function returns, of several things the first router or else the last."""
        aside = not self._concerns_routes(function, arguments)
        deepest = len(self._calling) >= _DEEPEST or self._aside + aside > _DEEPEST_ASIDE
        if deepest or function in self._calling:
            return UNKNOWN
        alone = me is MISSING and not arguments.all() and aside
        if alone and function in self._results:
            return self._results[function]
        self._calling.append(function)
        self._aside += aside
        result = self._result(function, arguments, me)
        self._aside -= aside
        self._calling.pop()
        if alone:
            self._results[function] = result
        return result

    def _result(self, function: Function, arguments: Arguments, me: object) -> object:
        outer, node = function.scope, function.node
        qualname = f"{function.qualname}.<locals>."
        inner = Scope(outer.module, outer.path, qualname, {}, outer, owner=function.owner, me=me)
        inner.names |= self._parameters(function, arguments, me)
        if isinstance(node, ast.Lambda):
            return self.evaluate(node.body, inner)
        self.run(node.body, inner)
        known = [value for value in inner.returned if not isinstance(value, Unknown)]
        routers = [value for value in known if router_of(value) is not None]
        return (routers or known[-1:] or [UNKNOWN])[0]

    def _matters(self, function: Function, arguments: Arguments) -> bool:
        if self._concerns_routes(function, arguments) or isinstance(function.node, ast.Lambda):
            return True
        return len(function.node.body) <= _SHORT

    def _concerns_routes(self, function: Function, arguments: Arguments) -> bool:
        given = any(_holds_router(value) for value in arguments.all())
        return given or self.is_about_routes(function.scope.path)

    def _arguments(self, node: ast.Call, scope: Scope) -> Arguments:
        positional: list[object] = []
        starred = False
        for argument in node.args:
            value = self.evaluate(argument, scope)
            if isinstance(argument, ast.Starred):
                starred = starred or not isinstance(value, list)
                positional += value if isinstance(value, list) else []
            else:
                positional.append(value)
        named: dict[str, object] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named |= {name: each for name, each in value.items() if isinstance(name, str)}
        return Arguments(tuple(positional), named, starred)

    def _parameters(
        self, function: Function, arguments: Arguments, me: object
    ) -> dict[str, object]:
        spec = function.node.args
        names = [each.arg for each in (*spec.posonlyargs, *spec.args)]
        found: dict[str, object] = dict.fromkeys(
            [*names, *(a.arg for a in spec.kwonlyargs)], UNKNOWN
        )
        defaults = dict(zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True))
        pairs = zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        defaults |= {each.arg: default for each, default in pairs if default is not None}
        for name, default in defaults.items():
            found[name] = self.evaluate(default, function.scope)
        given = arguments.positional if me is MISSING else (me, *arguments.positional)
        found |= dict(zip(names, given, strict=False))
        if spec.vararg:
            found[spec.vararg.arg] = UNKNOWN if arguments.starred else list(given[len(names) :])
        if spec.kwarg:
            rest = {name: v for name, v in arguments.named.items() if name not in found}
            found[spec.kwarg.arg] = rest
        return found | {name: v for name, v in arguments.named.items() if name in found}

    def _external(
        self, called: External, arguments: Arguments, node: ast.Call, scope: Scope
    ) -> object:
        if called.last in _MAKERS or (called.last.endswith("Router") and called.last[0].isupper()):
            return self.make(called, arguments, node, scope)
        if called.last in _ROUTES:
            return self.route(called, arguments, node, scope)
        if called.last in ("Mount", "Host"):
            return self.mounted(arguments, node, scope, host=called.last == "Host")
        known = LIBRARY.get(called.name)
        if known is not None:
            return known(self, arguments)
        passed = _passed_through(arguments)
        is_partial = called.last == "partial"
        return Made(called, arguments.positional) if is_partial or passed is UNKNOWN else passed

    def _instance(self, kind: Class, arguments: Arguments, node: ast.Call, scope: Scope) -> object:
        base = external_base(kind)
        first = self.member(kind, "__init__")
        if base is not None and base.last in _ROUTES:
            return self.route(base, arguments, node, scope)
        value: Router | Instance
        if base is not None and (base.last in _MAKERS or base.last.endswith("Router")):
            value = self.make(base, arguments, node, scope)
            value.of, value.library = kind, ""
        else:
            value = Instance(kind, dict(arguments.named))
        if isinstance(first, Function) and self._matters(first, arguments):
            self.invoke(first, arguments, me=value)
        return value

    def _bound(self, bound: Bound, arguments: Arguments, node: ast.Call, scope: Scope) -> object:
        to = bound.to
        if isinstance(to, Above):
            return self._above(to, bound.name, arguments, node, scope)
        if isinstance(to, Router):
            return self._own_or_operate(to, bound, arguments, node, scope)
        if isinstance(to, Instance | Class) and bound.function is not None:
            matters = self._matters(bound.function, arguments)
            return self.invoke(bound.function, arguments, me=to) if matters else UNKNOWN
        if isinstance(to, RouteList):
            return _to_routes(to.router, bound.name, arguments)
        return method_of(to, bound.name, arguments)

    def _own_or_operate(
        self, router: Router, bound: Bound, arguments: Arguments, node: ast.Call, scope: Scope
    ) -> object:
        """A method that a class of the project has of its own, else what every router does."""
        if bound.function is None:
            return self.operate(router, bound.name, arguments, node, scope)
        before = len(router.events)
        result = self.invoke(bound.function, arguments, me=router)
        if len(router.events) > before or not isinstance(result, Unknown):
            return result
        return self.operate(router, bound.name, arguments, node, scope)

    def _above(
        self, above: Above, name: str, arguments: Arguments, node: ast.Call, scope: Scope
    ) -> object:
        """`super().name(…)`: the method of a base in the project, or what every router does."""
        for base in above.seen_from.bases:
            method = self.member(base, name) if isinstance(base, Class) else MISSING
            if isinstance(method, Function):
                return self.invoke(method, arguments, me=above.me)
        if not isinstance(above.me, Router):
            return UNKNOWN
        if name == "__init__":
            self.configure(above.me, arguments, node, scope)
            return UNKNOWN
        return self.operate(above.me, name, arguments, node, scope)


def external_base(kind: Class) -> External | None:
    """The first base, nearest first, that the project does not define."""
    for base in kind.bases:
        found = external_base(base) if isinstance(base, Class) and base is not kind else base
        if isinstance(found, External) and found.name != "builtins.object":
            return found
    return None


def _passed_through(arguments: Arguments) -> object:
    """What an unknown function that wraps something most likely stands for: what it wraps."""
    routers = [value for value in arguments.all() if router_of(value) is not None]
    if len(routers) == 1:
        return routers[0]
    only = arguments.positional if not arguments.named else ()
    return only[0] if len(only) == 1 and isinstance(only[0], Function | Class) else UNKNOWN


def _holds_router(value: object) -> bool:
    if isinstance(value, list):
        return any(_holds_router(each) for each in value)
    if isinstance(value, Instance) and value.router is None:
        return any(router_of(each) is not None for each in value.names.values())
    return router_of(value) is not None


def _to_routes(router: Router, name: str, arguments: Arguments) -> object:
    given = arguments.positional[-1] if arguments.positional else UNKNOWN
    if name in ("append", "insert"):
        given = [given]
    if isinstance(given, RouteList):
        given = [Included(given.router, "", True, True)]
    router.events += given_routes(given if isinstance(given, list) else None)
    return UNKNOWN

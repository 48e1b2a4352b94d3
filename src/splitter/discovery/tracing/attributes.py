"""What `value.name` is, for modules, classes, their objects and routers."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from dataclasses import replace

from splitter.discovery.tracing.values import (
    HOLE,
    MISSING,
    UNKNOWN,
    Added,
    Arguments,
    Bound,
    Class,
    External,
    Function,
    Included,
    Instance,
    Lazy,
    Made,
    ModuleValue,
    Opening,
    RouteList,
    Router,
    Scope,
    Unknown,
)

_PROPERTIES = frozenset({"property", "cached_property", "computed_field"})


class Attributes(ABC):
    """Looks names and attributes up; expressions, calls and bodies are left to the layers above."""

    @abstractmethod
    def evaluate(self, node: ast.expr, scope: Scope) -> object:
        """What `node` stands for in `scope`; `UNKNOWN` if that cannot be told."""

    @abstractmethod
    def call(self, node: ast.Call, scope: Scope) -> object: ...

    @abstractmethod
    def invoke(
        self, function: Function, arguments: Arguments, *, me: object = MISSING
    ) -> object: ...

    @abstractmethod
    def module(self, name: str) -> ModuleValue | None:
        """The project's module of that dotted name, run as an import would."""

    @abstractmethod
    def run(self, body: list[ast.stmt], scope: Scope) -> None: ...

    def name(self, name: str, scope: Scope) -> object:
        found = self.forced(scope.look_up(name))
        return External(f"builtins.{name}") if found is MISSING else found

    def forced(self, value: object) -> object:
        if not isinstance(value, Lazy):
            return value
        if value.value is MISSING:
            value.value = UNKNOWN
            value.value = self.evaluate(value.node, value.scope)
        return value.value

    def attribute(self, value: object, name: str) -> object:
        """`value.name`."""
        if isinstance(value, ModuleValue):
            return self._of_module(value, name)
        if isinstance(value, Class):
            found = self.member(value, name)
            method = isinstance(found, Function) and "classmethod" in _decorators(found)
            return Bound(value, name, found) if method and isinstance(found, Function) else found
        if isinstance(value, Instance):
            return self._of_instance(value, name)
        if isinstance(value, Made) and value.router is not None:
            return self._of_router(value.router, name)
        if isinstance(value, Router):
            return self._of_router(value, name)
        if isinstance(value, External):
            return External(f"{value.name}.{name}")
        if isinstance(value, Made):
            return External(f"{value.by.name}.{name}")
        if isinstance(value, str) and name in ("value", "_value_"):
            return value
        return UNKNOWN if isinstance(value, Unknown) else Bound(value, name)

    def member(self, kind: Class, name: str) -> object:
        """What a class, or the nearest of its bases, binds `name` to."""
        found = self.forced(self.body(kind).names.get(name, MISSING))
        for above in kind.bases:
            if found is not MISSING:
                break
            if isinstance(above, Class) and above is not kind:
                found = self.member(above, name)
        return found

    def body(self, kind: Class) -> Scope:
        """The names of a class, traced once."""
        if kind.body is None:
            scope = kind.scope
            qualname = f"{kind.qualname}."
            kind.body = Scope(scope.module, scope.path, qualname, {}, scope, True, owner=kind)
            self.run(kind.node.body, kind.body)
        return kind.body

    def set_attribute(self, holder: object, name: str, value: object) -> None:
        if isinstance(holder, Router) and name == "prefix":
            holder.events = [_kept(event, holder.prefix) for event in holder.events]
            holder.prefix = text(value)
        elif isinstance(holder, Router | Instance):
            holder.names[name] = value
        elif isinstance(holder, ModuleValue):
            holder.scope.names[name] = value

    def _of_module(self, module: ModuleValue, name: str) -> object:
        found = self.forced(module.scope.names.get(name, MISSING))
        if found is MISSING:
            found = self.module(f"{module.name}.{name}") or UNKNOWN
        return found

    def _of_instance(self, value: Instance, name: str) -> object:
        if name in value.names:
            return self.forced(value.names[name])
        found = self.member(value.of, name)
        if found is MISSING and value.router is not None:
            return self._of_router(value.router, name)
        if not isinstance(found, Function):
            return UNKNOWN if found is MISSING else found
        decorators = _decorators(found)
        if decorators & _PROPERTIES:
            return self.invoke(found, Arguments((), {}), me=value)
        if "staticmethod" in decorators:
            return found
        return Bound(value.of if "classmethod" in decorators else value, name, found)

    def _of_router(self, value: Router, name: str) -> object:
        if name in value.names:
            return self.forced(value.names[name])
        if name == "routes":
            return RouteList(value)
        if name == "prefix":
            return value.prefix
        if name == "router":
            return value
        found = self.member(value.of, name) if value.of else MISSING
        return Bound(value, name, found if isinstance(found, Function) else None)


def text(value: object) -> str:
    """`value` as an f-string would show it, with a hole where that cannot be told."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return HOLE
    return str(value)


def _decorators(function: Function) -> set[str]:
    """The last names of a function's decorators that are no calls."""
    decorators = getattr(function.node, "decorator_list", [])
    return {getattr(d, "attr", getattr(d, "id", "")) for d in decorators}


def _kept(event: Added | Included | Opening, prefix: str) -> Added | Included | Opening:
    """What was added to a router before its prefix was changed keeps the one of then."""
    if event.plain:
        return event
    if isinstance(event, Added):
        return replace(event, route=prefix + event.route, plain=True)
    if isinstance(event, Included):
        return replace(event, prefix=prefix + event.prefix, bare=True)
    return replace(event, prefix=prefix + event.prefix, plain=True)

"""What a property of a value is: of objects, enums, classes with their parents, and modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from splitter.discovery.frontend.names import environment
from splitter.discovery.frontend.program import CLASSES, parent_name
from splitter.discovery.frontend.trees import Module, string_of
from splitter.discovery.frontend.values import (
    Client,
    Instance,
    Namespace,
    Param,
    Ref,
    Scope,
    Text,
    Unknown,
    Value,
    literal,
)

if TYPE_CHECKING:
    from splitter.discovery.frontend.evaluating import Evaluation

DEEPEST = 24
_ITSELF = {"value", "href", "current", "default", "pathname"}


class Members:
    def __init__(self, evaluation: Evaluation) -> None:
        self._all = evaluation

    def value(self, module: Module, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        """What `a.b`, `a["b"]` or `a[b]` comes to."""
        told = environment(node)
        if told is not None:
            return told
        holder = node.field("object")
        if holder is None:
            return (Unknown("…"),)
        values = self._all.value(module, holder, scope)
        name = node.field("property")
        if name is not None:
            return self.property(values, name.text(), scope) or (Unknown(name.text()),)
        index = node.field("index")
        key = literal(self._all.value(module, index, scope)) if index is not None else ""
        if key:
            return self.property(values, key, scope) or (Unknown(key),)
        every = [v for value in values if isinstance(value, Ref) for v in self._every(value)]
        return tuple(dict.fromkeys(every)) or (Unknown(_words(node)),)

    def property(self, values: tuple[Value, ...], name: str, scope: Scope) -> tuple[Value, ...]:
        """The alternatives of a property; none where the values are known not to have it."""
        found: list[Value] = []
        for value in values if scope.depth < DEEPEST else ():
            found += self._of(value, name, scope)
        return tuple(dict.fromkeys(found))

    def _of(self, value: Value, name: str, scope: Scope) -> tuple[Value, ...]:
        if isinstance(value, Param):
            return (Param(value.function, value.index, name, (*value.keys, name)),)
        if isinstance(value, Text):
            return (value,) if name in _ITSELF else (Unknown(name),)
        if isinstance(value, Namespace):
            what = self._all.program.exported(value.path, name)
            return self._exported(what, name, scope)
        if isinstance(value, Instance):
            return self._of_instance(value, name, scope)
        if isinstance(value, Ref):
            return self._of_source(value, name, scope)
        if isinstance(value, Client):
            return (Unknown(name),)
        return (Unknown(f"{value.name}.{name}" if len(value.name) < 20 else name),)

    def _exported(
        self, what: tuple[Module, SgNode] | str | None, name: str, scope: Scope
    ) -> tuple[Value, ...]:
        if what is None:
            return (Unknown(name),)
        if isinstance(what, str):
            return (Namespace(what),)
        return self._all.names.at(*what, Scope(depth=scope.depth))

    def _of_source(self, value: Ref, name: str, scope: Scope) -> tuple[Value, ...]:
        kind = value.node.kind()
        if kind == "object":
            return self._of_object(value, name, scope)
        if kind == "array":
            parts = value.node.named_children()
            if name.isdecimal() and int(name) < len(parts):
                return self._inner(value, parts[int(name)], scope)
            return (Unknown(name),)
        if kind == "enum_declaration":
            return self._of_enum(value, name, scope)
        if kind in CLASSES:
            return tuple(self._own(value, name, scope, static=True)) or (Unknown(name),)
        return (Unknown(name),)

    def _of_object(self, value: Ref, name: str, scope: Scope) -> tuple[Value, ...]:
        found: list[Value] = []
        for part in reversed(value.node.named_children()):
            kind = part.kind()
            key = part.field("key") or part.field("name")
            if kind == "spread_element":
                deeper = Scope(scope.given, scope.this, scope.depth + 1)
                spread = self._inner(value, part.named_children()[0], deeper)
                found += self.property(spread, name, deeper)
            elif kind == "shorthand_property_identifier" and part.text() == name:
                return (*_sure(found), *self._inner(value, part, scope))
            elif key is not None and _key(key) == name:
                inner = part.field("value") if kind == "pair" else part
                if inner is not None:
                    return (*_sure(found), *self._inner(value, inner, scope))
        return tuple(found)

    def _of_enum(self, value: Ref, name: str, scope: Scope) -> tuple[Value, ...]:
        for node in value.node.find_all(kind="enum_assignment"):
            key, inner = node.field("name"), node.field("value")
            if key is not None and inner is not None and _key(key) == name:
                return self._inner(value, inner, scope)
        return (Unknown(name),)

    def _every(self, value: Ref) -> Iterator[Value]:
        """All that an object, an array or an enum holds."""
        kinds = {"object": "pair", "enum_declaration": "enum_assignment"}
        if value.node.kind() == "array":
            for part in value.node.named_children():
                yield from self._inner(value, part, value.scope)
        elif value.node.kind() in kinds:
            for node in value.node.find_all(kind=kinds[value.node.kind()]):
                inner = node.field("value")
                if inner is not None:
                    yield from self._inner(value, inner, value.scope)

    def _inner(self, value: Ref, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        inside = Scope(value.scope.given, value.scope.this, scope.depth + 1)
        if node.kind() == "shorthand_property_identifier":
            return self._all.names.value(value.module, node, inside)
        return self._all.value(value.module, node, inside)

    def _of_instance(self, value: Instance, name: str, scope: Scope) -> tuple[Value, ...]:
        """A class's own property, or its parent's; what its children have instead comes along."""
        found = list(self._inherited(value.of, name, scope, set()))
        found += self._overriding(value.of, name, scope, set())
        return tuple(dict.fromkeys(found)) or (Unknown(f"this.{name}"),)

    def _inherited(
        self, of: Ref, name: str, scope: Scope, seen: set[object], this: Instance | None = None
    ) -> Iterator[Value]:
        this = this or Instance(of)
        if of.key in seen:
            return
        seen.add(of.key)
        own = list(self._own(of, name, scope, static=False, this=this))
        yield from own
        if own:
            return
        for heritage in of.node.children():
            if heritage.kind() == "class_heritage":
                parent = self._class(of.module, heritage, scope)
                if parent is not None:
                    yield from self._inherited(parent, name, scope, seen, this)

    def _overriding(self, of: Ref, name: str, scope: Scope, seen: set[object]) -> Iterator[Value]:
        known = of.node.field("name")
        if known is None or of.key in seen or len(seen) > 60:
            return
        seen.add(of.key)
        for module, node in self._all.program.children.get(known.text(), ()):
            child = Ref(module, node, Scope())
            yield from self._own(child, name, scope, static=False, this=Instance(child))
            yield from self._overriding(child, name, scope, seen)

    def _own(
        self, of: Ref, name: str, scope: Scope, *, static: bool, this: Instance | None = None
    ) -> Iterator[Value]:
        body = of.node.field("body")
        inside = Scope(this=(this,) if this else (), depth=scope.depth + 1)
        for part in body.named_children() if body is not None else ():
            key = part.field("name") or part.field("property")
            if key is None or _key(key) != name:
                continue
            if part.kind() == "method_definition":
                ref = Ref(of.module, part, inside)
                getter = any(c.text() == "get" for c in part.children() if not c.is_named())
                yield from self._all.results.returned(ref, inside) if getter else (ref,)
            else:
                value = part.field("value")
                if value is not None:
                    yield from self._all.value(of.module, value, inside)
        yield from self._constructed(of, name, inside) if not static else ()

    def _constructed(self, of: Ref, name: str, scope: Scope) -> Iterator[Value]:
        start, end = of.key[1:]
        for node in of.module.assigned.get(f"this.{name}", ()):
            right = node.field("right")
            if right is not None and start <= node.range().start.index < end:
                values = self._all.value(of.module, right, scope)
                yield from (v for v in values if not isinstance(v, Param))

    def _class(self, module: Module, heritage: SgNode, scope: Scope) -> Ref | None:
        for node in heritage.find_all(kind="identifier"):
            if node.text() == parent_name(heritage):
                for value in self._all.names.value(module, node, Scope(depth=scope.depth)):
                    if isinstance(value, Ref) and value.node.kind() in CLASSES:
                        return value
        return None


def _sure(spread: list[Value]) -> list[Value]:
    """What a spread object has instead of a property: only what is known of it counts."""
    return [v for v in spread if isinstance(v, Text) and all(isinstance(p, str) for p in v.parts)]


def _key(node: SgNode) -> str:
    return string_of(node) if node.kind() == "string" else node.text()


def _words(node: SgNode) -> str:
    return node.text() if len(node.text()) < 30 else "…"

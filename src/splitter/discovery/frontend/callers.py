"""Who calls a function of a frontend that asks an API with what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from splitter.discovery.frontend.clients import VERBS
from splitter.discovery.frontend.results import arguments
from splitter.discovery.frontend.trees import FUNCTIONS, Key, Module, callee_of, last_name
from splitter.discovery.frontend.urls import is_like_a_url
from splitter.discovery.frontend.values import Namespace, Param, Ref, Scope, Unknown, Value, texts

if TYPE_CHECKING:
    from splitter.discovery.frontend.evaluating import Evaluation

_KEYED = ("useSWR", "useSwr")


class Callers:
    def __init__(self, evaluation: Evaluation) -> None:
        self._all = evaluation
        self._functions: dict[Key, SgNode] = {}
        self._keyed = [
            (module, node)
            for name, found in evaluation.program.calls.items()
            if name.startswith(_KEYED)
            for module, node in found
        ]

    def of(self, function: Key) -> Iterator[tuple[Module, SgNode, tuple[tuple[Value, ...], ...]]]:
        """Each call of a function, with its arguments."""
        module = self._all.program.modules[function[0]]
        node = self._node(module, function)
        if node is None:
            return
        name, is_method = _name(node)
        for alias in sorted(self._all.program.aliases(module, _holder(node), name)):
            for other, call in self._all.program.calls.get(alias, ()):
                if self._is_it(other, call, function, name, is_method):
                    given = arguments(call)
                    yield other, call, tuple(self._all.value(other, g, Scope()) for g in given)
        yield from self._by_key(module, node, function)

    def _is_it(
        self, module: Module, call: SgNode, function: Key, name: str, is_method: bool
    ) -> bool:
        callee = callee_of(call)
        if callee is None:
            return False
        values = self._all.value(module, callee, Scope())
        if any(isinstance(v, Ref) and v.key == function for v in values):
            return True
        known = any(not isinstance(v, Unknown | Param | Namespace) for v in values)
        if known or not is_method or name in VERBS or callee.kind() != "member_expression":
            return False
        given = arguments(call)[:2]
        return any(is_like_a_url(u) for g in given for u in self._all.text(module, g, Scope()))

    def _by_key(
        self, module: Module, node: SgNode, function: Key
    ) -> Iterator[tuple[Module, SgNode, tuple[tuple[Value, ...], ...]]]:
        """Calls that are given a key and the function that fetches it (`useSWR(key, fetcher)`)."""
        for other, call in self._keyed:
            given = arguments(call)
            if len(given) < 2:
                continue
            fetching = self._all.value(other, given[1], Scope())
            if any(isinstance(v, Ref) and v.key == function for v in fetching):
                yield other, call, (self._key(other, given[0]),)
        above = node.parent()
        call_above = above.parent() if above is not None and above.kind() == "arguments" else None
        if call_above is None or call_above.kind() != "call_expression":
            return
        given = arguments(call_above)
        name = last_name(callee_of(call_above) or call_above)
        if name.startswith(_KEYED) or len(given) < 2 or module.key(given[0]) == function:
            return
        key = self._key(module, given[0])
        if any(is_like_a_url(u) for u in texts(key)):
            yield module, call_above, (key,)

    def _key(self, module: Module, node: SgNode) -> tuple[Value, ...]:
        values = self._all.value(module, node, Scope())
        found: list[Value] = []
        for value in values:
            if isinstance(value, Ref) and value.node.kind() in FUNCTIONS:
                found += self._all.results.returned(value, Scope())
            else:
                found.append(value)
        return tuple(found)

    def _node(self, module: Module, function: Key) -> SgNode | None:
        if not self._functions.get(function):
            for root in module.roots:
                for kind in FUNCTIONS:
                    for node in root.find_all(kind=kind):
                        self._functions[module.key(node)] = node
        return self._functions.get(function)


def _name(node: SgNode) -> tuple[str, bool]:
    """A function's name, and whether it is called as a method."""
    own = node.field("name")
    if own is not None:
        return own.text(), node.kind() == "method_definition"
    above = _holder(node)
    if above.kind() == "variable_declarator":
        name = above.field("name")
        return (name.text() if name is not None else ""), False
    if above.kind() in ("pair", "public_field_definition", "field_definition"):
        name = above.field("key") or above.field("name") or above.field("property")
        return (name.text().strip("\"'") if name is not None else ""), True
    if above.kind() == "assignment_expression":
        left = above.field("left")
        return (last_name(left) if left is not None else ""), True
    return "", False


def _holder(node: SgNode) -> SgNode:
    """What gives an anonymous function its name; the function itself if nothing does."""
    above = node.parent()
    if above is not None and above.kind() == "arguments":
        call = above.parent()
        outer = call.parent() if call is not None else None
        if outer is not None and outer.kind() == "variable_declarator":
            return outer
        return node
    kinds = ("variable_declarator", "pair", "public_field_definition", "assignment_expression")
    return above if above is not None and above.kind() in kinds else node

"""What a call answers: the texts of known functions, HTTP clients, the project's own functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from splitter.discovery.frontend.program import CLASSES, default_of, parameters_of
from splitter.discovery.frontend.trees import (
    FUNCTIONS,
    Module,
    callee_of,
    enclosing,
    last_name,
    span,
)
from splitter.discovery.frontend.values import (
    Client,
    Instance,
    Param,
    Ref,
    Scope,
    Text,
    Unknown,
    Value,
    joined,
    literal,
    text,
    texts,
)
from splitter.model.frontend import Hole

if TYPE_CHECKING:
    from splitter.discovery.frontend.evaluating import Evaluation

_SAME = {
    "String",
    "encodeURI",
    "ref",
    "unref",
    "toValue",
    "shallowRef",
    "useState",
    "useRef",
    "useCallback",
}
_OWN = {"serviceUrl", "withServices"}
_COMPUTED = {"computed", "useMemo", "memo"}
_METHODS = {"toString", "trim", "toLowerCase", "valueOf", "trimEnd", "normalize"}
_MAKERS = {"create", "extend", "createClient"}
_BASES = ("baseURL", "baseUrl", "prefixUrl", "prefix")
_ORIGIN = "http://localhost"


class Results:
    def __init__(self, evaluation: Evaluation) -> None:
        self._all = evaluation

    def value(self, module: Module, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        callee = callee_of(node)
        if callee is None:
            return (Unknown("…"),)
        name, given = last_name(callee), arguments(node)
        if node.kind() == "new_expression":
            return self._made(module, callee, name, given, scope)
        if callee.kind() == "identifier" and name in _SAME | _OWN and given:
            return self._all.value(module, given[0], scope)
        if callee.kind() == "identifier" and name in _COMPUTED and given:
            return self._answer(self._all.value(module, given[0], scope), (), scope)
        if name == "encodeURIComponent" and given:
            return (Text((Hole(_words(given[0])),)),)
        holder = callee.field("object") if callee.kind() == "member_expression" else None
        if holder is not None:
            found = self._method(module, node, holder, name, given, scope)
            if found is not None:
                return found
        values = self._all.value(module, callee, scope)
        bound = tuple(self._all.value(module, g, scope) for g in given)
        return self._answer(values, bound, scope) or (Unknown(_words(callee)),)

    def returned(self, function: Ref, scope: Scope) -> tuple[Value, ...]:
        """What a function answers, in a scope that knows its arguments."""
        body = function.node.field("body")
        if body is None:
            return ()
        if body.kind() != "statement_block":
            return self._all.value(function.module, body, scope)
        found: list[Value] = []
        for node in body.find_all(kind="return_statement"):
            nearest = next(enclosing(node, FUNCTIONS), None)
            inner = node.named_children()
            if nearest is not None and span(nearest) == span(function.node) and inner:
                found += self._all.value(function.module, inner[0], scope)
        return tuple(dict.fromkeys(found))

    def _answer(
        self, values: tuple[Value, ...], given: tuple[tuple[Value, ...], ...], scope: Scope
    ) -> tuple[Value, ...]:
        found: list[Value] = []
        for value in values:
            if isinstance(value, Ref) and value.node.kind() in FUNCTIONS:
                found += self.returned(value, called(self._all, value, given, scope))
        return tuple(dict.fromkeys(found))

    def _made(
        self, module: Module, callee: SgNode, name: str, given: list[SgNode], scope: Scope
    ) -> tuple[Value, ...]:
        if name in ("URL", "Request") and given:
            first = self._all.text(module, given[0], scope)
            rest = self._all.text(module, given[1], scope) if len(given) > 1 else ()
            if name == "Request" or not rest:
                return first
            return tuple(_against(one, other) for one in first for other in rest)
        if name == "URLSearchParams":
            return (Text((Hole("query"),)),)
        values = self._all.value(module, callee, scope)
        made = [Instance(v) for v in values if isinstance(v, Ref) and v.node.kind() in CLASSES]
        return tuple(made) or (Unknown(name),)

    def _method(
        self,
        module: Module,
        node: SgNode,
        holder: SgNode,
        name: str,
        given: list[SgNode],
        scope: Scope,
    ) -> tuple[Value, ...] | None:
        """The answer of a method that texts, arrays or HTTP libraries have."""
        if name in _METHODS and not given:
            return self._all.value(module, holder, scope)
        if name in ("replace", "replaceAll") and len(given) == 2:
            return self._replaced(module, holder, given, scope)
        if name == "concat":
            pieces = [self._all.text(module, n, scope) for n in (holder, *given)]
            return joined(*pieces)
        if name == "join" and holder.kind() == "array":
            return self._joined(module, holder, given, scope)
        if name in _MAKERS and (name != "create" or holder.kind() != "this"):
            return self._client(module, node, holder, given, scope)
        if name == "bind":
            return self._all.value(module, holder, scope)
        return None

    def _replaced(
        self, module: Module, holder: SgNode, given: list[SgNode], scope: Scope
    ) -> tuple[Value, ...]:
        old = literal(self._all.value(module, given[0], scope))
        new = self._all.text(module, given[1], scope)
        found: list[Value] = []
        for one in self._all.text(module, holder, scope):
            if old and not old.startswith("http"):
                found += joined(*_pieces(one, old, new))
            else:
                found.append(one)
        return tuple(found)

    def _joined(
        self, module: Module, holder: SgNode, given: list[SgNode], scope: Scope
    ) -> tuple[Value, ...]:
        between = literal(self._all.value(module, given[0], scope)) if given else ","
        pieces: list[tuple[Text, ...]] = []
        for part in holder.named_children():
            pieces += [(text(between),)] if pieces else []
            pieces.append(self._all.text(module, part, scope))
        return joined(*pieces) if pieces else ()

    def _client(
        self, module: Module, node: SgNode, holder: SgNode, given: list[SgNode], scope: Scope
    ) -> tuple[Value, ...] | None:
        options = self._all.value(module, given[0], scope) if given else ()
        known = [v for v in options if isinstance(v, Ref) and v.node.kind() == "object"]
        words = holder.text().lower()
        library = any(w in words for w in ("axios", "ky", "got", "fetch", "http", "client", "api"))
        bases: tuple[Value, ...] = ()
        for name in _BASES:
            bases = bases or self._all.members.property(tuple(known), name, scope)
        if not library and not bases:
            return None
        return (Client(texts(bases), module.key(node)),)


def called(
    evaluation: Evaluation, function: Ref, given: tuple[tuple[Value, ...], ...], scope: Scope
) -> Scope:
    """The scope inside a function that is called with these arguments, defaults included."""
    bound = dict(function.scope.given)
    for index in range(len(parameters_of(function.node)) or 1):
        values = given[index] if index < len(given) else ()
        default = default_of(function.node, index)
        if not values and default is not None:
            inside = Scope(depth=scope.depth + 1)
            values = evaluation.value(function.module, default, inside)
        if index < len(given) or values:
            bound[(function.key, index)] = values
    return Scope(bound, function.scope.this, scope.depth + 1)


def arguments(call: SgNode) -> list[SgNode]:
    """The arguments of a call, a tagged template's left out."""
    found = call.field("arguments")
    if found is None or found.kind() != "arguments":
        return []
    return [n for n in found.named_children() if n.kind() != "comment"]


def _pieces(one: Text, old: str, new: tuple[Text, ...]) -> Iterator[tuple[Text, ...]]:
    for part in one.parts:
        if not isinstance(part, str):
            yield (Text((part,)),)
            continue
        for place, piece in enumerate(part.split(old)):
            if place:
                yield new or (text(""),)
            yield (text(piece),)


def _against(one: Text, base: Text) -> Text:
    """A URL against a base, as `new URL(url, base)` puts them together."""
    first = one.parts[0] if one.parts else ""
    if isinstance(first, str) and first.startswith(("http:", "https:", "ws:", "wss:", "//")):
        return one
    if isinstance(first, Param | Hole):
        return one
    start = base.parts[0] if base.parts else ""
    if isinstance(start, str) and first.startswith("/"):
        scheme, _, rest = start.partition("://")
        return Text((f"{scheme}://{rest.partition('/')[0]}{first}", *one.parts[1:]))
    if isinstance(start, str):
        return Text((start.rstrip("/") + "/" + first, *one.parts[1:]))
    return Text((start, *one.parts))


def _words(node: SgNode) -> str:
    words = " ".join(node.text().split())
    return words if len(words) < 30 else "…"

"""What an expression comes to: literals, templates, constants of other modules, functions' answers.

Alternatives are kept (`a ? b : c`); what cannot be told is left as a hole.
"""

from __future__ import annotations

from ast_grep_py import SgNode

from splitter.discovery.frontend.members import DEEPEST, Members
from splitter.discovery.frontend.names import Names
from splitter.discovery.frontend.program import Program
from splitter.discovery.frontend.results import Results
from splitter.discovery.frontend.trees import FUNCTIONS, Module, span, string_of
from splitter.discovery.frontend.urls import path_of
from splitter.discovery.frontend.values import (
    MOST,
    Param,
    Ref,
    Scope,
    Text,
    Unknown,
    Value,
    joined,
    text,
    texts,
)
from splitter.model.frontend import Hole

_MOST_STEPS = 4000
_INSIDE = {
    "parenthesized_expression",
    "as_expression",
    "satisfies_expression",
    "non_null_expression",
    "await_expression",
    "type_assertion",
    "expression_statement",
    "spread_element",
}
_OBJECTS = {
    "object",
    "array",
    "class",
    "class_declaration",
    "abstract_class_declaration",
    "enum_declaration",
} | FUNCTIONS
_NOTHING = {"null", "undefined", "false", "true"}
_ESCAPES = {"\\n": "\n", "\\/": "/", "\\t": "\t", "\\\\": "\\", "\\'": "'", '\\"': '"', "\\`": "`"}


class Evaluation:
    """Evaluates expressions of a program; remembers what it knows without a caller."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names = Names(self)
        self.members = Members(self)
        self.results = Results(self)
        self._known: dict[tuple[str, int, int, str], tuple[Value, ...]] = {}
        self._nested = 0
        self._steps = 0

    def value(self, module: Module, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        """The alternatives that an expression may come to; none for `null` and the like."""
        if self._nested == 0:
            self._steps = 0
        self._steps += 1
        if scope.depth > DEEPEST or self._nested > DEEPEST or self._steps > _MOST_STEPS:
            return (Unknown(_short(node)),)
        self._nested += 1
        try:
            return self._remembered(module, node, scope)
        finally:
            self._nested -= 1

    def _remembered(self, module: Module, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        plain = not scope.given and not scope.this
        key = (*module.key(node), node.kind())
        if plain and key in self._known:
            return self._known[key]
        if plain:
            self._known[key] = (Unknown(_short(node)),)
        deeper = Scope(scope.given, scope.this, scope.depth + 1)
        found = self._value(module, node, deeper)[:MOST]
        if plain:
            self._known[key] = found
        return found

    def text(self, module: Module, node: SgNode, scope: Scope) -> tuple[Text, ...]:
        return texts(self.value(module, node, scope))

    def bound(self, values: tuple[Value, ...], scope: Scope) -> tuple[Value, ...]:
        """Values with the parameters that the scope knows put in."""
        found: dict[int, Value] = {}
        for value in values:
            for one in self._bound(value, scope):
                found[len(found)] = one
        return tuple(dict.fromkeys(found.values()))[:MOST]

    def _bound(self, value: Value, scope: Scope) -> tuple[Value, ...]:
        if isinstance(value, Param):
            given = scope.given.get((value.function, value.index))
            if given is None:
                return (value,)
            for key in value.keys:
                given = self.members.property(given, key, scope)
            return given
        if isinstance(value, Text) and any(isinstance(part, Param) for part in value.parts):
            pieces = [
                texts(self._bound(part, scope)) if isinstance(part, Param) else (Text((part,)),)
                for part in value.parts
            ]
            return joined(*pieces)
        return (value,)

    def _value(self, module: Module, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        kind = node.kind()
        if kind == "string":
            return (text(_unescaped(string_of(node))),)
        if kind == "number":
            return (text(node.text()),)
        if kind == "template_string":
            return self._template(module, node, scope)
        if kind in _INSIDE:
            inner = node.named_children()
            return self.value(module, inner[-1 if kind == "type_assertion" else 0], scope)
        if kind in _OBJECTS:
            return (Ref(module, node, scope),)
        if kind in _NOTHING:
            return ()
        return self._compound(module, node, kind, scope)

    def _compound(self, module: Module, node: SgNode, kind: str, scope: Scope) -> tuple[Value, ...]:
        if kind in ("identifier", "shorthand_property_identifier"):
            return () if node.text() == "undefined" else self.names.value(module, node, scope)
        if kind == "this":
            return self.names.this(module, node, scope)
        if kind in ("member_expression", "subscript_expression"):
            return self.members.value(module, node, scope)
        if kind in ("call_expression", "new_expression"):
            return self.results.value(module, node, scope)
        if kind == "binary_expression":
            return self._binary(module, node, scope)
        if kind == "ternary_expression":
            return self._either(module, node, ("consequence", "alternative"), scope)
        if kind == "assignment_expression":
            return self._either(module, node, ("right",), scope)
        return (Unknown(_short(node)),)

    def _template(self, module: Module, node: SgNode, scope: Scope) -> tuple[Text, ...]:
        pieces: list[tuple[Text, ...]] = []
        end = span(node)[0] + 1
        for part in node.named_children():
            if part.kind() == "template_substitution":
                start, stop = span(part)
                pieces.append((text(module.text[end:start]),))
                pieces.append(self.text(module, part.named_children()[0], scope))
                end = stop
        pieces.append((text(_unescaped(module.text[end : span(node)[1] - 1])),))
        return joined(*pieces)

    def _binary(self, module: Module, node: SgNode, scope: Scope) -> tuple[Value, ...]:
        operator = node.field("operator")
        sign = operator.text() if operator is not None else ""
        left, right = node.field("left"), node.field("right")
        if left is None or right is None:
            return ()
        if sign == "+":
            return joined(self.text(module, left, scope), self.text(module, right, scope))
        if sign == "&&":
            return self.value(module, right, scope)
        if sign in ("||", "??"):
            one = self.value(module, left, scope)
            other = self.value(module, right, scope)
            return preferred((*one, *other))
        return (Unknown(_short(node)),)

    def _either(
        self, module: Module, node: SgNode, fields: tuple[str, ...], scope: Scope
    ) -> tuple[Value, ...]:
        found: list[Value] = []
        for name in fields:
            branch = node.field(name)
            if branch is not None:
                found += self.value(module, branch, scope)
        return preferred(tuple(dict.fromkeys(found)))


def preferred(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Of a base that the environment tells and its default the one that tells more."""
    bases = [v for v in values if isinstance(v, Text) and _is_base(v)]
    others = [v for v in values if v not in bases]
    if not bases or not others:
        return values
    telling = [v for v in others if not isinstance(v, Text) or path_of(v) not in ((), ("/",))]
    return tuple(telling or bases)


def _is_base(value: Text) -> bool:
    first = value.parts[0] if len(value.parts) == 1 else None
    return isinstance(first, Hole) and first.kind == "base"


def _short(node: SgNode) -> str:
    words = " ".join(node.text().split())
    return words if len(words) <= 30 else "…"


def _unescaped(words: str) -> str:
    if "\\" in words:
        for written, meant in _ESCAPES.items():
            words = words.replace(written, meant)
    return words

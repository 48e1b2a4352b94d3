"""Expressions as values: constants, names, attributes, text put together, lists and their like."""

from __future__ import annotations

import ast
import re

from splitter.discovery.tracing.attributes import Attributes, text
from splitter.discovery.tracing.values import (
    HOLE,
    MISSING,
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Made,
    ModuleValue,
    Router,
    Scope,
    Unknown,
)

_LONGEST = 2000


class Expressions(Attributes):
    """Evaluates what needs no call; calls and bodies are left to the layers above."""

    def evaluate(self, node: ast.expr, scope: Scope) -> object:
        match node:
            case ast.Constant():
                return _constant(node.value)
            case ast.Name():
                return self.name(node.id, scope)
            case ast.Attribute():
                found = self.attribute(self.evaluate(node.value, scope), node.attr)
                return UNKNOWN if found is MISSING else found
            case ast.Call():
                return self.call(node, scope)
            case ast.List() | ast.Tuple() | ast.Set():
                return self._sequence(node, scope)
            case ast.Dict():
                return self._mapping(node, scope)
            case ast.JoinedStr():
                return "".join(text(self.evaluate(part, scope)) for part in node.values)
            case ast.FormattedValue() | ast.Await() | ast.Starred():
                return self.evaluate(node.value, scope)
            case ast.BinOp():
                return self._operation(node, scope)
            case ast.Subscript():
                return self._subscript(node, scope)
            case ast.Lambda():
                return Function(node, scope)
        return self._rare(node, scope)

    def _rare(self, node: ast.expr, scope: Scope) -> object:
        match node:
            case ast.BoolOp():
                return self._chain(node, scope)
            case ast.IfExp():
                return self._choice(node, scope)
            case ast.UnaryOp():
                return self._unary(node, scope)
            case ast.Compare():
                return self._comparison(node, scope)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                scopes = self._comprehended(node.generators, scope)
                return UNKNOWN if scopes is None else [self.evaluate(node.elt, s) for s in scopes]
            case ast.DictComp():
                return self._dictionary(node, scope)
            case ast.NamedExpr():
                value = self.evaluate(node.value, scope)
                scope.bind(node.target.id, value)
                return value
        return UNKNOWN

    def items(self, value: object) -> list[object] | None:
        """What a loop over `value` goes through; `None` if that cannot be told."""
        if isinstance(value, dict):
            return list(value)
        return value if isinstance(value, list) else None

    def _operation(self, node: ast.BinOp, scope: Scope) -> object:
        left, right = self.evaluate(node.left, scope), self.evaluate(node.right, scope)
        if isinstance(node.op, ast.Mod) and isinstance(left, str):
            return self._formatted(left, right)
        if not isinstance(node.op, ast.Add):
            return UNKNOWN
        if isinstance(left, list) and isinstance(right, list):
            return [*left, *right]
        if isinstance(left, str) or isinstance(right, str):
            return text(left) + text(right)
        return UNKNOWN

    def _formatted(self, template: str, right: object) -> str:
        values = iter(right if isinstance(right, list) else [right])
        return re.sub("%[sdr]", lambda _: text(next(values, UNKNOWN)), template)

    def _chain(self, node: ast.BoolOp, scope: Scope) -> object:
        """`a or b`, `a and b`: the first operand that decides; unknown ones are passed over."""
        wanted = isinstance(node.op, ast.Or)
        found: object = UNKNOWN
        for operand in node.values:
            value = self.evaluate(operand, scope)
            if not isinstance(value, Unknown | Made):
                found = value
                if truth(value) is wanted:
                    break
        return found

    def _choice(self, node: ast.IfExp, scope: Scope) -> object:
        test = truth(self.evaluate(node.test, scope))
        first, second = (node.orelse, node.body) if test is False else (node.body, node.orelse)
        found = self.evaluate(first, scope)
        return self.evaluate(second, scope) if isinstance(found, Unknown) else found

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> object:
        operand = self.evaluate(node.operand, scope)
        if isinstance(node.op, ast.USub) and isinstance(operand, int | float):
            return -operand
        known = truth(operand)
        return not known if isinstance(node.op, ast.Not) and known is not None else UNKNOWN

    def _comparison(self, node: ast.Compare, scope: Scope) -> object:
        left, right = (self.evaluate(n, scope) for n in (node.left, node.comparators[0]))
        if len(node.ops) > 1 or not (_is_plain(left) and _is_plain(right)):
            return UNKNOWN
        if isinstance(node.ops[0], ast.Eq | ast.Is):
            return left == right
        if isinstance(node.ops[0], ast.NotEq | ast.IsNot):
            return left != right
        if isinstance(node.ops[0], ast.In | ast.NotIn) and isinstance(right, list):
            return (left in right) is isinstance(node.ops[0], ast.In)
        return UNKNOWN

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> object:
        if len(node.elts) > _LONGEST:
            return UNKNOWN
        result: list[object] = []
        for element in node.elts:
            value = self.evaluate(element, scope)
            if isinstance(element, ast.Starred):
                more = self.items(value)
                if more is None:
                    return UNKNOWN
                result += more
            else:
                result.append(value)
        return result

    def _mapping(self, node: ast.Dict, scope: Scope) -> object:
        result: dict[object, object] = {}
        if len(node.keys) > _LONGEST:
            return UNKNOWN
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                result[_key(self.evaluate(key, scope))] = self.evaluate(value, scope)
            else:
                more = self.evaluate(value, scope)
                result |= more if isinstance(more, dict) else {}
        return result

    def _subscript(self, node: ast.Subscript, scope: Scope) -> object:
        value = self.evaluate(node.value, scope)
        if isinstance(value, Class):
            return value
        if isinstance(node.slice, ast.Slice):
            return self._slice(value, node.slice, scope)
        index = _key(self.evaluate(node.slice, scope))
        if isinstance(value, dict):
            return value.get(index, UNKNOWN)
        if isinstance(value, list) and isinstance(index, int) and -len(value) <= index < len(value):
            return value[index]
        return External(f"{value.name}[]") if isinstance(value, External) else UNKNOWN

    def _slice(self, value: object, node: ast.Slice, scope: Scope) -> object:
        ends = [self.evaluate(n, scope) if n else None for n in (node.lower, node.upper, node.step)]
        known = [end for end in ends if end is None or isinstance(end, int)]
        if len(known) < len(ends) or not isinstance(value, str | list):
            return UNKNOWN
        return value[slice(*known)]

    def _dictionary(self, node: ast.DictComp, scope: Scope) -> object:
        scopes = self._comprehended(node.generators, scope)
        if scopes is None:
            return UNKNOWN
        pairs = ((self.evaluate(node.key, s), self.evaluate(node.value, s)) for s in scopes)
        return {_key(key): value for key, value in pairs}

    def _comprehended(
        self, generators: list[ast.comprehension], scope: Scope
    ) -> list[Scope] | None:
        scopes = [scope]
        for generator in generators:
            inner: list[Scope] = []
            for outer in scopes:
                found = self.items(self.evaluate(generator.iter, outer))
                if found is None or len(found) > _LONGEST:
                    return None
                for item in found:
                    each = Scope(outer.module, outer.path, outer.qualname, {}, outer)
                    self.assign(generator.target, item, each)
                    if all(truth(self.evaluate(c, each)) is not False for c in generator.ifs):
                        inner.append(each)
            scopes = inner
        return scopes

    def assign(self, target: ast.expr, value: object, scope: Scope) -> None:
        """Bind the names of `target`; what is assigned to attributes of routers is kept too."""
        if isinstance(target, ast.Name):
            scope.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            values = value if isinstance(value, list) else []
            for position, each in enumerate(target.elts):
                known = position < len(values) and not isinstance(each, ast.Starred)
                self.assign(each, values[position] if known else UNKNOWN, scope)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, UNKNOWN, scope)
        elif isinstance(target, ast.Attribute):
            self.set_attribute(self.evaluate(target.value, scope), target.attr, value)
        elif isinstance(target, ast.Subscript):
            holder = self.evaluate(target.value, scope)
            if isinstance(holder, dict):
                holder[_key(self.evaluate(target.slice, scope))] = value


def truth(value: object) -> bool | None:
    """Whether a value counts as true; `None` if that cannot be told."""
    if isinstance(value, str) and HOLE in value:
        return True
    if value is None or isinstance(value, str | int | float | list | dict):
        return bool(value)
    if isinstance(value, Function | Class | Router | ModuleValue | Instance):
        return True
    return None


def _key(value: object) -> object:
    """A value as a dictionary's key; lists (tuples, to a program) become tuples."""
    if isinstance(value, list):
        return tuple(_key(each) for each in value)
    return UNKNOWN if isinstance(value, dict) else value


def _constant(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float) else UNKNOWN


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | list)

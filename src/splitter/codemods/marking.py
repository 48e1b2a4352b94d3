"""The walk that adds `deprecated=True`; importing it imports libcst."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import libcst as cst

VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "api_route")


class Marker(cst.CSTTransformer):
    """Marks the endpoints (`module:qualname`); `marked` has those whose route was found, `known`
    those of which one said so already."""

    def __init__(self, module: str, names: Mapping[str, str], endpoints: Collection[str]) -> None:
        super().__init__()
        self.marked: set[str] = set()
        self.known: set[str] = set()
        self._module = module
        self._names = names
        self._endpoints = {endpoint.replace(":", "."): endpoint for endpoint in endpoints}
        self._within: list[str] = []

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802
        self._within.append(node.name.value)

    def leave_ClassDef(  # noqa: N802
        self, original_node: cst.ClassDef, updated_node: cst.ClassDef
    ) -> cst.ClassDef:
        self._within.pop()
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802
        self._within += [node.name.value, "<locals>"]

    def leave_FunctionDef(  # noqa: N802
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        endpoint = self._endpoints.get(".".join([self._module, *self._within[:-1]]))
        del self._within[-2:]
        if endpoint is None:
            return updated_node
        decorators = [self._decorator(d, endpoint) for d in updated_node.decorators]
        return updated_node.with_changes(decorators=decorators)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802
        if _attribute(original_node.func) != "add_api_route":
            return updated_node
        endpoint = self._endpoints.get(self._dotted(_endpoint_argument(original_node)))
        return updated_node if endpoint is None else self._mark(updated_node, endpoint)

    def _decorator(self, decorator: cst.Decorator, endpoint: str) -> cst.Decorator:
        call = decorator.decorator
        if not isinstance(call, cst.Call) or _attribute(call.func) not in VERBS:
            return decorator
        return decorator.with_changes(decorator=self._mark(call, endpoint))

    def _mark(self, call: cst.Call, endpoint: str) -> cst.Call:
        if any(argument.star == "**" for argument in call.args):
            return call
        self.marked.add(endpoint)
        if any(a.keyword is not None and a.keyword.value == "deprecated" for a in call.args):
            self.known.add(endpoint)
            return call
        return _with_argument(call)

    def _dotted(self, node: cst.BaseExpression | None) -> str:
        """What the expression stands for; `self.x` is a method of the class around it."""
        if isinstance(node, cst.Attribute):
            return f"{self._dotted(node.value)}.{node.attr.value}"
        if not isinstance(node, cst.Name):
            return ""
        if node.value == "self" and "<locals>" in self._within:
            around = self._within[: self._within.index("<locals>") - 1]
            return ".".join([self._module, *around])
        return self._names.get(node.value, node.value)


def _attribute(node: cst.BaseExpression) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else ""


def _endpoint_argument(call: cst.Call) -> cst.BaseExpression | None:
    for place, argument in enumerate(call.args):
        if argument.keyword is not None and argument.keyword.value == "endpoint":
            return argument.value
        if place == 1 and argument.keyword is None and not argument.star:
            return argument.value
    return None


def _with_argument(call: cst.Call) -> cst.Call:
    """The call with the argument at its end, set apart and closed as the others are."""
    added = cst.Arg(
        keyword=cst.Name("deprecated"),
        value=cst.Name("True"),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    if not call.args:
        return call.with_changes(args=[added])
    *before, last = call.args
    trailing = last.comma if isinstance(last.comma, cst.Comma) else None
    ending = trailing.whitespace_after if trailing else last.whitespace_after_arg
    comma = cst.Comma(whitespace_after=_between(ending, _gap(call)))
    closing = _without_comment(ending)
    if trailing:
        added = added.with_changes(comma=trailing.with_changes(whitespace_after=closing))
        return call.with_changes(args=[*before, last.with_changes(comma=comma), added])
    last = last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
    return call.with_changes(args=[*before, last, added.with_changes(whitespace_after_arg=closing)])


def _gap(call: cst.Call) -> cst.BaseParenthesizableWhitespace:
    """What stands before the last argument."""
    if len(call.args) > 1:
        comma = call.args[-2].comma
        assert isinstance(comma, cst.Comma)
        return comma.whitespace_after
    return call.whitespace_before_args


def _between(
    ending: cst.BaseParenthesizableWhitespace, gap: cst.BaseParenthesizableWhitespace
) -> cst.BaseParenthesizableWhitespace:
    """What comes between the last argument and the new one; a comment stays with the last."""
    lines = isinstance(ending, cst.ParenthesizedWhitespace)
    if isinstance(gap, cst.ParenthesizedWhitespace):
        kept = ending if lines else cst.ParenthesizedWhitespace()
        return kept.with_changes(indent=gap.indent, last_line=gap.last_line)
    if isinstance(ending, cst.ParenthesizedWhitespace) and _says_something(ending):
        return ending
    return cst.SimpleWhitespace(" ")


def _without_comment(
    ending: cst.BaseParenthesizableWhitespace,
) -> cst.BaseParenthesizableWhitespace:
    if not isinstance(ending, cst.ParenthesizedWhitespace):
        return ending
    newline = ending.first_line.newline
    return ending.with_changes(first_line=cst.TrailingWhitespace(newline=newline), empty_lines=[])


def _says_something(ending: cst.ParenthesizedWhitespace) -> bool:
    return ending.first_line.comment is not None or any(
        line.comment is not None for line in ending.empty_lines
    )

"""Syntax trees gone through in the order of the source, faster than `ast` does it.

What says only how a node is meant (contexts, operators) is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_WITHOUT = frozenset(
    {"ctx", "op", "ops", "kind", "type_comment", "type_ignores", "id", "attr", "arg", "level"}
    | {"module", "conversion", "simple", "is_async", "asname", "rest", "kwd_attrs", "str"}
)
_LEAVES = (ast.Name, ast.Constant, ast.Global, ast.Nonlocal, ast.MatchSingleton, ast.alias)
_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")
_WITH_BLOCKS = (ast.Module, ast.stmt, ast.excepthandler, ast.match_case)
_GAPS = frozenset({ast.Dict, ast.arguments})
"""Nodes whose lists may hold `None`: the keys of `{**more}`, defaults that are not there."""

_fields: dict[type[ast.AST], tuple[str, ...]] = {}
_blocks: dict[type[ast.AST], tuple[str, ...]] = {}


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, each before what is in it."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        inner = children(node)
        if inner:
            inner.reverse()
            todo += inner


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node."""
    kind = node.__class__
    names = _fields.get(kind)
    if names is None:
        names = _fields[kind] = _fields_of(kind)
    if not names:
        return []
    found: list[ast.AST] = []
    for name in names:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += value
        elif value is not None:
            found.append(value)
    return [part for part in found if part is not None] if kind in _GAPS else found


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements in a node, and in these; expressions are not looked into."""
    todo: list[ast.AST] = [node]
    while todo:
        node = todo.pop()
        inner = [part for name in _blocks_of(node.__class__) for part in getattr(node, name)]
        yield from inner
        todo += [part for part in inner if _blocks_of(part.__class__)]


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields that hold nodes. A name is one only in `type name = …`."""
    if issubclass(kind, _LEAVES):
        return ()
    names = tuple(name for name in kind._fields if name not in _WITHOUT)
    return names if kind.__name__ == "TypeAlias" else tuple(n for n in names if n != "name")


def _blocks_of(kind: type[ast.AST]) -> tuple[str, ...]:
    names = _blocks.get(kind)
    if names is None:
        names = tuple(n for n in _BLOCKS if n in kind._fields and issubclass(kind, _WITH_BLOCKS))
        _blocks[kind] = names
    return names

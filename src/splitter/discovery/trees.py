"""Syntax trees gone through in the order of the source, faster than `ast` does it.

What says only how a node is meant (contexts, operators) is left out.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

_WITHOUT = frozenset(
    {"ctx", "op", "ops", "kind", "type_comment", "type_ignores", "id", "attr", "arg", "level"}
    | {"module", "conversion", "simple", "is_async", "asname", "rest", "kwd_attrs", "str"}
)
_LEAVES = (ast.Name, ast.Constant, ast.Global, ast.Nonlocal, ast.MatchSingleton, ast.alias)
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_WITH_BLOCKS = (ast.Module, ast.stmt, ast.excepthandler, ast.match_case)
_GAPS = frozenset({ast.Dict, ast.arguments})
"""Nodes whose lists may hold `None`: the keys of `{**more}`, defaults that are not there."""

_IMPORTS = frozenset({ast.Import, ast.ImportFrom})
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


def by_level(node: ast.AST) -> list[ast.AST]:
    """A node and all below it, level by level."""
    found = [node]
    for part in found:
        found += children(part)
    return found


def at_lines(nodes: Iterable[ast.AST], lines: Sequence[int]) -> Iterator[ast.AST]:
    """What stands on any of some lines, which are sorted, in nodes and all below them."""
    todo = [*nodes]
    while todo:
        node = todo.pop()
        last = getattr(node, "end_lineno", None)
        if last is not None:
            decorators = getattr(node, "decorator_list", ())
            first = min(part.lineno for part in (node, *decorators))
            at = bisect_left(lines, first)
            if at == len(lines) or lines[at] > last:
                continue
        if isinstance(node, ast.JoinedStr):  # before Python 3.12 the lines in it are not right
            yield from walk(node)
        else:
            yield node
            todo += children(node)


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements in a node, and in these; expressions are not looked into."""
    todo: list[ast.AST] = [node]
    while todo:
        node = todo.pop()
        inner = [part for name in _blocks_of(node.__class__) for part in getattr(node, name)]
        yield from inner
        todo += [part for part in inner if _blocks_of(part.__class__)]


def imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """All import statements in a module, those inside of functions and branches too."""
    todo: list[ast.AST] = [*tree.body]
    while todo:
        node = todo.pop()
        if node.__class__ in _IMPORTS:
            yield node  # type: ignore[misc]
        else:
            for name in _blocks_of(node.__class__):
                todo += getattr(node, name)


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

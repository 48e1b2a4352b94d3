"""Which objects from outside of itself a function changes: lists appended to, items set."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from splitter.discovery.scopes import Chain, bound_names, chain_of
from splitter.discovery.trees import walk

CHANGING = frozenset(
    {"append", "appendleft", "add", "add_all", "extend", "insert", "update", "setdefault"}
    | {"register", "subscribe", "connect", "put", "put_nowait", "set"}
)
"""Methods that put something into the object that they are called on."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def changed_outside(function: ast.AST) -> set[Chain]:
    """The names, with attributes, that a function or class puts something into or rebinds.

    Its own names and those of functions inside of it do not count; a first parameter that
    methods call `self` or `cls` does.
    """
    own = {
        name
        for part in walk(function)
        if isinstance(part, _FUNCTIONS)
        for name, _ in bound_names([part.args, *_body(part)])
    }
    rebound = {n for part in walk(function) if isinstance(part, ast.Global) for n in part.names}
    own -= {"self", "cls"} | rebound
    changed = {chain for part in walk(function) for chain in _changes(part)}
    return {chain for chain in changed if chain[0] not in own} | {(name,) for name in rebound}


def _body(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    return [function.body] if isinstance(function, ast.Lambda) else [*function.body]


def _changes(node: ast.AST) -> Iterator[Chain]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        target = node.func.value
        if node.func.attr in CHANGING:
            yield from _rooted(target)
    elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield from _rooted(node.value)


def _rooted(node: ast.AST) -> Iterator[Chain]:
    """The object that is changed, be it reached by an item or a call: `x.y` of `x.y[1].get(2)`."""
    while isinstance(node, ast.Subscript | ast.Call | ast.Attribute) and not chain_of(node):
        node = node.func if isinstance(node, ast.Call) else node.value
    chain = chain_of(node)
    if chain:
        yield chain

"""Loops that include one router after the other: what they go over, element by element."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from splitter.discovery.scopes import Chain, chain_of
from splitter.discovery.trees import children, walk

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_SAME = {"list", "tuple", "reversed", "set", "sorted"}


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """An element of a literal (of a dict: key and value), and the router that it stands for.

    `router` is `None` where that cannot be told.
    """

    nodes: tuple[ast.AST, ...]
    router: ast.expr | None


def loop_around(node: ast.AST, child: ast.expr | None) -> ast.For | None:
    """The innermost loop in a statement that binds the name with which `child` begins."""
    name = chain_of(child)[0] if child is not None and chain_of(child) else ""
    found: ast.For | None = None
    for loop in walk(node):
        if isinstance(loop, ast.For) and name in _names(loop.target):
            inner = (part for statement in loop.body for part in walk(statement))
            found = loop if any(part is child for part in inner) else found
    return found


def iterated(loop: ast.For) -> ast.expr:
    """What a loop goes over, without what only turns or copies it: `x` of `list(x.items())`."""
    node = loop.iter
    while isinstance(node, ast.Call):
        if chain_of(node.func) in {(name,) for name in _SAME} and len(node.args) == 1:
            node = node.args[0]
        elif _view(node):
            assert isinstance(node.func, ast.Attribute)
            node = node.func.value
        else:
            break
    return node


def elements(loop: ast.For, literal: ast.expr, child: ast.expr) -> Iterator[Element]:
    """The elements of what a loop goes over, if it is a literal of a kind that can be read."""
    views = {_view(n) for n in walk(loop.iter)} - {""}
    chain = chain_of(child)
    if isinstance(literal, ast.List | ast.Tuple | ast.Set) and not views:
        for element in literal.elts:
            yield Element((element,), _router(loop.target, element, chain))
    elif isinstance(literal, ast.Dict) and views:
        for key, value in zip(literal.keys, literal.values, strict=True):
            nodes = tuple(n for n in (key, value) if n is not None)
            bound = value if views == {"values"} else ast.Tuple([*nodes], ast.Load())
            yield Element(nodes, _router(loop.target, bound, chain) if key else None)


def values_of(body: Iterable[ast.AST], name: str) -> Iterator[ast.expr | None]:
    """What some statements bind a name to; `None` for each binding that cannot be read."""
    for node in body:
        yield from _values(node, name)
        if not isinstance(node, _SCOPES):
            yield from values_of(children(node), name)


def _values(node: ast.AST, name: str) -> Iterator[ast.expr | None]:
    """What a node by itself binds a name to."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if name in _names(target):
                yield _matched(target, node.value).get(name)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        if name in _names(node.target):
            yield node.value
    elif isinstance(node, ast.For | ast.AsyncFor | ast.AugAssign):
        if name in _names(node.target):
            yield None
    elif isinstance(node, ast.withitem):
        if node.optional_vars is not None and name in _names(node.optional_vars):
            yield None
    elif name == _bound_name(node):
        yield None


def _bound_name(node: ast.AST) -> str | None:
    """The name that a definition, a parameter or the like binds."""
    if isinstance(node, ast.arg):
        return node.arg
    named = isinstance(node, (*_SCOPES, ast.ExceptHandler, ast.MatchAs, ast.MatchStar))
    return getattr(node, "name", None) if named else None


def with_attributes(node: ast.expr, names: Chain) -> ast.expr:
    """`node.a.b` for the names `a` and `b`."""
    for name in names:
        node = ast.Attribute(node, name, ast.Load())
    return node


def _router(target: ast.expr, element: ast.expr, chain: Chain) -> ast.expr | None:
    bound = _matched(target, element).get(chain[0])
    return with_attributes(bound, chain[1:]) if bound is not None else None


def _matched(target: ast.expr, value: ast.expr) -> dict[str, ast.expr]:
    """What each name of an assignment's target gets, as far as it is written out."""
    if isinstance(value, ast.Starred) or isinstance(target, ast.Starred):
        return {}
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        pairs = list(zip(target.elts, value.elts, strict=False))
        if len(target.elts) == len(value.elts):
            return {n: v for t, part in pairs for n, v in _matched(t, part).items()}
    return {}


def _names(target: ast.AST) -> set[str]:
    return {part.id for part in walk(target) if isinstance(part, ast.Name)}


def _view(node: ast.AST) -> str:
    """`items` or `values` where that view of a dict is asked for."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        return node.func.attr if node.func.attr in ("items", "values") else ""
    return ""

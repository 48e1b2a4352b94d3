"""Which names a piece of code uses that it does not bind itself, by Python's scope rules.

A use is a chain: `settings.db.url` is `("settings", "db", "url")`. Where a name is bound by an
import inside the code, the use is told against the imported module instead. Strings in
annotations count as code; class names and table names in `relationship(...)` and
`ForeignKey(...)` are told apart, because SQLAlchemy looks them up in a registry of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from splitter.discovery.trees import children, walk

Chain = tuple[str, ...]

_Name, _Attribute = ast.Name, ast.Attribute
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEFINITIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda})
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BINDING = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.arg, ast.Name}
    | {ast.Import, ast.ImportFrom, ast.ExceptHandler, ast.MatchStar, ast.MatchAs, ast.MatchMapping}
)


class Imported(NamedTuple):
    """What an import binds a name to: module `module`, or `name` of it."""

    module: str
    name: str = ""


@dataclass(slots=True)
class Uses:
    """What a piece of code uses from outside of itself.

    `free`: chains whose first name the code does not bind; `imported`: what it reaches through
    imports of its own, with the chain that follows; `executed`: modules that such an import runs;
    `rebinds`: names that a `global` statement lets it bind; `classes` and `tables`: names that it
    gives to SQLAlchemy's registry.
    """

    free: set[Chain] = field(default_factory=set)
    imported: set[tuple[Imported, Chain]] = field(default_factory=set)
    executed: set[str] = field(default_factory=set)
    rebinds: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)


class Ordered(NamedTuple):
    """Uses in an order that is the same in each run."""

    free: list[Chain]
    imported: list[tuple[Imported, Chain]]


def in_order(uses: Uses) -> Ordered:
    return Ordered(sorted(uses.free), sorted(uses.imported, key=repr))


@dataclass(slots=True, eq=False)
class Reading:
    """What a piece of code says.

    `uses`: what it uses from outside of itself. `asked`: the chains of attributes, `a.b` and
    `a.b.c` of `a.b.c`, each with a node that is it; `loose`: attributes of what is no chain.
    `named`: whole chains, but for those in annotations (`annotated`) and where it is only said of
    which kind something is (`kinds`): bases, exceptions that are caught, what `isinstance` is
    given. `calls`: all calls, those within a call before it; `called`: the last names of what they
    call; `decorating`: what decorates
    something, with its name. `binding`: statements and clauses that give names a value, in the
    order of the source. `skipped`: what was passed over.
    """

    uses: Uses = field(default_factory=Uses)
    asked: dict[Chain, ast.Attribute] = field(default_factory=dict)
    loose: list[ast.Attribute] = field(default_factory=list)
    named: set[Chain] = field(default_factory=set)
    annotated: set[Chain] = field(default_factory=set)
    kinds: set[Chain] = field(default_factory=set)
    calls: list[ast.Call] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    decorating: dict[ast.AST, str] = field(default_factory=dict)
    binding: list[ast.AST] = field(default_factory=list)
    skipped: list[ast.AST] = field(default_factory=list)


Resolve = Callable[[ast.ImportFrom], str]


def bound_by_import(
    node: ast.Import | ast.ImportFrom, resolve: Resolve
) -> Iterator[tuple[str, Imported, ast.alias]]:
    """The local names that an import binds, what to, and by which alias (a star is left out)."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            target = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or target, Imported(target), alias
        return
    module = resolve(node)
    for alias in node.names:
        if alias.name != "*":
            yield alias.asname or alias.name, Imported(module, alias.name), alias


def bound_names(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """The names that statements bind in their own scope, each with the node that binds it."""
    todo = [*nodes]
    todo.reverse()
    while todo:
        node = todo.pop()
        kind = node.__class__
        if kind in _BINDING:
            yield from _binds(node)
        if kind in _DEFINITIONS:
            continue
        if kind in _COMPREHENSIONS:
            yield from _walrus(node)
            continue
        inner = children(node)
        inner.reverse()
        todo += inner


def chain_of(node: ast.AST) -> Chain:
    """`a.b.c` as a chain; empty for anything else."""
    if isinstance(node, _Name):
        return (node.id,)
    if not isinstance(node, _Attribute):
        return ()
    parts = [node.attr]
    node = node.value
    while isinstance(node, _Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, _Name):
        return ()
    parts.append(node.id)
    parts.reverse()
    return tuple(parts)


def last_name(node: ast.AST) -> str:
    """The last name of what is called or named: `c` of `a.b.c(...)`."""
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, _Name):
        return node.id
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _binds(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, _Name):
        if node.ctx.__class__ is not ast.Load:
            yield node.id, node
    elif isinstance(node, _NAMED):
        yield node.name, node
    elif isinstance(node, ast.arg):
        yield node.arg, node
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            if alias.name != "*":
                yield alias.asname or alias.name.partition(".")[0], node
    elif isinstance(node, ast.ExceptHandler | ast.MatchStar | ast.MatchAs) and node.name:
        yield node.name, node
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest, node


def _walrus(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for part in walk(node):
        if isinstance(part, ast.NamedExpr):
            yield part.target.id, part

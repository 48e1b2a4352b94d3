"""The part of a module that goes to one place: its statements, and the imports that they need."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache

from splitter.discovery.modules import Kind, ModuleView
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import walk
from splitter.planning.needs import Node

FOUNDATION = "shared"
"""The owner of what is shared whoever needs it."""


@dataclass(frozen=True, slots=True)
class Part:
    """The statements of a module that go to one place, and the imported names they need there.

    `aliases`: import statement → local names kept of it; `borrowed`: names of the same module
    that live in its shared part.
    """

    module: str
    owner: str
    statements: frozenset[int]
    aliases: Mapping[int, frozenset[str]]
    borrowed: frozenset[str] = frozenset()
    cut: frozenset[ast.AST] = frozenset()

    @property
    def empty(self) -> bool:
        return not self.statements and not self.aliases


@dataclass(slots=True)
class Division:
    """Every part of every module, by owner: a service's name, or `FOUNDATION`."""

    parts: dict[str, dict[str, Part]] = field(default_factory=dict)
    shared_names: dict[str, set[str]] = field(default_factory=dict)


def part_of(
    view: ModuleView,
    owner: str,
    nodes: Collection[Node],
    *,
    edges: Mapping[Node, Collection[Node]],
    shared: Collection[Node],
    cut: frozenset[ast.AST],
) -> Part:
    """What of a module goes to an owner with some of its nodes.

    `edges`: what each node uses; `shared`: the nodes that are in the shared part.
    """
    statements = {key for _, key in nodes if isinstance(key, int)}
    names = {key for _, key in nodes if isinstance(key, str)}
    used = [
        (node[1], target)
        for node in nodes
        if isinstance(node[1], int)
        for target in edges.get(node, ())
        if target[0] == view.name
    ]
    borrowed: set[str] = set()
    for user, target in used:
        key = target[1]
        if isinstance(key, str):
            names |= {key} if view.is_imported(key) else set()
        elif owner != FOUNDATION and target in shared:
            if view.statements[key].kind is Kind.IMPORT:
                statements.add(key)
            if is_for_types(view.statements[key].node):
                statements.add(key)
                names |= {
                    n for m, n in edges.get(target, ()) if m == view.name and isinstance(n, str)
                }
                continue
            borrowed |= view.statements[key].binds & names_in(view.statements[user].node)
    if owner != FOUNDATION and any(is_for_types(view.statements[key].node) for key in statements):
        makers = view.bindings.get("__getattr__", ())
        borrowed |= {"__getattr__" for key in makers if (view.name, key) in shared}
    if owner != FOUNDATION and nodes:
        statements |= {index for index, _ in view.stars if (view.name, index) in shared}
    return Part(
        view.name,
        owner,
        frozenset(statements),
        _aliases(view, names - borrowed),
        frozenset(borrowed),
        cut,
    )


def is_for_types(node: ast.AST) -> bool:
    """`if TYPE_CHECKING:`, whose names are not there while the program runs."""
    if not isinstance(node, ast.If) or node.orelse:
        return False
    return (chain_of(node.test) or ("",))[-1] == "TYPE_CHECKING"


@cache
def names_in(node: ast.AST) -> frozenset[str]:
    """The names that code mentions, those in strings and `global` statements too."""
    found = {n.id for n in walk(node) if isinstance(n, ast.Name)}
    for part in walk(node):
        if isinstance(part, ast.Global):
            found.update(part.names)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.update(_words(part.value))
    return frozenset(found)


def _words(text: str) -> set[str]:
    """The names in a text that may be an annotation."""
    try:
        parsed = ast.parse(text.strip(), mode="eval") if len(text) < 500 else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {n.id for n in walk(parsed) if isinstance(n, ast.Name)} if parsed else set()


def _aliases(view: ModuleView, names: Collection[str]) -> dict[int, frozenset[str]]:
    kept: dict[int, set[str]] = {}
    for name in names:
        for index, _ in view.imports.get(name, ()):
            if view.statements[index].kind is Kind.IMPORT:
                kept.setdefault(index, set()).add(name)
    return {index: frozenset(found) for index, found in sorted(kept.items())}

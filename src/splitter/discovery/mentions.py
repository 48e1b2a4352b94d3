"""What the names in a piece of code mean, once all that binds names in it is read."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from splitter.discovery.scopes import Chain, Imported, Uses


class Scope:
    """A function, class or comprehension: what its names are bound to, `None` but for imports."""

    __slots__ = ("declared", "kind", "names")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.names: dict[str, list[tuple[Imported, ast.alias] | None]] = {}
        self.declared: set[str] = set()

    def bind(self, name: str, to: tuple[Imported, ast.alias] | None = None) -> None:
        self.names.setdefault(name, []).append(to)


Mention = tuple[Chain, tuple[Scope, ...], bool]
"""A chain, the scopes that it stands in, from the outermost, and whether it is given a value."""


def told(mentions: Iterable[Mention], uses: Uses) -> set[ast.alias]:
    """Add what is meant by mentions to `uses`; the aliases of imports in the code that are used."""
    used: set[ast.alias] = set()
    for chain, scopes, stored in mentions:
        _tell(chain, scopes, stored, uses, used)
    return used


def _tell(
    chain: Chain, scopes: tuple[Scope, ...], stored: bool, uses: Uses, used: set[ast.alias]
) -> None:
    for depth, scope in enumerate(reversed(scopes)):
        if depth and scope.kind == "class":
            continue
        if chain[0] in scope.declared:
            break
        if chain[0] in scope.names:
            for binding in scope.names[chain[0]]:
                if binding is not None:
                    uses.imported.add((binding[0], chain[1:]))
                    used.add(binding[1])
            if scope.kind != "class" or stored:
                return
    uses.free.add(chain)

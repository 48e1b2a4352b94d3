"""What the names in a piece of code mean, once all that binds names in it is read."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from splitter.discovery.scopes import Chain, Imported, Uses


class Scope:
    """A function, class or comprehension: what its names are bound to, `None` but for imports.

    `mentioned` and `stored` are the chains that stand right in it, the latter given a value.
    """

    __slots__ = ("declared", "kind", "mentioned", "names", "stored")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.names: dict[str, list[tuple[Imported, ast.alias] | None]] = {}
        self.declared: set[str] = set()
        self.mentioned: set[Chain] = set()
        self.stored: set[Chain] = set()

    def bind(self, name: str, to: tuple[Imported, ast.alias] | None = None) -> None:
        self.names.setdefault(name, []).append(to)


def told(places: Iterable[tuple[Scope, ...]], uses: Uses) -> set[ast.alias]:
    """Add what is meant by mentions to `uses`; the aliases of imports in the code that are used.

    `places`: the last scope of each, with those around it from the outermost on.
    """
    used: set[ast.alias] = set()
    for scopes in places:
        inside_out = scopes[::-1]
        for chain in scopes[-1].mentioned:
            tell(chain, inside_out, False, uses, used)
        for chain in scopes[-1].stored:
            tell(chain, inside_out, True, uses, used)
    return used


def tell(
    chain: Chain, scopes: tuple[Scope, ...], stored: bool, uses: Uses, used: set[ast.alias]
) -> None:
    """The same for one chain in some scopes, from the innermost on."""
    for depth, scope in enumerate(scopes):
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

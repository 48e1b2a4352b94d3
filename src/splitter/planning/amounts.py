"""How much code something is: of statements, of whole modules, and of what files import."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from splitter.discovery.modules import Kind
from splitter.discovery.parsing import absolute
from splitter.model.figures import Amount
from splitter.planning.program import Place, Program

_PLAIN = (Kind.IMPORT, Kind.FRAME)


def amount(program: Program, places: Iterable[Place]) -> Amount:
    """The amount of some statements. Imports count by their lines only."""
    found = set(places)
    statements = [program.statement(place) for place in found]
    told = [s for s in statements if s.kind not in _PLAIN]
    return Amount(
        len({s.module for s in told}),
        len(told),
        sum(s.end_line - s.line + 1 for s in statements),
    )


def whole(program: Program, modules: Iterable[str]) -> Amount:
    """The amount of whole modules."""
    return amount(program, (place for module in set(modules) for place in places(program, module)))


def places(program: Program, module: str) -> Iterator[Place]:
    """Every statement of a module."""
    return ((module, s.index) for s in program.views[module].statements)


class Closures:
    """What modules import, anywhere in them, and what that imports in turn."""

    def __init__(self, program: Program, trees: Mapping[str, ast.Module]) -> None:
        self._program = program
        self._trees = trees
        self._imported: dict[str, frozenset[str]] = {}

    def closure(self, modules: Iterable[str]) -> set[str]:
        """Those modules, and all that is run when they are imported and used."""
        found: set[str] = set()
        todo = list(modules)
        while todo:
            module = todo.pop()
            if module not in found and module in self._program.views:
                found.add(module)
                todo += self._imports(module)
        return found

    def _imports(self, module: str) -> frozenset[str]:
        if module not in self._imported:
            path = self._program.views[module].path
            names = _names(self._trees[path], path)
            self._imported[module] = frozenset(p for name in names for p in _packages(name))
        return self._imported[module]


def _names(tree: ast.Module, path: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node.module or "", path, node.level)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _packages(name: str) -> Iterator[str]:
    """A module and the packages around it, all of which are run."""
    yield name
    while "." in name:
        name = name.rpartition(".")[0]
        yield name

"""How much code something is: of statements, of whole modules, and of what files import."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from splitter.discovery.closure import imported_names, with_packages
from splitter.discovery.modules import Kind
from splitter.discovery.trees import imports
from splitter.model.figures import Amount
from splitter.planning.program import Place, Program


class Measure:
    """Measures code; what was measured once is kept."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._sizes: dict[Place, tuple[int, int]] = {}
        self._modules: dict[str, Amount] = {}

    def amount(self, places: Iterable[Place]) -> Amount:
        """The amount of some statements. Imports count by their lines only."""
        files: set[str] = set()
        symbols = lines = 0
        for place in set(places):
            told, length = self._size(place)
            symbols += told
            lines += length
            if told:
                files.add(place[0])
        return Amount(len(files), symbols, lines)

    def whole(self, modules: Iterable[str]) -> Amount:
        """The amount of whole modules."""
        found = [self._module(module) for module in set(modules)]
        return Amount(
            sum(one.files for one in found),
            sum(one.symbols for one in found),
            sum(one.lines for one in found),
        )

    def _module(self, module: str) -> Amount:
        if module not in self._modules:
            statements = self._program.views[module].statements
            self._modules[module] = self.amount((module, s.index) for s in statements)
        return self._modules[module]

    def _size(self, place: Place) -> tuple[int, int]:
        size = self._sizes.get(place)
        if size is None:
            statement = self._program.statement(place)
            told = statement.kind not in (Kind.IMPORT, Kind.FRAME)
            size = self._sizes[place] = int(told), statement.end_line - statement.line + 1
        return size


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
            names = imported_names(path, imports(self._trees[path]))
            self._imported[module] = frozenset(p for name in names for p in with_packages(name))
        return self._imported[module]

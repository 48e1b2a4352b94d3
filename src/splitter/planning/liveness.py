"""What code still needs: names followed from statement to statement, through imports."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

from splitter.discovery.modules import Kind
from splitter.discovery.reading import idle_imports, uses_of
from splitter.discovery.scopes import Chain, Imported, Resolve
from splitter.discovery.trees import walk
from splitter.planning.program import Place, Program

_IMPORTED = ("?",)
"""What follows an import that is not said to be used."""

Alias = tuple[str, str]
"""A name that a module imports: the module, and the name there."""


class Liveness:
    """What was reached so far: statements, imported names, and modules that something asks for.

    `open` are modules that are handed about as a whole, so that all in them may be asked for.
    """

    def __init__(self, program: Program, skip: Collection[ast.AST] = ()) -> None:
        """`skip`: parts of statements that count as not there."""
        self.program = program
        self.skip = frozenset(skip)
        self.places: set[Place] = set()
        self.aliases: set[Alias] = set()
        self.modules: set[str] = set()
        self.open: set[str] = set()
        self._due: list[Place] = []

    def follow(self, places: Iterable[Place]) -> None:
        """Statements, and all that they need."""
        for place in places:
            self._reach(place)
        while self._due:
            self._read(self._due.pop())

    def ask(self, module: str, chain: Chain = ()) -> None:
        """A name of a module, such as a string tells it; without one, the module as a whole."""
        self._module(module, chain)
        self.follow(())

    def read(self, node: ast.AST, module: str) -> None:
        """What a part of a statement of a module needs."""
        self._uses(node, module)
        self.follow(())

    def _reach(self, place: Place) -> None:
        if place not in self.places:
            self.places.add(place)
            self.modules.add(place[0])
            self._due.append(place)

    def _read(self, place: Place) -> None:
        self._uses(self.program.statement(place).node, place[0])

    def _uses(self, node: ast.AST, module: str) -> None:
        view = self.program.views[module]
        uses = uses_of(node, resolve=view.resolve, skip=self.skip)
        for chain in uses.free:
            self._name(module, chain)
        for name in uses.rebinds:
            self._name(module, (name,))
        for imported, rest in uses.imported:
            if rest != _IMPORTED:
                self._imported(imported, rest)
        idle = idle_imports(node, resolve=view.resolve, skip=self.skip)
        for imported in _inside(node, idle, view.resolve):
            self._import(imported)

    def _import(self, imported: Imported) -> None:
        """An import by itself: the module has to be there, and have that name."""
        inner = f"{imported.module}.{imported.name}"
        if imported.name and self.program.is_submodule(imported.module, imported.name):
            self.modules.add(inner)
        elif imported.name:
            self._imported(imported, ())
        else:
            self.modules.add(imported.module)

    def _name(self, module: str, chain: Chain) -> None:
        """What a chain names in a module; all of the ways that lead to it are needed."""
        view = self.program.views.get(module)
        if view is None or not chain:
            return
        found = view.bindings.get(chain[0], ())
        for index in found:
            if view.statements[index].kind is not Kind.IMPORT:
                self._reach((module, index))
        for _, imported in view.imports.get(chain[0], ()):
            if (module, chain[0]) not in self.aliases or len(chain) > 1:
                self.aliases.add((module, chain[0]))
                self._imported(imported, chain[1:])
        if not found and self.program.is_module(f"{module}.{chain[0]}"):
            self._module(f"{module}.{chain[0]}", chain[1:])
        elif not found:
            for index, star in view.stars:
                self.places.add((module, index))
                self.modules.add(star)
                self._name(star, chain)

    def _imported(self, imported: Imported, rest: Chain) -> None:
        if not imported.name:
            self._module(imported.module, rest)
        elif self.program.is_submodule(imported.module, imported.name):
            self._module(f"{imported.module}.{imported.name}", rest)
        elif imported.module in self.program.views:
            self.modules.add(imported.module)
            self._name(imported.module, (imported.name, *rest))

    def _module(self, module: str, rest: Chain) -> None:
        while rest and self.program.is_submodule(module, rest[0]):
            module, rest = f"{module}.{rest[0]}", rest[1:]
        if module not in self.program.views:
            return
        self.modules.add(module)
        if rest:
            self._name(module, rest)
        elif module not in self.open:
            self.open.add(module)
            view = self.program.views[module]
            for statement in view.statements:
                if statement.kind is not Kind.IMPORT:
                    self._reach((module, statement.index))
            for name in view.imports:
                self._name(module, (name,))


def _inside(node: ast.AST, without: Collection[ast.AST], resolve: Resolve) -> Iterator[Imported]:
    """What imports within a piece of code name, but for some aliases."""
    for part in walk(node):
        if isinstance(part, ast.Import):
            yield from (Imported(alias.name) for alias in part.names if alias not in without)
        elif isinstance(part, ast.ImportFrom):
            origin = resolve(part)
            yield from (Imported(origin, a.name) for a in part.names if a not in without)

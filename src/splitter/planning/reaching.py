"""Which code runs for a route: functions and methods that can be reached from it by name.

Finer than what a service needs: of a class only the methods that something reached may call by
their name are followed, and inclusions of routers lead nowhere, as they do while answering.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from splitter.discovery.modules import Kind, Statement, registers_route
from splitter.discovery.reading import read
from splitter.discovery.scopes import chain_of, last_name
from splitter.discovery.trees import walk
from splitter.model.monolith import Route
from splitter.planning.asking import SPECIAL, Asked
from splitter.planning.inferring import Types
from splitter.planning.inheritance import Inheritance
from splitter.planning.pieces import Facts, Key, Piece
from splitter.planning.program import Place, Program
from splitter.planning.spreading import Called, reached, spread

_PLAIN = frozenset(
    {"staticmethod", "classmethod", "property", "abstractmethod", "cached_property", "override"}
    | {"setter", "overload", "wraps", "asynccontextmanager", "contextmanager"}
)
_START_UP = frozenset({"lifespan", "on_startup", "on_shutdown"})
_DEFINED = re.compile(rb"def\s+([^\s(\[]+)")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Reach:
    """The pieces that were reached, and the attributes that they mention."""

    pieces: frozenset[Piece]
    attributes: frozenset[str]


class Reaching:
    """Follows names from pieces to pieces. What was once found out is kept."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._facts: dict[Piece, Facts] = {}
        self._methods: dict[Place, Mapping[str, ast.AST]] = {}
        self._starters: dict[str, bool] = {}
        self._called: dict[Place, Called] = {}
        self.types = Types(program, self._bound)
        self._classes = Inheritance(program, self.types, self.methods)

    def roots(self, routes: Iterable[Route]) -> Iterator[Piece]:
        """The endpoints of some routes, as far as they are the project's own."""
        for route in routes:
            module, _, name = route.endpoint.partition(":")
            first, _, inner = name.partition(".")
            view = self.program.views.get(module)
            for index in view.bindings.get(first, ()) if view else ():
                place = (module, index)
                if inner in self.methods(place):
                    yield *place, inner
                if not inner.startswith("<locals>") or inner not in self.methods(place):
                    yield *place, ""

    def reach(
        self, roots: Iterable[Piece], *, starting: bool = False, but: Collection[Place] = ()
    ) -> Reach:
        """All that can be reached from `roots`, which belong to it; `starting`: start-up too.

        No name leads to the places in `but`.
        """
        pieces = frozenset(
            reached(roots, facts=self.facts, called=self._called_of, starting=starting, but=but)
        )
        attributes = (name for piece in pieces for name in self.facts(piece).attributes)
        return Reach(pieces, frozenset(attributes))

    def reached_by(self, groups: Sequence[Iterable[Piece]]) -> Mapping[Piece, int]:
        """For each piece the groups of roots that reach it: bit N for group N."""
        return spread(groups, facts=self.facts, called=self._called_of)

    def _called_of(self, place: Place) -> Called:
        """The methods of a class, and what each may be called by.

        By its name on an object of an unknown class, by it on one of its own or of one above it,
        and by others than the project's code as soon as there may be objects of the class.
        """
        found = self._called.get(place)
        if found is None:
            classes = (place, *self._classes.above(place))
            found = self._called[place] = tuple(
                (
                    (*place, name),
                    (name, *((each, name) for each in classes), *_by_others(place, name, node)),
                )
                for name, node in self.methods(place).items()
                if not name.startswith("<locals>")
            )
        return found

    def methods(self, place: Place) -> Mapping[str, ast.AST]:
        """The methods of the class that a statement defines, by name.

        Of a function: the endpoints in it, as `<locals>.name`, which do not run when it does.
        """
        known = self._methods.get(place)
        if known is None:
            node = self.program.statement(place).node
            found: dict[str, ast.AST] = {}
            if isinstance(node, ast.ClassDef):
                found = {p.name: p for p in node.body if isinstance(p, _FUNCTIONS)}
            elif isinstance(node, _FUNCTIONS) and self._has_routes(place):
                found = {f"<locals>.{p.name}": p for p in node.body if _is_endpoint(p)}
            known = self._methods[place] = found
        return known

    def facts(self, piece: Piece) -> Facts:
        """What a piece mentions. The piece of a class is the class without its methods."""
        found = self._facts.get(piece)
        if found is None:
            module, index, method = piece
            statement = self.program.statement((module, index))
            methods = self.methods((module, index))
            node: ast.AST = methods[method] if method else statement.node
            skip = set() if method else {*methods.values()}
            skip |= _inclusions(statement, self.program)
            found = self._read(module, node, skip, (module, index) if method else None)
            self._facts[piece] = found
        return found

    def piece_at(self, module: str, line: int) -> Piece | None:
        """The piece in which a line of a module is."""
        view = self.program.views.get(module)
        for statement in view.statements if view else ():
            if statement.line <= line <= statement.end_line:
                for name, node in self.methods((module, statement.index)).items():
                    if node.lineno <= line <= (node.end_lineno or 0):  # type: ignore[attr-defined]
                        return module, statement.index, name
                return module, statement.index, ""
        return None

    def places_of(self, module: str, chain: tuple[str, ...]) -> tuple[Place, ...]:
        """The statements that bind what a chain names."""
        return self.types.module_places(module, chain)

    def _read(self, module: str, node: ast.AST, skip: set[ast.AST], owner: Place | None) -> Facts:
        starting = set(self._start_up(module, node))
        skip |= starting
        reading = read(node, resolve=self.program.views[module].resolve, skip=skip)
        targets = self.types.named_places(module, reading.uses.free)
        for imported, rest in reading.uses.imported:
            if rest != ("?",):
                targets.update(self.types.imported_places(imported, rest))
        begun = {p for part in starting for p in self.places_of(module, chain_of(part))}
        told = Asked(self._classes, self.types.scope(module, node, owner, reading.binding[::-1]))
        told.read(reading, self._defined)
        return Facts(
            node,
            reading,
            frozenset(targets),
            frozenset((*place, "") for place in targets),
            frozenset((*place, "") for place in begun),
            frozenset(told.attributes),
            frozenset({*told.open, *told.members, *told.made}),
        )

    @cached_property
    def _defined(self) -> frozenset[str]:
        """The names of all functions of the project, and more that stand after `def`."""
        code = [text for path, text in self.program.sources.items() if path.endswith(".py")]
        return frozenset(name.decode() for text in code for name in _DEFINED.findall(text))

    def _start_up(self, module: str, node: ast.AST) -> Iterator[ast.AST]:
        """What is given as `lifespan=` and the like in a piece."""
        if module not in self._starters:
            source = self.program.sources[self.program.views[module].path]
            self._starters[module] = b"lifespan" in source or b"on_startup" in source
        if not self._starters[module]:
            return
        for part in walk(node):
            if isinstance(part, ast.keyword) and part.arg in _START_UP:
                listed = isinstance(part.value, ast.List | ast.Tuple)
                yield from part.value.elts if listed else (part.value,)  # type: ignore[attr-defined]

    def _has_routes(self, place: Place) -> bool:
        return any(_is_endpoint(part) for part in self.program.decorated(place))

    def _bound(self, origins: Iterable[tuple[str, str]]) -> Iterator[Place]:
        for module, name in origins:
            view = self.program.views[module]
            for index in view.bindings.get(name.partition(".")[0], ()):
                if view.statements[index].kind is not Kind.IMPORT:
                    yield module, index


def _by_others(place: Place, name: str, node: ast.AST) -> tuple[Key, ...]:
    return ((place, SPECIAL),) if _is_called_by_others(name, node) else ()


def _is_called_by_others(name: str, node: ast.AST) -> bool:
    """Whether Python or a library calls a method: a special one, or one that is registered.

    A route of a class is called for that route alone.
    """
    if name.startswith("__"):
        return name.endswith("__")
    decorators = getattr(node, "decorator_list", ())
    if _is_endpoint(node):
        return False
    return any(last_name(d) not in _PLAIN for d in decorators)


def _is_endpoint(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, _FUNCTIONS) and any(map(registers_route, node.decorator_list))


def _inclusions(statement: Statement, program: Program) -> set[ast.AST]:
    facts = program.facts((statement.module, statement.index))
    return {expression for expression, _ in facts.inclusions}

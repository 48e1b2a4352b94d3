"""Which code runs for a route: functions and methods that can be reached from it by name.

Finer than what a service needs: of a class only the methods that something reached may call by
their name are followed, and inclusions of routers lead nowhere, as they do while answering.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

from splitter.discovery.modules import Kind, Statement, registers_route
from splitter.discovery.scopes import Uses, chain_of, uses_of
from splitter.discovery.trees import children, walk
from splitter.model.monolith import Route
from splitter.planning.inferring import Scope, Type, Types
from splitter.planning.program import Place, Program

Piece = tuple[str, int, str]
"""A top-level statement (module, index), or with a third part a method of the class it defines."""

Member = tuple[Place, str]
"""A class, and the name of an attribute."""

Key = str | Member
"""What a method is called by: its name, on an object of whichever class or of its own."""

_PLAIN = frozenset(
    {"staticmethod", "classmethod", "property", "abstractmethod", "cached_property", "override"}
    | {"setter", "overload", "wraps", "asynccontextmanager", "contextmanager"}
)
_SPECIAL = "__…__"
_ASKS = frozenset({"isinstance", "issubclass"})
_INJECTS = frozenset({"Depends", "Security"})
_START_UP = frozenset({"lifespan", "on_startup", "on_shutdown"})
_DEFINED = re.compile(rb"\bdef\s+([^\s(\[]+)")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What a piece mentions: places that its names lead to, and attributes of any object.

    `leads`: the pieces of these places; `starting`: those that run when the application starts, not
    when it answers; `calls`: what a method of the project may be called by.
    """

    node: ast.AST
    uses: Uses
    targets: frozenset[Place]
    leads: frozenset[Piece]
    starting: frozenset[Piece]
    attributes: frozenset[str]
    calls: frozenset[Key]


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
        self._called: dict[Place, tuple[tuple[Piece, tuple[Key, ...]], ...]] = {}
        self._bases: dict[Place, list[Place]] = {}
        self._meant: dict[Member, tuple[Place, ...]] = {}
        self.types = Types(program, self._bound)
        self._targets: dict[tuple[str, tuple[str, ...]], frozenset[Place]] = {}

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

    def reach(self, roots: Iterable[Piece], *, starting: bool = False) -> Reach:
        """All that can be reached from `roots`, which belong to it; `starting`: start-up too."""
        pieces = frozenset(self._spread([roots], starting=starting))
        attributes = (name for piece in pieces for name in self.facts(piece).attributes)
        return Reach(pieces, frozenset(attributes))

    def reached_by(self, groups: Sequence[Iterable[Piece]]) -> Mapping[Piece, int]:
        """For each piece the groups of roots that reach it: bit N for group N."""
        return self._spread(groups)

    def _spread(
        self, groups: Sequence[Iterable[Piece]], *, starting: bool = False
    ) -> dict[Piece, int]:
        """The groups that reach each piece, as bits; they are handed on in rounds."""
        reached: dict[Piece, int] = {}
        mentioned: dict[Key, int] = {}
        waiting: dict[Key, list[Piece]] = {}
        due: dict[Piece, int] = {}
        for at, roots in enumerate(groups):
            for piece in roots:
                due[piece] = due.get(piece, 0) | 1 << at
        while due:
            now, due = due, {}
            for piece, found in now.items():
                before = reached.get(piece, 0)
                new = found & ~before
                if not new:
                    continue
                reached[piece] = before | new
                facts = self.facts(piece)
                for target in facts.leads if not starting else facts.leads | facts.starting:
                    due[target] = due.get(target, 0) | new
                for key in facts.calls:
                    known = mentioned.get(key, 0)
                    more = new & ~known
                    if more:
                        mentioned[key] = known | more
                        for method in waiting.get(key, ()):
                            due[method] = due.get(method, 0) | (more & reached[_whole(method)])
                for method, keys in () if piece[2] else self._called_of(piece[:2]):
                    for key in keys:
                        if not before:
                            waiting.setdefault(key, []).append(method)
                        due[method] = due.get(method, 0) | (new & mentioned.get(key, 0))
        return reached

    def _called_of(self, place: Place) -> tuple[tuple[Piece, tuple[Key, ...]], ...]:
        """The methods of a class, and what each may be called by.

        By its name on an object of an unknown class, by it on one of its own, and by others than
        the project's code as soon as there may be objects of the class.
        """
        if place not in self._called:
            self._called[place] = tuple(
                ((*place, name), (name, (place, name), *_by_others(place, name, node)))
                for name, node in self.methods(place).items()
                if not name.startswith("<locals>")
            )
        return self._called[place]

    def methods(self, place: Place) -> Mapping[str, ast.AST]:
        """The methods of the class that a statement defines, by name.

        Of a function: the endpoints in it, as `<locals>.name`, which do not run when it does.
        """
        if place not in self._methods:
            node = self.program.statement(place).node
            found: dict[str, ast.AST] = {}
            if isinstance(node, ast.ClassDef):
                found = {p.name: p for p in node.body if isinstance(p, _FUNCTIONS)}
            elif isinstance(node, _FUNCTIONS) and self._has_routes(place):
                found = {f"<locals>.{p.name}": p for p in node.body if _is_endpoint(p)}
            self._methods[place] = found
        return self._methods[place]

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

    def places_of(self, module: str, chain: tuple[str, ...]) -> frozenset[Place]:
        """The statements that bind what a chain names."""
        key = (module, chain)
        if key not in self._targets:
            self._targets[key] = frozenset(self._bound(self.program.origins(module, chain)))
        return self._targets[key]

    def _read(self, module: str, node: ast.AST, skip: set[ast.AST], owner: Place | None) -> Facts:
        starting = set(self._start_up(module, node))
        skip |= starting
        uses = uses_of(node, resolve=self.program.views[module].resolve, skip=skip)
        targets: set[Place] = set()
        for chain in uses.free:
            targets |= self.places_of(module, chain)
        for imported, rest in uses.imported:
            if rest != ("?",):
                targets.update(self._bound(self.program.target(imported, rest)))
        begun = {p for part in starting for p in self.places_of(module, chain_of(part))}
        parts = [*_without(node, skip)]
        told = _Told(self, self.types.scope(module, node, owner, parts))
        for part in parts:
            told.read(part)
        for part in _without(node, skip | _annotations(parts)):
            told.make(part)
        return Facts(
            node,
            uses,
            frozenset(targets),
            frozenset((*place, "") for place in targets),
            frozenset((*place, "") for place in begun),
            frozenset(told.attributes),
            frozenset({*(told.open & self._defined), *told.members, *told.made}),
        )

    def defining(self, place: Place, name: str) -> tuple[Place, ...]:
        """The classes of which a method of that name may be meant for an object of a class."""
        key = (place, name)
        if key not in self._meant:
            self._meant[key] = tuple(self._defining(place, name))
        return self._meant[key]

    def _defining(self, place: Place, name: str) -> Iterator[Place]:
        if name in self.methods(place):
            yield place
        else:
            for base in self.bases(place):
                yield from self.defining(base, name)
        for inner in self._subclasses.get(place, ()):
            yield from self._overriding(inner, name)

    def bases(self, place: Place) -> list[Place]:
        """The classes of the project that a class inherits from."""
        if place not in self._bases:
            node = self.program.statement(place).node
            found = [self.types.class_named(place[0], b) for b in getattr(node, "bases", ())]
            self._bases[place] = [f for f in found if isinstance(f, tuple) and f != place]
        return self._bases[place]

    def _overriding(self, place: Place, name: str) -> Iterator[Place]:
        if name in self.methods(place):
            yield place
        for inner in self._subclasses.get(place, ()):
            yield from self._overriding(inner, name)

    @cached_property
    def _subclasses(self) -> dict[Place, list[Place]]:
        found: dict[Place, list[Place]] = {}
        for module in sorted(self.program.loaded):
            if b"class " not in self.program.sources[self.program.views[module].path]:
                continue
            for statement in self.program.views[module].statements:
                if isinstance(statement.node, ast.ClassDef) and statement.node.bases:
                    for base in self.bases((module, statement.index)):
                        found.setdefault(base, []).append((module, statement.index))
        return found

    @cached_property
    def _defined(self) -> frozenset[str]:
        """The names of all functions of the project."""
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


def _whole(piece: Piece) -> Piece:
    return (piece[0], piece[1], "")


def _by_others(place: Place, name: str, node: ast.AST) -> tuple[Key, ...]:
    return ((place, _SPECIAL),) if _is_called_by_others(name, node) else ()


def _is_called_by_others(name: str, node: ast.AST) -> bool:
    """Whether Python or a library calls a method: a special one, or one that is registered.

    A route of a class is called for that route alone.
    """
    if name.startswith("__"):
        return name.endswith("__")
    decorators = getattr(node, "decorator_list", ())
    if _is_endpoint(node):
        return False
    return any(_last(d) not in _PLAIN for d in decorators)


def _is_endpoint(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, _FUNCTIONS) and any(map(registers_route, node.decorator_list))


def _last(node: ast.AST) -> str:
    while isinstance(node, ast.Call):
        node = node.func
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _inclusions(statement: Statement, program: Program) -> set[ast.AST]:
    facts = program.facts((statement.module, statement.index))
    return {expression for expression, _ in facts.inclusions}


class _Told:
    """The attributes that code asks for, by the class of the object as far as it is known."""

    def __init__(self, reaching: Reaching, scope: Scope) -> None:
        self.reaching = reaching
        self.scope = scope
        self.attributes: set[str] = set()
        self.open: set[str] = set()
        self.members: set[Member] = set()
        self.made: set[Member] = set()

    def make(self, node: ast.AST) -> None:
        """A class that is called or handed about, so that there may be objects of it."""
        chain = chain_of(node) if isinstance(node, ast.Name | ast.Attribute) else ()
        for place in self.reaching.types.places(chain, self.scope) if chain else ():
            if isinstance(self.reaching.program.statement(place).node, ast.ClassDef):
                self._made(place)

    def _made(self, place: Place) -> None:
        if (place, _SPECIAL) not in self.made:
            self.made.add((place, _SPECIAL))
            for base in self.reaching.bases(place):
                self._made(base)

    def read(self, node: ast.AST) -> None:
        if isinstance(node, ast.Attribute):
            self.attributes.add(node.attr)
            self._add(node, self.reaching.types.methods_owner(node, self.scope))
        elif isinstance(node, ast.Call) and _last(node.func) in ("getattr", "methodcaller"):
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            self.open.update(text for text in texts if isinstance(text, str))

    def _add(self, node: ast.Attribute, owner: Type) -> None:
        if owner is None:
            self.open.add(node.attr)
        elif isinstance(owner, tuple):
            above = isinstance(node.value, ast.Call) and _last(node.value.func) == "super"
            if _is_protocol(self.reaching.program, owner):
                self.open.add(node.attr)
            for place in self.reaching.bases(owner) if above else (owner,):
                found = self.reaching.defining(place, node.attr)
                self.members.update((each, node.attr) for each in found)


def _annotations(parts: list[ast.AST]) -> set[ast.AST]:
    """Where classes are only named: bases, kinds that are asked for, annotations.

    FastAPI makes objects of the classes that dependencies are annotated with.
    """
    found: set[ast.AST] = set()
    annotations: set[ast.AST] = set()
    injects = False
    for part in parts:
        if isinstance(part, _FUNCTIONS) and part.returns is not None:
            annotations.add(part.returns)
        elif isinstance(part, ast.arg | ast.AnnAssign) and part.annotation is not None:
            annotations.add(part.annotation)
        elif isinstance(part, ast.ClassDef):
            found.update(part.bases)
        elif isinstance(part, ast.ExceptHandler) and part.type is not None:
            found.add(part.type)
        elif isinstance(part, ast.Call):
            injects = injects or _last(part.func) in _INJECTS
            found.update(part.args[1:2] if _last(part.func) in _ASKS else ())
    return found if injects else found | annotations


def _is_protocol(program: Program, place: Place) -> bool:
    """Whether classes of an object's kind need not say so."""
    bases = getattr(program.statement(place).node, "bases", ())
    return any(
        _last(base.value if isinstance(base, ast.Subscript) else base) == "Protocol"
        for base in bases
    )


def _without(node: ast.AST, skip: set[ast.AST]) -> Iterator[ast.AST]:
    todo = [node]
    while todo:
        part = todo.pop()
        if part not in skip:
            yield part
            todo += children(part)

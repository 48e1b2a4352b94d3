"""Which classes of the project inherit from which, and which of their methods may be meant."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from splitter.planning.inferring import Types
from splitter.planning.pieces import Member
from splitter.planning.program import Place, Program


class Inheritance:
    """The classes of a program; `methods` gives those of one, by name."""

    def __init__(
        self, program: Program, types: Types, methods: Callable[[Place], Mapping[str, ast.AST]]
    ) -> None:
        self.program = program
        self.types = types
        self._methods = methods
        self._bases: dict[Place, list[Place]] = {}
        self._meant: dict[Member, tuple[Place, ...]] = {}

    def defining(self, place: Place, name: str) -> tuple[Place, ...]:
        """The classes of which a method of that name may be meant for an object of a class."""
        key = (place, name)
        if key not in self._meant:
            self._meant[key] = tuple(self._defining(place, name))
        return self._meant[key]

    def _defining(self, place: Place, name: str) -> Iterator[Place]:
        if name in self._methods(place):
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
        if name in self._methods(place):
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

"""Which classes of the project inherit from which, and which of their methods may be meant."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from splitter.discovery.scopes import last_name
from splitter.planning.inferring import Types
from splitter.planning.pieces import Member
from splitter.planning.program import Place, Program


class Inheritance:
    """The classes of a program; `methods` gives those of one, by name.

    A method is meant where it is asked for of an object of its class or of one above it. What is
    asked of a class that does not have it is asked of the classes above that.
    """

    def __init__(
        self, program: Program, types: Types, methods: Callable[[Place], Mapping[str, object]]
    ) -> None:
        self.program = program
        self.types = types
        self._methods = methods
        self._bases: dict[Place, list[Place]] = {}
        self._asked: dict[Member, frozenset[Place]] = {}
        self._above: dict[Place, frozenset[Place]] = {}
        self._protocols: dict[Place, bool] = {}

    def asked(self, place: Place, name: str) -> frozenset[Place]:
        """The classes that a method of that name is asked of when an object of a class is."""
        key = (place, name)
        if key not in self._asked:
            found = {place}
            if name not in self._methods(place):
                found.update(*(self.asked(base, name) for base in self.bases(place)))
            self._asked[key] = frozenset(found)
        return self._asked[key]

    def above(self, place: Place) -> frozenset[Place]:
        """The classes of whose objects one may be an object of this class: those above it."""
        if place not in self._above:
            self._above[place] = frozenset()
            if place[0] in self.program.loaded:
                bases = self.bases(place)
                self._above[place] = frozenset(bases).union(*map(self.above, bases))
        return self._above[place]

    def is_protocol(self, place: Place) -> bool:
        """Whether classes of an object's kind need not say so."""
        if place not in self._protocols:
            bases = getattr(self.program.statement(place).node, "bases", ())
            told = (base.value if isinstance(base, ast.Subscript) else base for base in bases)
            self._protocols[place] = any(last_name(base) == "Protocol" for base in told)
        return self._protocols[place]

    def bases(self, place: Place) -> list[Place]:
        """The classes of the project that a class inherits from."""
        if place not in self._bases:
            node = self.program.statement(place).node
            found = [self.types.class_named(place[0], b) for b in getattr(node, "bases", ())]
            self._bases[place] = [f for f in found if isinstance(f, tuple) and f != place]
        return self._bases[place]

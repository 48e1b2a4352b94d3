"""What code asks objects for: attributes, by the class of the object as far as it is known."""

from __future__ import annotations

import ast
from collections.abc import Collection

from splitter.discovery.scopes import Chain, Reading, last_name
from splitter.planning.inferring import Scope, Type
from splitter.planning.inheritance import Inheritance
from splitter.planning.pieces import Member
from splitter.planning.program import Place

SPECIAL = "__…__"
"""Stands for all that Python and libraries call of an object by themselves."""

_BY_TEXT = frozenset({"getattr", "methodcaller"})
_INJECTS = frozenset({"Depends", "Security"})


class Asked:
    """What code asks for. `open`: of objects of an unknown class; `made`: classes of objects."""

    def __init__(self, classes: Inheritance, scope: Scope) -> None:
        self.classes = classes
        self.scope = scope
        self.attributes: set[str] = set()
        self.open: set[str] = set()
        self.members: set[Member] = set()
        self.made: set[Member] = set()

    def read(self, reading: Reading, defined: Collection[str]) -> None:
        """`defined`: the names that methods have. Of others nothing but `attributes` is told."""
        for chain, node in (*reading.asked.items(), *(((), node) for node in reading.loose)):
            self.attributes.add(node.attr)
            if node.attr in defined:
                self._add(node, self.classes.types.methods_owner(chain, node, self.scope))
        for call in () if _BY_TEXT.isdisjoint(reading.called) else reading.calls:
            if last_name(call.func) in _BY_TEXT:
                texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
                self.open.update(t for t in texts if isinstance(t, str) and t in defined)
        variables = self.scope.variables()
        meant = {chain for chain in _meant(reading) if chain[0] not in variables}
        for place in self.classes.types.classes(_with_heads(meant), self.scope):
            self._made(place)

    def _made(self, place: Place) -> None:
        """A class that is called or handed about, so that there may be objects of it."""
        if (place, SPECIAL) not in self.made:
            self.made.add((place, SPECIAL))
            for base in self.classes.bases(place):
                self._made(base)

    def _add(self, node: ast.Attribute, owner: Type) -> None:
        if owner is None:
            self.open.add(node.attr)
        elif isinstance(owner, tuple):
            above = isinstance(node.value, ast.Call) and last_name(node.value.func) == "super"
            if self.classes.is_protocol(owner):
                self.open.add(node.attr)
            for place in self.classes.bases(owner) if above else (owner,):
                found = self.classes.asked(place, node.attr)
                self.members.update((each, node.attr) for each in found)


def _meant(reading: Reading) -> set[Chain]:
    """Chains that are not there to name classes only.

    FastAPI makes objects of the classes that dependencies are annotated with.
    """
    injects = not _INJECTS.isdisjoint(reading.called)
    return reading.named | reading.annotated if injects else reading.named


def _with_heads(chains: set[Chain]) -> set[Chain]:
    """`a`, `a.b` and `a.b.c` for `a.b.c`."""
    heads = {chain[:length] for chain in chains for length in range(1, len(chain))}
    return chains | heads

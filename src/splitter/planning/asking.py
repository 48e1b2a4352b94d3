"""What code asks objects for: attributes, by the class of the object as far as it is known."""

from __future__ import annotations

import ast

from splitter.discovery.scopes import Chain, Reading, last_name
from splitter.planning.inferring import Scope, Type
from splitter.planning.inheritance import Inheritance
from splitter.planning.pieces import Member
from splitter.planning.program import Place, Program

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

    def read(self, reading: Reading) -> None:
        for node in (*reading.asked.values(), *reading.loose):
            self.attributes.add(node.attr)
            self._add(node, self.classes.types.methods_owner(node, self.scope))
        for call in reading.calls:
            if last_name(call.func) in _BY_TEXT:
                texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
                self.open.update(text for text in texts if isinstance(text, str))
        is_variable = self.classes.types.is_variable
        meant = {c for c in _meant(reading) if not is_variable(c[0], self.scope)}
        for chain in _with_heads(meant):
            self._make(chain)

    def _make(self, chain: Chain) -> None:
        """A class that is called or handed about, so that there may be objects of it."""
        for place in self.classes.types.places(chain, self.scope):
            if isinstance(self.classes.program.statement(place).node, ast.ClassDef):
                self._made(place)

    def _made(self, place: Place) -> None:
        if (place, SPECIAL) not in self.made:
            self.made.add((place, SPECIAL))
            for base in self.classes.bases(place):
                self._made(base)

    def _add(self, node: ast.Attribute, owner: Type) -> None:
        if owner is None:
            self.open.add(node.attr)
        elif isinstance(owner, tuple):
            above = isinstance(node.value, ast.Call) and last_name(node.value.func) == "super"
            if _is_protocol(self.classes.program, owner):
                self.open.add(node.attr)
            for place in self.classes.bases(owner) if above else (owner,):
                found = self.classes.asked(place, node.attr)
                self.members.update((each, node.attr) for each in found)


def _meant(reading: Reading) -> set[Chain]:
    """Chains that are not there to name classes only.

    FastAPI makes objects of the classes that dependencies are annotated with.
    """
    injects = any(last_name(call.func) in _INJECTS for call in reading.calls)
    return reading.named | reading.annotated if injects else reading.named


def _with_heads(chains: set[Chain]) -> set[Chain]:
    """`a`, `a.b` and `a.b.c` for `a.b.c`."""
    return {chain[:length] for chain in chains for length in range(1, len(chain) + 1)}


def _is_protocol(program: Program, place: Place) -> bool:
    """Whether classes of an object's kind need not say so."""
    bases = getattr(program.statement(place).node, "bases", ())
    return any(
        last_name(base.value if isinstance(base, ast.Subscript) else base) == "Protocol"
        for base in bases
    )

"""What code asks objects for: attributes, by the class of the object as far as it is known."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from splitter.discovery.scopes import Chain, chain_of
from splitter.planning.inferring import Scope, Type
from splitter.planning.inheritance import Inheritance
from splitter.planning.pieces import Member, last_name
from splitter.planning.program import Place, Program

SPECIAL = "__…__"
"""Stands for all that Python and libraries call of an object by themselves."""

_ASKS = frozenset({"isinstance", "issubclass"})
_INJECTS = frozenset({"Depends", "Security"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NAMING = frozenset(
    {*_FUNCTIONS, ast.arg, ast.AnnAssign, ast.ClassDef, ast.ExceptHandler, ast.Call}
)


class Asked:
    """What code asks for. `open`: of objects of an unknown class; `made`: classes of objects."""

    def __init__(self, classes: Inheritance, scope: Scope) -> None:
        self.classes = classes
        self.scope = scope
        self.attributes: set[str] = set()
        self.open: set[str] = set()
        self.members: set[Member] = set()
        self.made: set[Member] = set()
        self._asked: set[Chain] = set()
        self._handed: set[Chain] = set()

    def make(self, node: ast.AST) -> None:
        """A class that is called or handed about, so that there may be objects of it."""
        chain = chain_of(node) if isinstance(node, ast.Name | ast.Attribute) else ()
        if not chain or chain in self._handed:
            return
        self._handed.add(chain)
        for place in self.classes.types.places(chain, self.scope):
            if isinstance(self.classes.program.statement(place).node, ast.ClassDef):
                self._made(place)

    def _made(self, place: Place) -> None:
        if (place, SPECIAL) not in self.made:
            self.made.add((place, SPECIAL))
            for base in self.classes.bases(place):
                self._made(base)

    def read(self, node: ast.AST) -> None:
        if isinstance(node, ast.Attribute):
            chain = chain_of(node)
            if chain and chain in self._asked:
                return
            self._asked.add(chain)
            self.attributes.add(node.attr)
            self._add(node, self.classes.types.methods_owner(node, self.scope))
        elif isinstance(node, ast.Call) and last_name(node.func) in ("getattr", "methodcaller"):
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            self.open.update(text for text in texts if isinstance(text, str))

    def _add(self, node: ast.Attribute, owner: Type) -> None:
        if owner is None:
            self.open.add(node.attr)
        elif isinstance(owner, tuple):
            above = isinstance(node.value, ast.Call) and last_name(node.value.func) == "super"
            if _is_protocol(self.classes.program, owner):
                self.open.add(node.attr)
            for place in self.classes.bases(owner) if above else (owner,):
                found = self.classes.defining(place, node.attr)
                self.members.update((each, node.attr) for each in found)


def only_named(parts: Iterable[ast.AST]) -> set[ast.AST]:
    """Where classes are only named: bases, kinds that are asked for, annotations.

    FastAPI makes objects of the classes that dependencies are annotated with.
    """
    found: set[ast.AST] = set()
    annotations: set[ast.AST] = set()
    injects = False
    for part in parts:
        if part.__class__ not in _NAMING:
            continue
        if isinstance(part, _FUNCTIONS) and part.returns is not None:
            annotations.add(part.returns)
        elif isinstance(part, ast.arg | ast.AnnAssign) and part.annotation is not None:
            annotations.add(part.annotation)
        elif isinstance(part, ast.ClassDef):
            found.update(part.bases)
        elif isinstance(part, ast.ExceptHandler) and part.type is not None:
            found.add(part.type)
        elif isinstance(part, ast.Call):
            injects = injects or last_name(part.func) in _INJECTS
            found.update(part.args[1:2] if last_name(part.func) in _ASKS else ())
    return found if injects else found | annotations


def _is_protocol(program: Program, place: Place) -> bool:
    """Whether classes of an object's kind need not say so."""
    bases = getattr(program.statement(place).node, "bases", ())
    return any(
        last_name(base.value if isinstance(base, ast.Subscript) else base) == "Protocol"
        for base in bases
    )

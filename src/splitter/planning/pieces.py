"""Pieces of code, finer than statements: a class in parts, and what each of them mentions."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from splitter.discovery.scopes import Reading, Uses
from splitter.planning.program import Place

Piece = tuple[str, int, str]
"""A top-level statement (module, index), or with a third part a method of the class it defines."""

Member = tuple[Place, str]
"""A class, and the name of an attribute."""

Key = str | Member
"""What a method is called by: its name, on an object of whichever class or of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What a piece mentions: places that its names lead to, and attributes of any object.

    `leads`: the pieces of these places; `starting`: those that run when the application starts, not
    when it answers; `calls`: what a method of the project may be called by.
    """

    node: ast.AST
    reading: Reading
    targets: frozenset[Place]
    leads: frozenset[Piece]
    starting: frozenset[Piece]
    attributes: frozenset[str]
    calls: frozenset[Key]

    @property
    def uses(self) -> Uses:
        return self.reading.uses


def whole(piece: Piece) -> Piece:
    """The piece of the class that a method is in."""
    return (piece[0], piece[1], "")

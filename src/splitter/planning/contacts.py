"""What the code that runs for some routes touches: tables, and names of other route modules."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from splitter.discovery.modules import Kind
from splitter.planning.pieces import Piece
from splitter.planning.program import Place
from splitter.planning.reaching import Reaching

_ENOUGH = 300


@dataclass(frozen=True, slots=True)
class Use:
    """A statement of a route module (as `module:name`) is used by code in a file, at a line."""

    module: str
    name: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Contacts:
    """Of some routes: the statements that run for them, and the tables written and read."""

    places: frozenset[Place]
    writes: frozenset[str]
    reads: frozenset[str]
    pieces: frozenset[Piece]


class Touching:
    """Finds contacts. `uses`: piece → the tables used in it, each with mode and place."""

    def __init__(
        self, reaching: Reaching, uses: Mapping[Piece, Iterable[tuple[str, str, str]]]
    ) -> None:
        self.reaching = reaching
        self._uses = uses

    def of(self, pieces: Iterable[Piece]) -> Contacts:
        """Those of some pieces of code."""
        found = frozenset(pieces)
        used = {use[:2] for piece in self._uses.keys() & found for use in self._uses[piece]}
        return Contacts(
            frozenset(piece[:2] for piece in found),
            frozenset(table for table, mode in used if mode == "write"),
            frozenset(table for table, mode in used if mode == "read"),
            found,
        )

    def near(self, roots: Iterable[Piece]) -> Contacts:
        """What runs from some pieces on, the nearest first, and not more than is telling.

        In a large program everything leads to everything in the end. What lies some hundred
        pieces away says nothing of a route any more.
        """
        return self.of(_near(self.reaching, roots))

    def uses_of(self, contacts: Contacts, modules: Collection[str]) -> Iterator[Use]:
        """The uses that code outside of some modules makes of what they define, once a name."""
        told: set[str] = set()
        for piece in sorted(contacts.pieces):
            if piece[0] in modules:
                continue
            facts = self.reaching.facts(piece)
            for module, index in sorted(place for place in facts.targets if place[0] in modules):
                statement = self.reaching.program.views[module].statements[index]
                name = _name(statement.binds)
                if f"{module}:{name}" not in told and statement.kind is not Kind.IMPORT:
                    told.add(f"{module}:{name}")
                    line = _line(facts.node, statement.binds)
                    path = self.reaching.program.views[piece[0]].path
                    yield Use(module, f"{module}:{name}", path, line)


def _near(reaching: Reaching, roots: Iterable[Piece]) -> set[Piece]:
    """Breadth first, level by level, until there are `_ENOUGH`."""
    found: set[Piece] = set()
    names: set[str] = set()
    classes: list[Place] = []
    level = set(roots)
    while level and len(found) < _ENOUGH:
        found |= level
        following: set[Piece] = set()
        asked: set[str] = set()
        begun = len(classes)
        for piece in level:
            facts = reaching.facts(piece)
            following |= facts.leads
            asked |= facts.attributes
            if not piece[2] and reaching.methods(piece[:2]):
                classes.append(piece[:2])
        asked -= names
        names |= asked
        for at, place in enumerate(classes):
            methods = reaching.methods(place).keys()
            following.update((*place, name) for name in methods & (asked if at < begun else names))
            if at >= begun:
                following.update((*place, name) for name in methods if name.startswith("__"))
        level = following - found
    return found


def _name(binds: Collection[str]) -> str:
    return min(binds, default="")


def _line(node: ast.AST, names: Collection[str]) -> int:
    """Where a piece mentions one of some names; its own line if under another name."""
    for part in ast.walk(node):
        if getattr(part, "id", getattr(part, "attr", None)) in names:
            return int(getattr(part, "lineno", 0))
    return int(getattr(node, "lineno", 0))

"""Which name, given to `leave_out`, keeps a service from starting a job."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from splitter.discovery.scopes import chain_of
from splitter.errors import UsageError
from splitter.planning.leaving import Leaving
from splitter.planning.parties import Parties
from splitter.planning.pieces import Piece
from splitter.planning.program import Place, Program

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def leavable(parties: Parties, piece: Piece, job: ast.expr | None) -> str:
    """The job's own name if that can go, else that of the function which starts it; or empty.

    `piece` is where the job is started.
    """
    places = {found[:2] for party in parties.members for found in party.pieces}
    for name in dict.fromkeys(_candidates(parties, piece, job)):
        if _goes(parties.program, name, places):
            return name
    return ""


def _candidates(parties: Parties, piece: Piece, job: ast.expr | None) -> Iterator[str]:
    chain = chain_of(job) if job is not None else ()
    for place in parties.reaching.places_of(piece[0], chain) if chain else ():
        yield from _dotted(parties.program, place)
    for name in _dotted(parties.program, piece[:2]):
        yield f"{name}.{piece[2]}" if piece[2] else name


def _dotted(program: Program, place: Place) -> Iterator[str]:
    node = program.statement(place).node
    if isinstance(node, _DEFINITIONS):
        yield f"{place[0]}.{node.name}"


def _goes(program: Program, name: str, places: set[Place]) -> bool:
    """Whether all that uses a name can go with it, and the start-up as a whole stays."""
    try:
        left = Leaving(program, {"": [name]})
    except UsageError:
        return False
    statements = [program.statement(place) for place in places]
    cuts = [node for statement in statements for node in left.cuts(statement)]
    if any(left.stuck(statement) for statement in statements):
        return False
    return bool(cuts) and not any(isinstance(node, ast.keyword) for node in cuts)

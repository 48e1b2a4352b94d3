"""Functions that decorate others: what they do when something is decorated is no answering."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from splitter.discovery.scopes import chain_of
from splitter.planning.pieces import Piece
from splitter.planning.program import Place
from splitter.planning.reaching import Reaching


def decorating(reaching: Reaching, pieces: Iterable[Piece]) -> dict[Place, int]:
    """Those that decorate some pieces, with how many functions of theirs run at that."""
    found: dict[Place, int] = {}
    for piece in pieces:
        for decorator in getattr(reaching.facts(piece).node, "decorator_list", ()):
            is_call = isinstance(decorator, ast.Call)
            chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
            for place in reaching.places_of(piece[0], chain) if chain else ():
                found[place] = 2 if is_call else 1
    return found

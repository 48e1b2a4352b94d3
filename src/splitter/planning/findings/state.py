"""Objects at module level that change while requests are answered, for several parties."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from splitter.discovery.modules import Kind, Statement
from splitter.planning.findings.decorating import decorating
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.findings.kinds import is_cache, methods_of
from splitter.planning.findings.touching import (
    NOTHING,
    Methods,
    Touch,
    during,
    together,
    touches,
)
from splitter.planning.parties import Parties, Party, listed
from splitter.planning.pieces import Piece
from splitter.planning.program import Place
from splitter.planning.reaching import Reaching


@dataclass(slots=True)
class _Told:
    """What a party does to an object: while it answers, and when its modules are imported."""

    answering: Touch = NOTHING
    importing: Touch = NOTHING

    def __bool__(self) -> bool:
        return bool(self.answering or self.importing)


def shared_state(parties: Parties) -> Iterator[Finding]:
    """One finding for each object that is changed for one party and matters to another."""
    if len(parties.members) < 2:
        return
    everything = {p for party in parties.members for p in party.pieces}
    decorators = decorating(parties.reaching, everything)
    for place, name, users in _candidates(parties):
        statement = parties.program.statement(place)
        methods = methods_of(parties.reaching, statement)
        if methods is None:
            continue
        touched = {
            piece: found
            for piece in users
            if piece[:2] != place
            and (found := _touched(parties.reaching, piece, (place, name), methods, decorators))
        }
        told = {party.name: _told(party, touched, methods) for party in parties.members}
        told = {n: t for n, t in told.items() if t.answering}
        what, blocks = _judged(parties, name, statement, told) if len(told) > 1 else ("", False)
        if what:
            path = parties.program.views[place[0]].path
            yield finding(path, statement.line, "SPL012", what, told, blocks=blocks)


def _candidates(parties: Parties) -> Iterator[tuple[Place, str, set[Piece]]]:
    """Definitions that two parties reach while they answer, and the pieces that mention them."""
    mentioned: dict[Place, set[Piece]] = {}
    for piece in {p for party in parties.members for p in party.pieces}:
        for place in parties.reaching.facts(piece).targets:
            mentioned.setdefault(place, set()).add(piece)
    for place, users in sorted(mentioned.items()):
        statement = parties.program.statement(place)
        sharing = [p for p in parties.members if not users.isdisjoint(p.answering.pieces)]
        if len(sharing) > 1 and statement.kind is Kind.DEFINITION and len(statement.binds) == 1:
            yield place, next(iter(statement.binds)), users


def _touched(
    reaching: Reaching,
    piece: Piece,
    state: tuple[Place, str],
    methods: Methods,
    decorators: Mapping[Place, int],
) -> _Told:
    """What a piece does to an object, when it is called and when its module is imported."""
    node = reaching.facts(piece).node
    later = [*during(node, depth=decorators.get((piece[0], piece[1]), 0))]
    first = [*getattr(node, "decorator_list", ())]
    if not later or (piece[0], piece[1]) in decorators:
        first = [node]
    return _Told(
        touches(reaching, piece, later, state, methods),
        touches(reaching, piece, first, state, methods),
    )


def _told(party: Party, touched: Mapping[Piece, _Told], methods: Methods) -> _Told:
    """What a party does to an object. Code that only start-up runs fills it as an import does."""
    own = touched.keys() & party.pieces
    starting = own - party.answering.pieces
    told = _Told(
        together(touched[piece].answering for piece in own - starting),
        together(touched[piece].importing for piece in own)
        | together(touched[piece].answering for piece in starting),
    )
    if Touch.PASS in told.answering:
        for name in methods.keys() & party.answering.attributes:
            told.answering |= methods[name]
    return told


def _judged(
    parties: Parties, name: str, statement: Statement, told: Mapping[str, _Told]
) -> tuple[str, bool]:
    """What is to be said, if anything, and whether some party would surely be wrong."""
    filling = [n for n, t in told.items() if Touch.FILL in t.answering]
    changing = [n for n, t in told.items() if t.answering & (Touch.FILL | Touch.EMPTY)]
    holding = [n for n, t in told.items() if Touch.HOLD in t.answering]
    if isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef):
        keeping = [n for n in told if n not in changing]
        what = f"{parties.told(changing or [''])} clears what {name} remembers, not so in "
        return (what + listed(keeping), False) if changing and keeping else ("", False)
    if not changing:
        what = f"{name} is a lock, and each of {parties.told(holding or [''])} takes its own"
        return (what if len(holding) > 1 else ""), False
    lacking = [n for n, t in told.items() if Touch.FILL not in t.answering]
    imported = any(Touch.FILL in t.importing for t in told.values())
    if filling and lacking and not imported:
        whose = "an own one" if len(lacking) == 1 else "their own"
        what = f"{name} is changed by {parties.told(filling)}; {parties.told(lacking)} would have "
        return f"{what}{whose}, which nothing fills", not is_cache(name, statement)
    what = f"{name} is changed by {parties.told(changing)}"
    if changing != [*told]:
        what += f" and used by {parties.told([n for n in told if n not in changing])}"
    return f"{what}; each gets its own", False

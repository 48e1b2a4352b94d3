"""What is kept on `app.state` and changes while requests are answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from splitter.discovery.scopes import Chain, chain_of
from splitter.discovery.trees import walk
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.findings.touching import NOTHING, Touch, during, touch_of
from splitter.planning.parties import Parties
from splitter.planning.pieces import Piece

_Place = tuple[str, int]


def application_state(parties: Parties) -> Iterator[Finding]:
    """One finding for each attribute that one party changes and another uses."""
    told: dict[str, dict[str, Touch]] = defaultdict(lambda: defaultdict(lambda: NOTHING))
    places: dict[str, _Place] = {}
    for party in parties.members:
        for piece in sorted(party.answering.pieces):
            for name, touch, line in _touched(parties, piece):
                told[name][party.name] |= touch
                if touch & (Touch.FILL | Touch.EMPTY):
                    path = parties.program.views[piece[0]].path
                    places.setdefault(name, (path, line))
    for name, (path, line) in sorted(places.items()):
        found = told[name]
        if len(found) > 1:
            changing = [p for p, t in found.items() if t & (Touch.FILL | Touch.EMPTY)]
            what = f"app.state.{name} is changed by {parties.told(changing)}"
            if changing != [*found]:
                what += f" and used by {parties.told([n for n in found if n not in changing])}"
            what += "; each gets its own"
            yield finding(path, line, "SPL012", what, found)


def _touched(parties: Parties, piece: Piece) -> Iterator[tuple[str, Touch, int]]:
    facts = parties.reaching.facts(piece)
    if "state" not in facts.attributes:
        return
    parts = [*during(facts.node, depth=0)]
    heads: dict[Chain, int] = {}
    for part in (inner for each in parts for inner in walk(each)):
        chain = chain_of(part)
        for at in range(len(chain) - 2):
            if chain[at : at + 2] == ("app", "state"):
                heads.setdefault(chain[: at + 3], getattr(part, "lineno", 0))
    for head, line in heads.items():
        for part in parts:
            yield head[-1], touch_of(part, head, {}, rebinds=True), line

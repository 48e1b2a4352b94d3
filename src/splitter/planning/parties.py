"""Who shares code after the cut: each planned service, and the monolith with all other routes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from splitter.discovery.modules import Kind
from splitter.discovery.trees import walk
from splitter.errors import UsageError
from splitter.model.monolith import Route
from splitter.model.plan import Service
from splitter.planning.needs import Call, Needs
from splitter.planning.pieces import Piece
from splitter.planning.program import Program
from splitter.planning.reaching import Reach, Reaching
from splitter.planning.running import is_main_guard
from splitter.planning.selecting import select

MONOLITH = "the monolith"
MANY = 8
"""Names are listed in full up to so many."""


@dataclass(frozen=True, eq=False)
class Party:
    """A process that will run some of the routes.

    `answering` is what they reach; `always` is what runs in it whichever routes it has: what its
    modules do when they are imported, its start-up, what the application puts around a route.
    `gone` are the pieces that the owner leaves out of it, `cut` the nodes that are cut for it.
    """

    name: str
    routes: tuple[Route, ...]
    answering: Reach
    always: Reach
    gone: frozenset[Piece] = frozenset()
    cut: frozenset[ast.AST] = frozenset()

    @cached_property
    def pieces(self) -> frozenset[Piece]:
        return frozenset(self.answering.pieces | self.always.pieces) - self.gone

    @cached_property
    def missing(self) -> frozenset[ast.AST]:
        """All that is in what is cut for it."""
        return frozenset(part for node in self.cut for part in walk(node))


@dataclass(frozen=True, eq=False)
class Parties:
    """All of them, and what each single route reaches."""

    program: Program
    reaching: Reaching
    members: tuple[Party, ...]

    @property
    def planned(self) -> bool:
        """Whether there is a cut at all."""
        return any(party.name != MONOLITH for party in self.members)

    def reached(self, routes: Iterable[Route]) -> Reach:
        """What some routes reach, the code around them left out."""
        return self.reaching.reach(self.reaching.roots(routes))

    def reached_by(self, routes: Iterable[Route]) -> Mapping[Piece, int]:
        """For each piece the routes that reach it: bit N for the route N."""
        return self.reaching.reached_by([[*self.reaching.roots([r])] for r in routes])

    def told(self, names: Sequence[str]) -> str:
        """Some parties in words."""
        planned = [p.name for p in self.members if p.name != MONOLITH]
        if len(planned) > 2 and set(names) >= set(planned):
            rest = [name for name in names if name not in planned]
            return listed(["every service", *rest])
        return listed(names)

    def with_piece(self, piece: Piece | None) -> list[str]:
        """The parties that run a piece."""
        return [p.name for p in self.members if piece is not None and piece in p.pieces]


def parties(
    program: Program,
    routes: Sequence[Route],
    services: Sequence[Service],
    app: str,
    *,
    calls: Mapping[str, Iterable[Call]] | None = None,
    needs: Mapping[str, Needs] | None = None,
) -> Parties:
    """The parties to a cut. Routes that no service has are the monolith's.

    `calls`: the functions that a service asks others for; they run for their owners. `needs`
    tell what is left out of services.
    """
    reaching, calls, needs = Reaching(program), calls or {}, needs or {}
    asked = [call for found in calls.values() for call in found]
    around = reaching.reach(_around(program, app), starting=True)
    told = [*_selected(services, routes)]
    taken = {route for _, chosen in told for route in chosen}
    rest = tuple(r for r in routes if r not in taken and r.file and r.kind != "mount")
    if rest or not told:
        told.append((MONOLITH, rest))
    members = []
    for name, chosen in told:
        own = [(*call.place, "") for call in asked if call.owner == name]
        found = needs.get(name, Needs())
        others = {call.place for call in calls.get(name, ())}
        others |= {piece[:2] for piece in found.gone if not piece[2]}
        answering = reaching.reach([*reaching.roots(chosen), *own], but=others)
        effects = reaching.reach(_effects(program, answering), but=others)
        outer = (
            reaching.reach(_around(program, app), starting=True, but=others) if others else around
        )
        always = Reach(outer.pieces | effects.pieces, outer.attributes | effects.attributes)
        cut = frozenset(node for nodes in found.cut.values() for node in nodes)
        members.append(Party(name, chosen, answering, always, found.gone, cut))
    return Parties(program, reaching, tuple(members))


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; of many the first and how many more."""
    if len(names) > MANY:
        return f"{', '.join(names[: MANY - 3])} and {len(names) - MANY + 3} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _selected(
    services: Sequence[Service], routes: Sequence[Route]
) -> Iterator[tuple[str, tuple[Route, ...]]]:
    for service in services:
        try:
            chosen = select(service, routes)[1]
        except UsageError:
            continue
        if chosen:
            yield service.name, chosen


def _around(program: Program, app: str) -> Iterator[Piece]:
    """The application object, and what the modules on the way to it do when they are imported."""
    module, _, attribute = app.partition(":")
    view = program.views.get(module)
    for made, name in program.origins(module, tuple(attribute.split("."))) if view else ():
        for index in program.views[made].bindings.get(name.partition(".")[0], ()):
            yield made, index, ""
        yield from _actions(program, made)
    yield from _actions(program, module)


def _effects(program: Program, reach: Reach) -> Iterator[Piece]:
    for module in sorted({piece[0] for piece in reach.pieces}):
        yield from _actions(program, module)


def _actions(program: Program, module: str) -> Iterator[Piece]:
    view = program.views.get(module)
    for statement in view.statements if view else ():
        if statement.kind is Kind.ACTION and not is_main_guard(statement.node):
            yield module, statement.index, ""

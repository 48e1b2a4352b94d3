"""What of the monolith goes with some of its routes: endpoints, inclusions, what only they need.

What anything else may use stays: what is left of the monolith, its tests and scripts are asked, by
name, by import and by the strings that name modules. A statement that does something by being there
(an event, a table, a registration) is never taken out; what it needs stays with it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from splitter.discovery.modules import Kind
from splitter.model.changes import Note
from splitter.model.monolith import Route
from splitter.planning.estate import Estate, Parts, endpoints, parts_of, texts
from splitter.planning.liveness import Liveness
from splitter.planning.mounting import emptied
from splitter.planning.program import Place
from splitter.planning.remainder import Leaving, by_module, leave, lost_effects
from splitter.planning.removable import is_removable

KEPT = "SPL100"


@dataclass(frozen=True, slots=True)
class Retirement:
    """What is taken out, by module.

    `files` go whole. Of other modules go `statements`, by index, and parts of others (`cut`);
    `stripped` are functions that stay and lose the decorators that made them routes.
    """

    files: frozenset[str] = frozenset()
    statements: Mapping[str, frozenset[int]] = field(default_factory=dict)
    cut: Mapping[str, frozenset[ast.AST]] = field(default_factory=dict)
    stripped: Mapping[str, frozenset[str]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def retire(
    estate: Estate, retired: Sequence[Route], routes: Sequence[Route], *, notices: bool = False
) -> Retirement:
    """What goes with the `retired` among the `routes`; with `notices`, their announcement too.

    Where something blocks, there is a note that says so, and nothing else.
    """
    found, blocking = endpoints(estate, retired, routes)
    if blocking:
        return Retirement(notes=tuple(blocking))
    parts = parts_of(estate, found, notices=notices)
    module, _, attribute = estate.application.partition(":")
    routers, gone = emptied(estate.program, {*parts.nodes()}, (module, attribute))
    for inclusion in gone:
        if inclusion.module in estate.own:
            parts.cut.setdefault(inclusion.module, set()).add(inclusion.node)
    return _Settling(estate, parts, {(m, n.partition(".")[0]) for m, n in routers}).settle()


class _Settling:
    """Takes out what nothing asks for, and puts back what something does, until nothing changes."""

    def __init__(self, estate: Estate, parts: Parts, routers: set[tuple[str, str]]) -> None:
        self.estate, self.parts, self.program = estate, parts, estate.program
        self.routers = routers
        self.pinned: set[Place] = set()
        self.held: set[str] = set()
        self.notes: set[Note] = set()
        self.wider = self._wider()
        self.spoken = set(self._spoken())

    def settle(self) -> Retirement:
        while True:
            live = self._live()
            gone = self._gone(live)
            kept = {p for p in gone if not self._may_go(p)}
            self.pinned |= kept
            if kept:
                continue
            left = leave(self.estate, self.parts, self.wider, live, gone, self.held)
            lost = lost_effects(self.estate, left, gone)
            if not lost - self.held:
                return self._retirement(live, gone, left)
            self.held |= lost

    def _wider(self) -> Liveness:
        """All that goes leads to, and the rest of modules whose routes all go."""
        wider = Liveness(self.program)
        wider.follow(self.parts.seeds)
        for module, nodes in self.parts.cut.items():
            for node in nodes:
                wider.read(node, module)
        for module, name in self.routers:
            wider.ask(module, (name,))
        for module in {m for m, _ in self.parts.seeds}:
            places = [(module, s.index) for s in self.program.views[module].statements]
            kinds = {self.program.statement(p).kind for p in places if p not in self.parts.seeds}
            if Kind.REGISTRATION not in kinds and module != self.estate.module:
                wider.follow(p for p in places if self._is(p, Kind.DEFINITION))
        return wider

    def _live(self) -> Liveness:
        """What is left needs: the monolith without what is taken out, tests and scripts."""
        live = Liveness(self.program, {*self.parts.cut_nodes(), *self.parts.decorators()})
        live.follow(place for place in self._all() if self._is_root(place))
        for module in self.program.views.keys() - self.estate.own:
            for name in self.program.views[module].imports:
                live.ask(module, (name,))
        for module, chain in self.spoken:
            live.ask(module, chain)
        return live

    def _all(self) -> Iterator[Place]:
        for module in self.program.views:
            for statement in self.program.views[module].statements:
                yield module, statement.index

    def _is(self, place: Place, *kinds: Kind) -> bool:
        return self.program.statement(place).kind in kinds

    def _is_root(self, place: Place) -> bool:
        if place in self.pinned or place[0] not in self.estate.own:
            return True
        if place in self.parts.seeds or self._is(place, Kind.IMPORT, Kind.FRAME):
            return False
        if self.program.statement(place).node in self.parts.cut.get(place[0], ()):
            return False
        return place not in self.wider.places or not self._is(place, Kind.DEFINITION)

    def _gone(self, live: Liveness) -> set[Place]:
        reached = {p for p in self.wider.places if p[0] in self.estate.own}
        reached = {p for p in reached if self._is(p, Kind.DEFINITION)}
        return (self.parts.seeds | reached) - live.places - self.pinned

    def _may_go(self, place: Place) -> bool:
        return place in self.parts.seeds or is_removable(self.program, place, self.estate.tables)

    def _spoken(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What strings, and files that are no code, name of the modules that something goes of."""
        for module in sorted({m for m, _ in self.wider.places if m in self.estate.own}):
            dotted = re.compile(rf"(?<![\w./]){re.escape(module)}((?:\.\w+)*)(?![\w/])")
            for text in self._strings(module):
                for found in dotted.finditer(text):
                    yield module, tuple(found[1].split(".")[1:])
            path = self.program.views[module].path
            for file, text in self.estate.texts.items():
                if path in text or ("." in module and dotted.search(text)):
                    what = f"{file} names {module}, so nothing that can be asked for goes out of it"
                    self.notes.add(Note(path, 0, KEPT, what))
                    yield module, ()

    def _strings(self, module: str) -> Iterator[str]:
        """The strings of all code that stays, as far as it may name the module."""
        sign = module.encode()
        if "." not in module:
            return  # any word may be called like it
        for name, view in self.program.views.items():
            if sign in self.program.sources[view.path]:
                for statement in view.statements:
                    if (name, statement.index) not in self.parts.seeds:
                        yield from texts(statement.node)

    def _retirement(self, live: Liveness, gone: set[Place], left: Leaving) -> Retirement:
        stripped: dict[str, set[str]] = {}
        for module, index in self.parts.seeds & live.places:
            names = self.program.views[module].statements[index].binds
            stripped.setdefault(module, set()).update(names)
            path = self.program.views[module].path
            what = f"{', '.join(sorted(names))} is used elsewhere: it stays, without its route"
            line = self.program.views[module].statements[index].line
            self.notes.add(Note(path, line, KEPT, what))
        return Retirement(
            left.files,
            by_module(p for p in gone if p[0] not in left.files),
            {m: frozenset(nodes) for m, nodes in left.cut.items() if nodes},
            {m: frozenset(names) for m, names in stripped.items()},
            tuple(sorted(self.notes)),
        )

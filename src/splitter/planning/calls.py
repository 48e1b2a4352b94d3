"""Functions of another service that a service uses: shared if pure, called if they can be, or not.

What a call needs to know is a `Call`; what is decided is told by notes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from splitter.discovery.modules import Kind, Statement
from splitter.model.changes import Note
from splitter.model.monolith import Route, RunningApp
from splitter.model.plan import Service
from splitter.planning.needs import Call, Needs, Node
from splitter.planning.obstacles import FUNCTIONS, Obstacles, without_body
from splitter.planning.owning import Owner, Owners
from splitter.planning.program import Place, Program
from splitter.planning.purity import Purity
from splitter.planning.selecting import Selection

HTTP_CLIENTS = ("httpx", "httpx2")
"""What a service can ask others with, the first one that the monolith's environment has."""

Ask = Callable[[Place], Call | None]


def http_client(running: RunningApp) -> str:
    """The distribution that the monolith's environment has; empty if none."""
    return next((name for name in HTTP_CLIENTS if name in running.versions), "")


@dataclass(frozen=True, slots=True)
class _Judged:
    """What becomes of a definition that another service owns, and why.

    `why` is what it rests on, empty if it is pure; `reason` what stands in the way of a call.
    """

    owner: Owner
    call: Call | None = None
    why: str = ""
    reason: str = ""


@dataclass(eq=False)
class Calls:
    """Decides for all services. What a service met on its search is kept, to be told."""

    program: Program
    owners: Owners
    purity: Purity
    obstacles: Obstacles
    _judged: dict[Place, _Judged | None] = field(default_factory=dict)
    _met: dict[str, dict[Place, _Judged]] = field(default_factory=dict)

    @classmethod
    def across(
        cls,
        program: Program,
        routes: Sequence[Route],
        services: Sequence[Service],
        selections: Mapping[str, Selection],
        running: RunningApp,
    ) -> Calls:
        """UsageError where the owners that the services name are not to be had."""
        owners = Owners(program, services, selections)
        purity = Purity(program, routes, owners)
        return cls(program, owners, purity, Obstacles(program, purity, running))

    def by(self, service: str) -> Ask:
        """Gives the call that takes a definition's place in a service; None where none does."""

        def ask(place: Place) -> Call | None:
            owner = self.owners.of(place)
            if owner is None or owner.service == service:
                return None
            judged = self._judge(place, owner)
            if judged is None:
                return None
            self._met.setdefault(service, {})[place] = judged
            return judged.call

        return ask

    def said(self, service: str, needs: Needs) -> Iterator[Note]:
        """What was decided for a service, at the place where it uses the function first."""
        for place, judged in sorted(self._met.get(service, {}).items(), key=lambda m: m[0]):
            users = _users(needs, place)
            if judged.call is None:  # what is copied along with another thing was told with that
                users = {u for u in users if self.owners.of(u) != judged.owner}
            if not users:
                continue
            path, line = _first_use(self.program, users, place)
            yield _note(self.program.statement(place), judged, path, line, self.program)

    def _judge(self, place: Place, owner: Owner) -> _Judged | None:
        if place not in self._judged:
            self._judged[place] = self._decide(self.program.statement(place), place, owner)
        return self._judged[place]

    def _decide(self, statement: Statement, place: Place, owner: Owner) -> _Judged | None:
        node = statement.node
        if statement.kind is not Kind.DEFINITION:
            return None
        if not isinstance(node, FUNCTIONS):
            changes = owner.named and self.purity.changes(place)
            return _Judged(owner, None, "changes", "it is no function") if changes else None
        why = self.purity.of(place, owner)
        if not why:
            return _Judged(owner) if owner.named else None
        reason = self.obstacles.to(place, node)
        if reason:
            return _Judged(owner, None, why, reason)
        call = Call(
            owner.service,
            place,
            node.name,
            without_body(node),
            threaded=self.purity.in_threads(place),
            raises=tuple(sorted(set(self._raised(place)))),
        )
        return _Judged(owner, call, why)

    def _raised(self, place: Place) -> Iterator[tuple[str, str]]:
        """The monolith's own exceptions that a function may raise."""
        for piece in self.purity.pieces(place):
            for part in ast.walk(self.program.statement(piece[:2]).node):
                if isinstance(part, ast.Raise) and part.exc is not None:
                    yield from self.obstacles.classes(piece[0], part.exc)


def _note(statement: Statement, judged: _Judged, path: str, line: int, program: Program) -> Note:
    name, owner = min(statement.binds), judged.owner.service
    where = f"{program.views[statement.module].path}:{statement.line}"
    if judged.call is not None:
        what = f"{name} ({where}) {judged.why}, so the {owner} service is asked for it"
        return Note(path, line, "SPL050", what)
    if not judged.why:
        return Note(path, line, "SPL052", f"{name} ({where}) of the {owner} service is shared")
    what = f"{name} ({where}) of the {owner} service {judged.why}"
    what += f", but cannot be called: {judged.reason}"
    return Note(path, line, "SPL051", what, blocks=judged.owner.named)


def _first_use(program: Program, users: set[Place], place: Place) -> tuple[str, int]:
    """File and line of the first code that uses a definition, imports left aside."""
    names = program.statement(place).binds
    found: list[tuple[str, int]] = []
    for module, index in users:
        view = program.views[module]
        local = names | {n for n, targets in view.imports.items() if _names(targets, names)}
        found += (
            (view.path, int(getattr(part, "lineno", 0)))
            for part in ast.walk(view.statements[index].node)
            if getattr(part, "id", getattr(part, "attr", None)) in local
        )
    return min(found, default=(program.views[place[0]].path, program.statement(place).line))


def _names(targets: Sequence[tuple[int, object]], names: frozenset[str]) -> bool:
    return any(getattr(imported, "name", "") in names for _, imported in targets)


def _users(needs: Needs, place: Place) -> set[Place]:
    """The statements with an edge to a definition, be it through imported names."""
    found: set[Place] = set()
    todo: list[Node] = [place]
    seen: set[Node] = set()
    while todo:
        target = todo.pop()
        for source, targets in needs.edges.items():
            if target in targets and source not in seen:
                seen.add(source)
                if isinstance(source[1], int):
                    found.add((source[0], source[1]))
                else:
                    todo.append(source)
    return found

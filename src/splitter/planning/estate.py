"""What is to be taken out of a monolith, by name: endpoints, and what makes them routes."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from splitter.discovery.modules import registers_route
from splitter.discovery.trees import walk
from splitter.model.changes import Note
from splitter.model.monolith import Route
from splitter.planning.program import Place, Program

SHARED = "SPL101"
Endpoint = tuple[str, str]
"""Module and qualified name."""


@dataclass(frozen=True, slots=True)
class Estate:
    """The monolith with its tests. `own`: the modules that routes, and what they need, go out of.

    `texts` are files that are no code and may name modules, by path; `tables` the statements that
    make tables.
    """

    program: Program
    application: str
    own: frozenset[str]
    texts: Mapping[str, str] = field(default_factory=dict)
    tables: frozenset[Place] = frozenset()

    @property
    def module(self) -> str:
        return self.application.partition(":")[0]


@dataclass(slots=True)
class Parts:
    """Endpoints that are statements (`seeds`), and parts of other statements, by module."""

    program: Program
    seeds: set[Place] = field(default_factory=set)
    cut: dict[str, set[ast.AST]] = field(default_factory=dict)

    def nodes(self) -> Iterator[ast.AST]:
        yield from (self.program.statement(place).node for place in self.seeds)
        yield from self.cut_nodes()

    def cut_nodes(self) -> Iterator[ast.AST]:
        yield from (node for nodes in self.cut.values() for node in nodes)

    def decorators(self) -> Iterator[ast.AST]:
        """What makes the endpoints routes: it goes even where the function stays."""
        for place in self.seeds:
            for decorator in getattr(self.program.statement(place).node, "decorator_list", ()):
                if registers_route(decorator):
                    yield decorator


def endpoints(
    estate: Estate, retired: Sequence[Route], routes: Sequence[Route]
) -> tuple[set[Endpoint], list[Note]]:
    """Those of the `retired` among the `routes`, and notes that block.

    An endpoint that also answers on a route that stays, or that is not in the project, cannot go.
    """
    going = {(r.kind, r.path, r.methods) for r in retired}
    left = {r.endpoint: r for r in routes if (r.kind, r.path, r.methods) not in going}
    found: set[Endpoint] = set()
    notes: list[Note] = []
    for route in retired:
        module, _, name = route.endpoint.partition(":")
        what = ""
        if route.endpoint in left:
            what = f"{route.endpoint} also answers {_title(left[route.endpoint])}, which stays"
        elif module not in estate.own:
            what = f"{_title(route)} is answered by {route.endpoint}, which is not in the project"
        if what:
            notes.append(Note(route.file, route.line, SHARED, what, blocks=True))
        found.add((module, name))
    return found, notes


def parts_of(estate: Estate, found: Collection[Endpoint], *, notices: bool) -> Parts:
    """The endpoints where they are written, what adds them to the application, and, with `notices`,
    the announcement of old routes."""
    program = estate.program
    parts = Parts(program)
    for module, name in found:
        first, *inner = [n for n in name.split(".") if n != "<locals>"]
        for index in program.views[module].bindings.get(first, ()):
            if not inner:
                parts.seeds.add((module, index))
                continue
            node = program.statement((module, index)).node
            within = {n for n in walk(node) if getattr(n, "name", "") == inner[-1]}
            parts.cut.setdefault(module, set()).update(within - {node})
    for module in sorted(estate.own):
        for place, part in _added(program, module, found, notices):
            if part is program.statement(place).node:
                parts.seeds.add(place)
            else:
                parts.cut.setdefault(module, set()).add(part)
    return parts


def texts(node: ast.AST) -> Iterator[str]:
    """The strings in a piece of code."""
    for part in walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _title(route: Route) -> str:
    return f"{','.join(route.methods) or route.kind} {route.path}"


def _added(
    program: Program, module: str, found: Collection[Endpoint], notices: bool
) -> Iterator[tuple[Place, ast.AST]]:
    """Statements that add an endpoint as a route, or that announce the old routes."""
    for statement in program.views[module].statements if program.may_have_facts(module) else ():
        place = (module, statement.index)
        facts = program.facts(place)
        if notices:
            yield from ((place, node) for node in facts.notices)
        for call in facts.additions:
            if _names(program, module, call) & {*found}:
                inside = (n for n in walk(statement.node) if isinstance(n, ast.Expr))
                yield from ((place, node) for node in inside if node.value is call)


def _names(program: Program, module: str, call: ast.Call) -> set[Endpoint]:
    """What is given to a call by name."""
    given = [*call.args, *(k.value for k in call.keywords)]
    names = {n.id for a in given for n in walk(a) if isinstance(n, ast.Name)}
    return {origin for name in names for origin in program.origins(module, (name,))}

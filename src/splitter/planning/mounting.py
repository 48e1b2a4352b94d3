"""Which routers have routes left once some are gone, and where the others are included."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from splitter.discovery.modules import registers_route
from splitter.discovery.scopes import bound_by_import, chain_of
from splitter.discovery.trees import walk
from splitter.planning.program import Place, Program, Router


@dataclass(frozen=True, slots=True)
class Inclusion:
    """`whole.include_router(part)` or `whole.mount(path, part)`, and the statement that says it."""

    node: ast.Expr
    module: str
    whole: tuple[Router, ...]
    part: tuple[Router, ...]


def inclusions(program: Program) -> tuple[Inclusion, ...]:
    """All that the monolith has."""
    return tuple(
        Inclusion(node, place[0], *(_origins(program, place, n) for n in _sides(call)))
        for place in _places(program)
        for node, call in program.facts(place).inclusions
    )


def registered(program: Program, gone: Collection[ast.AST]) -> tuple[set[Router], set[Router]]:
    """The routers that keep a route of their own, and those that lose one, if `gone` goes."""
    left: set[Router] = set()
    lost: set[Router] = set()
    for place in _places(program):
        facts = program.facts(place)
        for node in facts.routed:
            chains = map(registers_route, node.decorator_list)  # type: ignore[attr-defined]
            for chain in chains:
                found = program.origins(place[0], chain) if chain else ()
                (lost if _is_gone(node, place, program, gone) else left).update(found)
        for call in facts.additions:
            found = program.origins(place[0], chain_of(call.func)[:-1])
            (lost if _is_gone(call, place, program, gone) else left).update(found)
    return left, lost


def emptied(
    program: Program, gone: Collection[ast.AST], application: Router
) -> tuple[frozenset[Router], tuple[Inclusion, ...]]:
    """The routers that have nothing left, and the inclusions that go with them."""
    left, lost = registered(program, gone)
    known = inclusions(program)
    cut: list[Inclusion] = []
    empty: set[Router] = set()
    while True:
        holding = {r for i in known if i not in cut for r in i.whole}
        empty = lost - left - holding - {application}
        more = [i for i in known if i not in cut and i.part and set(i.part) <= empty]
        if not more:
            return frozenset(empty), tuple(cut)
        cut += more
        lost |= {router for i in more for router in i.whole}


def _places(program: Program) -> Iterator[Place]:
    for module in program.views:
        if program.may_have_facts(module):
            for statement in program.views[module].statements:
                yield module, statement.index


def _sides(call: ast.Call) -> tuple[ast.AST, ast.AST]:
    """What is added to, and what is added."""
    named = {k.arg: k.value for k in call.keywords}
    assert isinstance(call.func, ast.Attribute)
    at = 1 if call.func.attr == "mount" else 0
    part = named.get("app" if at else "router") or (call.args[at] if len(call.args) > at else call)
    return call.func.value, part


def _origins(program: Program, place: Place, node: ast.AST) -> tuple[Router, ...]:
    """Where an object is made; within a function its own imports come first."""
    chain = chain_of(node)
    if not chain:
        return ()
    view = program.views[place[0]]
    for part in walk(program.statement(place).node):
        if isinstance(part, ast.Import | ast.ImportFrom):
            for name, imported, _ in bound_by_import(part, view.resolve):
                if name == chain[0]:
                    return tuple(program.target(imported, chain[1:]))
    return tuple(program.origins(place[0], chain))


def _is_gone(node: ast.AST, place: Place, program: Program, gone: Collection[ast.AST]) -> bool:
    statement = program.statement(place).node
    if statement in gone or node in gone:
        return True
    return any(part in gone and any(n is node for n in walk(part)) for part in walk(statement))

"""Who registers routes on which router, who includes it, and which lists only feed inclusions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from splitter.discovery.modules import Statement, registers_route
from splitter.discovery.scopes import Chain, Imported, bound_by_import, bound_names, chain_of
from splitter.discovery.trees import walk
from splitter.planning.loops import Element, elements, iterated, loop_around, values_of
from splitter.planning.program import Place, Program, Router

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, eq=False)
class Inclusion:
    """`parent.include_router(child)`: the statement, and the expression for what is included."""

    statement: Statement
    child: ast.expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Feeding:
    """A loop of inclusions that goes over a list which another statement makes."""

    loop: ast.For
    child: ast.expr
    literal: ast.expr

    def elements(self) -> Iterator[Element]:
        return elements(self.loop, self.literal, self.child)


class Routers:
    """The routers of a program, indexed once for all plans.

    `fillers`: module → statements of it that register routes on a router of another module.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.registrations: dict[Router, list[Place]] = {}
        self.included: dict[Router, list[Inclusion]] = {}
        self.fillers: dict[str, set[Place]] = {}
        self.feeding: dict[Place, list[Feeding]] = {}
        self._elements: dict[ast.expr, list[Element]] = {}
        for module in filter(program.may_have_facts, program.views):
            for statement in program.views[module].statements:
                self._index(statement)
        for place in [p for p, fed in self.feeding.items() if not self._only_feeds(p, fed)]:
            del self.feeding[place]

    def origins(self, statement: Statement, expression: ast.AST | None) -> Iterator[Router]:
        """Where what an expression names is made; a statement's own imports and locals count.

        The result of a call counts as what is called.
        """
        named = imported_by_name(expression)
        if named is not None:
            yield from self.program.target(Imported(named[0]), named[1])
            return
        chain = _through_calls(expression)
        imported = self._own_imports(statement, chain[0]) if chain else []
        for target in imported:
            yield from self.program.target(target, chain[1:])
        if not chain or imported:
            return
        node = statement.node
        if isinstance(node, _FUNCTIONS) and chain[0] in _locals(node):
            yield statement.module, ".".join((node.name, *chain))
        else:
            yield from self.program.origins(statement.module, chain)

    def is_foreign(self, statement: Statement, expression: ast.AST) -> bool:
        """Whether an expression begins with a name that is imported from outside."""
        chain = _through_calls(expression)
        if not chain:
            return False
        own = self._own_imports(statement, chain[0])
        if own:
            return not any(self.program.is_own(target.module) for target in own)
        return self.program.is_foreign(statement.module, chain[0])

    def loop_elements(self, statement: Statement, child: ast.expr | None) -> list[Element]:
        """What a loop in a statement goes over that includes `child`; empty: there is none such."""
        if child is None:
            return []
        if child not in self._elements:
            self._elements[child] = list(self._loop_elements(statement, child))
        return self._elements[child]

    def _loop_elements(self, statement: Statement, child: ast.expr) -> Iterator[Element]:
        loop = loop_around(statement.node, child)
        if loop is None:
            return
        literals = [_local_literal(statement.node, iterated(loop)) or iterated(loop)]
        literals += [literal for _, literal in self._literals(statement, iterated(loop))]
        for literal in literals:
            yield from elements(loop, literal, child)

    def registers(self, place: Place) -> Iterator[Router]:
        """The routers on which a statement registers routes."""
        statement, facts = self.program.statement(place), self.program.facts(place)
        for node in facts.routed:
            for decorator in getattr(node, "decorator_list", ()):
                chain = registers_route(decorator)
                if chain and node is statement.node:
                    yield from self.program.origins(statement.module, chain)
                elif chain:
                    yield from self.origins(statement, decorator.func.value)
        for call in facts.additions:
            assert isinstance(call.func, ast.Attribute)
            yield from self.origins(statement, call.func.value)

    def _index(self, statement: Statement) -> None:
        place = (statement.module, statement.index)
        for router in self.registers(place):
            self.registrations.setdefault(router, []).append(place)
            if router[0] != statement.module:
                self.fillers.setdefault(statement.module, set()).add(place)
        for _, call in self.program.facts(place).inclusions:
            assert isinstance(call.func, ast.Attribute)
            child = included_expression(call)
            for parent in self.origins(statement, call.func.value):
                self.included.setdefault(parent, []).append(Inclusion(statement, child))
            loop = loop_around(statement.node, child)
            if loop is not None and child is not None:
                for fed, literal in self._literals(statement, iterated(loop)):
                    self.feeding.setdefault(fed, []).append(Feeding(loop, child, literal))

    def _own_imports(self, statement: Statement, name: str) -> list[Imported]:
        """What a name is bound to by imports inside of a function."""
        if not isinstance(statement.node, _FUNCTIONS):
            return []
        resolve = self.program.views[statement.module].resolve
        return [
            imported
            for part in walk(statement.node)
            if isinstance(part, ast.Import | ast.ImportFrom)
            for local, imported, _ in bound_by_import(part, resolve)
            if local == name
        ]

    def _literals(
        self, statement: Statement, expression: ast.expr
    ) -> Iterator[tuple[Place, ast.expr]]:
        """The one statement at module level that makes what an expression names, as a literal."""
        if not chain_of(expression):
            return
        for module, name in self.origins(statement, expression):
            view = self.program.views[module]
            places = [(module, index) for index in view.bindings.get(name, ())]
            value = getattr(view.statements[places[0][1]].node, "value", None) if places else None
            if len(places) == 1 and isinstance(value, ast.List | ast.Tuple | ast.Set | ast.Dict):
                yield places[0], value

    def _only_feeds(self, place: Place, fed: list[Feeding]) -> bool:
        """Whether the list that a statement makes is looked at by its loops alone."""
        module, names = place[0], self.program.statement(place).binds
        if len(names) != 1:
            return False
        name = next(iter(names))
        loops = {iterated(feeding.loop) for feeding in fed}
        for view in self.program.views.values():
            local = {n for n, found in view.imports.items() if (module, name) in _targets(found)}
            local |= {name} if view.name == module else set()
            if any(star == module for _, star in view.stars):
                return False
            for statement in view.statements:
                for node in walk(statement.node):
                    if node not in loops and _looks_at(node, local, name):
                        return False
        return True


def imported_by_name(node: ast.AST | None) -> tuple[str, Chain] | None:
    """Module and attributes of `import_module("a.b").c`."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if isinstance(node, ast.Call) and chain_of(node.func)[-1:] == ("import_module",):
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value, tuple(reversed(names))
    return None


def included_expression(call: ast.Call) -> ast.expr | None:
    """What `include_router(x)` or `mount("/p", x)` includes."""
    assert isinstance(call.func, ast.Attribute)
    at, word = (0, "router") if call.func.attr == "include_router" else (1, "app")
    for keyword in call.keywords:
        if keyword.arg == word:
            return keyword.value
    return call.args[at] if len(call.args) > at else None


def _through_calls(node: ast.AST | None) -> Chain:
    """`a.b` of `a.b`, of `a().b` and of `a.b(…)`; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call | ast.Await):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()


def _local_literal(function: ast.AST, expression: ast.expr) -> ast.expr | None:
    """The list that a function makes for itself and looks at only here."""
    if not isinstance(function, _FUNCTIONS) or not isinstance(expression, ast.Name):
        return None
    values = list(values_of(function.body, expression.id))
    looks = [n for n in walk(function) if _looks_at(n, {expression.id}, expression.id)]
    return values[0] if len(values) == 1 and looks == [expression] else None


def _locals(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {name for name, _ in bound_names([node.args, *node.body])}


def _targets(found: tuple[tuple[int, Imported], ...]) -> set[tuple[str, str]]:
    return {(imported.module, imported.name) for _, imported in found}


def _looks_at(node: ast.AST, local: set[str], name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id in local and not isinstance(node.ctx, ast.Store)
    if isinstance(node, ast.Attribute):
        return node.attr == name
    return isinstance(node, ast.alias) and node.asname != name and node.name == name and not local

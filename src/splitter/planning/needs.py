"""What a service needs: found by use, from its routes and from the application around them.

The search starts at the application object and at the selected routes and follows the names
that are really used. An inclusion that leads to no selected route is cut; what only it used is
not found. Whatever runs for its effect in a module that is reached stays, when in doubt.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from splitter.discovery.modules import Kind, ModuleView, Statement, registers_route
from splitter.discovery.scopes import (
    Chain,
    Imported,
    Uses,
    bound_by_import,
    chain_of,
    idle_imports,
    uses_of,
)
from splitter.model.changes import Note
from splitter.planning.program import Place, Program, Router, included_expression

Node = tuple[str, int | str]
"""A top-level statement (module, index), or a name that a module imports (module, name)."""

SEEN = ("?",)
"""The chain of a module that is imported and of which nothing is used."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The routes of a service: whole route modules, or single endpoints as (module, qualname)."""

    modules: frozenset[str] = frozenset()
    endpoints: frozenset[tuple[str, str]] = frozenset()

    def takes(self, statement: Statement) -> bool:
        """Whether a statement that registers routes registers one of the selected."""
        if statement.module in self.modules:
            return True
        names = {q.partition(".")[0] for m, q in self.endpoints if m == statement.module}
        return bool(names & statement.binds) or (
            bool(names)
            and not isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef)
            and bool(names & _mentioned(statement.node))
        )


@dataclass(slots=True)
class Needs:
    """What was found.

    `kept`: module → statements, empty for a module that only has to be run; `named`: modules that
    an import names, not only passes through; `edges`: what each node uses; `because`: what first
    led to a node.
    """

    kept: dict[str, set[int]] = field(default_factory=dict)
    aliases: dict[Node, set[str]] = field(default_factory=dict)
    asked: set[Node] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    cut: dict[str, set[ast.AST]] = field(default_factory=dict)
    edges: dict[Node, set[Node]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    because: dict[Node, Node] = field(default_factory=dict)
    foreign: dict[str, set[str]] = field(default_factory=dict)
    rebound: dict[str, set[str]] = field(default_factory=dict)
    registered: set[Place] = field(default_factory=set)
    notes: set[Note] = field(default_factory=set)

    @property
    def modules(self) -> set[str]:
        """The modules that have to be there, be it empty."""
        return set(self.kept)


def search(program: Program, selection: Selection, roots: Iterable[tuple[str, Chain]]) -> Needs:
    """The needs of a selection of routes and of further names, given as (module, chain)."""
    hunt = _Hunt(program, selection)
    for module in sorted({*selection.modules, *(m for m, _ in selection.endpoints)}):
        hunt.reach(module)
    for module, chain in roots:
        if chain:
            hunt.reach(module)
            hunt.follow(module, chain, None)
        else:
            hunt.use_module(module, (), None)
    hunt.run()
    return hunt.needs


class _Hunt:
    def __init__(self, program: Program, selection: Selection) -> None:
        self.program = program
        self.selection = selection
        self.needs = Needs()
        self._todo: list[Place] = []
        self._reached_modules: set[str] = set()
        self._waiting: dict[tuple[str, str], list[int]] = {}
        self._wanted: set[tuple[str, str]] = set()
        self._leads: dict[Router, bool] = {}

    def run(self) -> None:
        while self._todo:
            self._read(self._todo.pop())

    def reach(self, module: str) -> None:
        """A module is imported: it and the packages around it run."""
        if module in self._reached_modules:
            return
        self._reached_modules.add(module)
        for name in _from_the_top(module):
            view = self.program.views.get(name)
            if view is not None and name not in self.needs.kept:
                self.needs.kept[name] = set()
                for statement in view.statements:
                    self._run_statement(view, statement)

    def follow(self, module: str, chain: Chain, origin: Node | None) -> bool:
        """A name of a module is used, with the attributes that follow it."""
        view = self.program.views.get(module)
        if view is None:
            return False
        name = chain[0]
        found = False
        for index, imported in view.imports.get(name, ()):
            found = True
            self._alias(view, index, name, imported, chain[1:], origin)
        for index in view.bindings.get(name, ()):
            if view.statements[index].kind is not Kind.IMPORT:
                found = True
                self._need((module, index), origin)
        if not found:
            found = self._through_star(view, chain, origin)
        if not found and self.program.is_module(f"{module}.{name}"):
            self.use_module(f"{module}.{name}", chain[1:], origin)
            return True
        if found:
            self._want(module, name)
        return found

    def use_module(self, module: str, rest: Chain, origin: Node | None) -> None:
        """A module is imported and, but for `SEEN`, used."""
        self.reach(module)
        self.needs.named.add(module)
        if rest == SEEN:
            return
        if rest and self.program.is_module(f"{module}.{rest[0]}"):
            self.use_module(f"{module}.{rest[0]}", rest[1:] or SEEN, origin)
            if self.program.is_submodule(module, rest[0]):
                return
        if rest and (self.follow(module, rest, origin) or rest[0].startswith("__")):
            return
        view = self.program.views.get(module)
        if view is not None and module not in self.needs.whole:
            self.needs.whole.add(module)
            for statement in view.statements:
                if statement.kind is Kind.IMPORT:
                    for name in statement.binds:
                        self.follow(module, (name,), origin)
                elif statement.kind is not Kind.FRAME:
                    self._need((module, statement.index), origin)

    def _run_statement(self, view: ModuleView, statement: Statement) -> None:
        place = (view.name, statement.index)
        if statement.kind is Kind.ACTION and not is_main_guard(statement.node):
            name = statement.base[0] if statement.base else ""
            if not name or (view.name, name) in self._wanted:
                self._need(place, None)
            else:
                self._waiting.setdefault((view.name, name), []).append(statement.index)
        elif statement.kind is Kind.REGISTRATION and self.selection.takes(statement):
            self._need(place, None)
        elif statement.kind is Kind.IMPORT:
            self._run_imports(view, statement)

    def _run_imports(self, view: ModuleView, statement: Statement) -> None:
        """A module that is imported and never named is imported for what it does."""
        assert isinstance(statement.node, ast.Import | ast.ImportFrom)
        for local, imported, _ in bound_by_import(statement.node, view.resolve):
            module = f"{imported.module}.{imported.name}" if imported.name else imported.module
            if isinstance(statement.node, ast.Import):
                module = _dotted(statement.node, local)
            bound = bool(imported.name) and not self.program.is_submodule(
                imported.module, imported.name
            )
            if local in view.names_read or not self.program.is_module(module) or bound:
                continue
            if not view.is_package or self.program.fills_others(module):
                self._alias(view, statement.index, local, imported, SEEN, None)
                self.needs.asked.add((view.name, local))
                self.use_module(module, SEEN, None)

    def _want(self, module: str, name: str) -> None:
        if (module, name) not in self._wanted:
            self._wanted.add((module, name))
            for index in self._waiting.pop((module, name), ()):
                self._need((module, index), None)

    def _alias(
        self,
        view: ModuleView,
        index: int,
        name: str,
        imported: Imported,
        rest: Chain,
        origin: Node | None,
    ) -> None:
        statement = view.statements[index]
        alias: Node = (view.name, name)
        if statement.kind is Kind.IMPORT:
            self.needs.kept.setdefault(view.name, set()).add(index)
            self.needs.aliases.setdefault((view.name, index), set()).add(name)
            if isinstance(statement.node, ast.Import):
                self._import(Imported(_dotted(statement.node, name)), SEEN, alias)
        else:
            self._need((view.name, index), origin)
        self._edge(origin, alias)
        if origin is None or origin[0] != view.name:
            self.needs.asked.add(alias)
        self._import(imported, rest, alias)

    def _import(self, imported: Imported, rest: Chain, origin: Node | None) -> None:
        module, name = imported.module, imported.name
        if not self.program.is_own(module):
            where = origin[0] if origin else ""
            self.needs.foreign.setdefault(where, set()).add(f"{module}.{name}" if name else module)
            return
        if name == "*":
            self.use_module(module, (), origin)
        elif not name:
            self.use_module(module, rest, origin)
        elif self.program.is_submodule(module, name):
            self.reach(module)
            self.use_module(f"{module}.{name}", rest, origin)
        else:
            self.reach(module)
            if not self.follow(module, (name, *rest), origin):
                self._unresolved(module, name, origin)

    def _through_star(self, view: ModuleView, chain: Chain, origin: Node | None) -> bool:
        for index, star in view.stars:
            if not self.program.is_own(star):
                continue
            self.reach(star)
            if self.follow(star, chain, origin):
                self.needs.kept[view.name].add(index)
                self._edge(origin, (view.name, index))
                self.needs.whole.add(star)
                return True
        return False

    def _need(self, place: Place, origin: Node | None) -> None:
        module, index = place
        statement = self.program.statement(place)
        if statement.node in self._cuts(statement):
            self.needs.cut.setdefault(module, set()).add(statement.node)
            return
        self._edge(origin, place)
        self.reach(module)
        if index not in self.needs.kept[module]:
            self.needs.kept[module].add(index)
            self._todo.append(place)
            for name in statement.binds:
                self._want(module, name)

    def _edge(self, origin: Node | None, target: Node) -> None:
        if origin is not None and origin != target:
            self.needs.edges.setdefault(origin, set()).add(target)
            self.needs.because.setdefault(target, origin)

    def _read(self, place: Place) -> None:
        view, statement = self.program.views[place[0]], self.program.statement(place)
        if statement.kind is Kind.IMPORT:
            return
        cuts = self._cuts(statement)
        if cuts:
            self.needs.cut.setdefault(view.name, set()).update(cuts)
            idle = idle_imports(statement.node, resolve=view.resolve, skip=cuts)
            self.needs.cut[view.name].update(idle)
            cuts = {*cuts, *idle}
            uses = uses_of(statement.node, resolve=view.resolve, skip=cuts)
        else:
            uses = self.program.facts(place).uses
        for chain in sorted(uses.free):
            self.follow(view.name, chain, place)
        for imported, rest in sorted(uses.imported, key=repr):
            self._import(imported, rest, place)
        for module in sorted(uses.executed):
            self._import(Imported(module), SEEN, place)
        self._registry(place, uses)
        if uses.rebinds:
            self.needs.rebound.setdefault(view.name, set()).update(uses.rebinds)
        self._dynamic(view, statement, cuts)

    def _registry(self, place: Place, uses: Uses) -> None:
        """Classes and tables that a mapped class names by string have to be mapped too."""
        found: list[Place] = []
        if place in self.program.mapped:
            for name in sorted(uses.classes):
                found += self.program.classes.get(name, [])
        for table in sorted(uses.tables):
            found += self.program.tables.get(table, [])
        for target in found:
            if target != place:
                self.needs.registered.add(target)
                self._need(target, place)

    def _dynamic(self, view: ModuleView, statement: Statement, cuts: set[ast.AST]) -> None:
        for node in self.program.facts((view.name, statement.index)).dynamic:
            if node in cuts:
                continue
            first = node.args[0] if node.args else None
            name = first.value if isinstance(first, ast.Constant) else None
            if isinstance(name, str) and self.program.is_module(name):
                self.use_module(name, (), (view.name, statement.index))
            elif name is None:
                what = "imports a module whose name is known only at run time"
                self.needs.notes.add(Note(view.path, node.lineno, "SPL030", what))

    def _unresolved(self, module: str, name: str, origin: Node | None) -> None:
        """A name that its module does not define in the open: made at run time, so keep it all."""
        if module not in self.program.views:
            return
        self.use_module(module, (), origin)
        view = self.program.views.get(origin[0]) if origin else None
        if (
            view is not None
            and origin is not None
            and not self.program.binds(module, "__getattr__")
        ):
            line = view.statements[origin[1]].line if isinstance(origin[1], int) else 0
            what = f"{name} is imported from {module}, which does not define it in the open"
            self.needs.notes.add(Note(view.path, line, "SPL031", what))

    def _cuts(self, statement: Statement) -> set[ast.AST]:
        """The inclusions in a statement that lead to no selected route."""
        facts = self.program.facts((statement.module, statement.index))
        cuts: set[ast.AST] = set(facts.notices)
        for expression, call in facts.inclusions:
            child = included_expression(call)
            looped = list(_looped(statement, child))
            if looped:
                cuts.update(e for e, r in looped if not self._expression_leads(statement, r))
            elif not self._expression_leads(statement, child):
                cuts.add(expression)
        return cuts | set(_left_empty(statement.node, cuts)) if cuts else cuts

    def _expression_leads(self, statement: Statement, expression: ast.expr | None) -> bool:
        routers = list(self.program.origins_in(statement, expression))
        return any(self._router_leads(router) for router in routers)

    def _router_leads(self, router: Router) -> bool:
        if router not in self._leads:
            self._leads[router] = False
            self._leads[router] = self._finds_a_way(router)
        return self._leads[router]

    def _finds_a_way(self, router: Router) -> bool:
        module, name = router
        places = self.program.registrations.get(router, [])
        if any(self.selection.takes(self.program.statement(place)) for place in places):
            return True
        for inclusion in self.program.included.get(router, []):
            statement = self.program.statement((inclusion.module, inclusion.index))
            looped: list[ast.expr | None] = [r for _, r in _looped(statement, inclusion.child)]
            for expression in [*looped] or [inclusion.child]:
                if self._expression_leads(statement, expression):
                    return True
        view = self.program.views[module]
        return any(
            self._definition_leads(view.statements[index])
            for index in view.bindings.get(name.partition(".")[0], ())
        )

    def _definition_leads(self, statement: Statement) -> bool:
        node = statement.node
        if isinstance(node, ast.Assign | ast.AnnAssign):
            value = node.value
            return value is not None and self._expression_leads(statement, value)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(_has_route(part) for part in ast.walk(node)) and self.selection.takes(statement):
                return True
            return any(
                self._expression_leads(statement, included_expression(call))
                for _, call in self.program.facts((statement.module, statement.index)).inclusions
            ) or any(
                self._expression_leads(statement, part.value)
                for part in ast.walk(node)
                if isinstance(part, ast.Return) and part.value is not None
            )
        return False


def is_main_guard(node: ast.AST) -> bool:
    """`if __name__ == "__main__":` is for a script, not for a module that is imported."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides)


def _looped(statement: Statement, child: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Where a loop over a literal includes its elements: each element, and the router in it."""
    if child is None:
        return
    name = (chain_of(child) or ("",))[0]
    for loop in ast.walk(statement.node):
        if not isinstance(loop, ast.For) or not isinstance(loop.iter, ast.List | ast.Tuple):
            continue
        if isinstance(loop.target, ast.Name) and loop.target.id == name:
            chain = chain_of(child)
            for element in loop.iter.elts:
                yield element, _with_attributes(element, chain[1:])
        elif isinstance(loop.target, ast.Tuple):
            names = [t.id if isinstance(t, ast.Name) else "" for t in loop.target.elts]
            if name in names:
                for element in loop.iter.elts:
                    if isinstance(element, ast.Tuple) and len(element.elts) == len(names):
                        inner = element.elts[names.index(name)]
                        yield element, _with_attributes(inner, chain_of(child)[1:])


def _left_empty(node: ast.AST, cuts: set[ast.AST]) -> Iterator[ast.AST]:
    """Compound statements of which everything is cut."""
    blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody", "handlers")]
    inner = [part for block in blocks if isinstance(block, list) for part in block]
    for part in inner:
        yield from _left_empty(part, cuts)
    empty = set(inner) and all(p in cuts or p in set(_left_empty(p, cuts)) for p in inner)
    if empty and isinstance(node, ast.If | ast.For | ast.While | ast.With):
        yield node


def _with_attributes(node: ast.expr, names: Chain) -> ast.expr:
    for name in names:
        node = ast.Attribute(node, name, ast.Load())
    return node


def _has_route(node: ast.AST) -> bool:
    return any(registers_route(d) for d in getattr(node, "decorator_list", ()))


def _mentioned(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {
        n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _from_the_top(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts) + 1)]


def _dotted(node: ast.Import, local: str) -> str:
    for alias in node.names:
        if (alias.asname or alias.name.partition(".")[0]) == local:
            return alias.name
    return local

"""Which inclusions lead to a selected route: the others are cut out of the application."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from splitter.discovery.modules import Statement
from splitter.discovery.trees import walk
from splitter.planning.facts import NONE
from splitter.planning.leaving import Leaving
from splitter.planning.loops import values_of
from splitter.planning.program import Router
from splitter.planning.routers import Inclusion, Routers, included_expression
from splitter.planning.selecting import Selection
from splitter.planning.severing import left_empty

Leads = bool | None
"""Whether something leads to a selected route; `None`: it cannot be told, so it is kept."""


class Ways:
    """The ways from the application to the routes of one selection."""

    def __init__(self, routers: Routers, selection: Selection, leaving: Leaving) -> None:
        self.routers = routers
        self.leaving = leaving
        self.program = routers.program
        self.selection = selection
        self._known: dict[Router, Leads] = {}

    def takes(self, statement: Statement) -> bool:
        """Whether a statement that registers routes registers one of the selected."""
        if self.selection.takes(statement):
            return True
        additions = self.program.facts((statement.module, statement.index)).additions
        return any(
            self.selection.has(module, name)
            for endpoint in map(_endpoint, additions)
            for module, name in self.routers.origins(statement, endpoint)
        )

    def fills_others(self, module: str) -> bool:
        """Whether a module registers selected routes on a router that another module makes."""
        places = self.routers.fillers.get(module, ())
        return any(self.takes(self.program.statement(place)) for place in places)

    def cuts(self, statement: Statement) -> set[ast.AST]:
        """What leads to nothing selected, and what the owner leaves out."""
        cuts = self._unled(statement) | self.leaving.cuts(statement)
        return cuts | set(left_empty(statement.node, cuts)) if cuts else cuts

    def _unled(self, statement: Statement) -> set[ast.AST]:
        """Inclusions, and elements of lists of routers, that lead to nothing selected."""
        place = (statement.module, statement.index)
        facts = self.program.facts(place)
        if facts is NONE and place not in self.routers.feeding:
            return set()
        cuts: set[ast.AST] = set(facts.notices)
        for expression, call in facts.inclusions:
            child = included_expression(call)
            elements = self.routers.loop_elements(statement, child)
            own = set(walk(statement.node)) if elements else set()
            for element in elements:
                if own.issuperset(element.nodes) and self._is_false(statement, element.router):
                    cuts.update(element.nodes)
            if not elements and self._is_false(statement, child):
                cuts.add(expression)
        cuts.update(self._unfed(statement))
        return cuts

    def _unfed(self, statement: Statement) -> Iterator[ast.AST]:
        """Elements of a list that only feeds loops of inclusions, none of which leads anywhere."""
        fed = self.routers.feeding.get((statement.module, statement.index), [])
        stays: set[ast.AST] = set()
        seen: set[ast.AST] = set()
        for feeding in fed:
            for element in feeding.elements():
                seen.update(element.nodes)
                if not self._is_false(statement, element.router):
                    stays.update(element.nodes)
        yield from seen - stays

    def _is_false(self, statement: Statement, expression: ast.expr | None) -> bool:
        return self._leads(statement, expression) is False

    def _leads(self, statement: Statement, expression: ast.expr | None) -> Leads:
        """Whether what an expression in a statement stands for leads to a selected route."""
        if isinstance(expression, ast.Constant):
            return False
        if expression is None:
            return None
        found = [self._router_leads(r) for r in self.routers.origins(statement, expression)]
        if isinstance(expression, ast.Call):
            found += self._arguments_lead(statement, expression)
        if found or self.routers.is_foreign(statement, expression):
            return _any(found)
        return None

    def _arguments_lead(self, statement: Statement, call: ast.Call) -> Iterator[Leads]:
        """What is handed over counts only where it surely leads somewhere."""
        for keyword in call.keywords:
            if keyword.arg == "routes":
                yield None
        for value in (*call.args, *(k.value for k in call.keywords)):
            if isinstance(value, ast.Name | ast.Attribute | ast.Call):
                yield self._leads(statement, value) is True

    def _router_leads(self, router: Router) -> Leads:
        if router not in self._known:
            self._known[router] = False
            self._known[router] = self._finds_a_way(router)
        return self._known[router]

    def _finds_a_way(self, router: Router) -> Leads:
        module, name = router
        places = self.routers.registrations.get(router, [])
        if any(self.takes(self.program.statement(place)) for place in places):
            return True
        included = [self._includes(i) for i in self.routers.included.get(router, [])]
        first, _, rest = name.partition(".")
        view = self.program.views[module]
        made = [
            self._definition_leads(view.statements[index], first, rest.partition(".")[0])
            for index in view.bindings.get(first, ())
        ]
        return _any([*included, *made])

    def _includes(self, inclusion: Inclusion) -> Leads:
        elements = self.routers.loop_elements(inclusion.statement, inclusion.child)
        if not elements:
            return self._leads(inclusion.statement, inclusion.child)
        return _any(self._leads(inclusion.statement, e.router) for e in elements)

    def _definition_leads(self, statement: Statement, name: str, inner: str) -> Leads:
        """Whether a name of a statement leads somewhere, or `inner`, a name or attribute of it."""
        node = statement.node
        if isinstance(node, ast.ClassDef):
            bases = [self._leads(statement, base) for base in node.bases]
            return _any([*self._body_leads(statement), *(lead is True for lead in bases)])
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            values = values_of([node], name)
            return _any(self._leads(statement, value) for value in values)
        bound = list(values_of([node.args, *node.body], inner)) if inner else []
        if bound:
            return _any(self._leads(statement, value) for value in bound)
        returns = [p.value for p in walk(node) if isinstance(p, ast.Return)]
        results = [self._leads(statement, value) for value in returns if value is not None]
        return _any([*self._body_leads(statement), *results])

    def _body_leads(self, statement: Statement) -> Iterator[Leads]:
        """What a function or class registers and includes by itself."""
        facts = self.program.facts((statement.module, statement.index))
        yield bool(facts.routed or facts.additions) and self.takes(statement)
        for _, call in facts.inclusions:
            yield self._includes(Inclusion(statement, included_expression(call)))


def _any(found: Iterable[Leads]) -> Leads:
    """Whether one of some leads somewhere, if that can be told."""
    leads = set(found)
    return True if True in leads else None if None in leads else False


def _endpoint(call: ast.Call) -> ast.expr | None:
    """The endpoint of `add_api_route("/x", endpoint)`."""
    named = [k.value for k in call.keywords if k.arg in ("endpoint", "route")]
    return next(iter([*named, *call.args[1:2]]), None)

"""The monolith's code as one whole: what a name leads to, across modules and re-exports."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from splitter.discovery.modules import (
    Kind,
    ModuleView,
    Statement,
    inclusions,
    registers_route,
    view_modules,
)
from splitter.discovery.parsing import Parsed
from splitter.discovery.scopes import (
    Chain,
    Imported,
    Uses,
    bound_by_import,
    bound_names,
    chain_of,
    uses_of,
)

Place = tuple[str, int]
"""A top-level statement: module and index."""

Router = tuple[str, str]
"""A router or application: the module that makes it and its name there."""


@dataclass(frozen=True, slots=True, eq=False)
class Inclusion:
    """`parent.include_router(child)`: who includes, and the expression for what is included."""

    module: str
    index: int
    node: ast.Expr
    child: ast.expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What a statement says by itself, read once.

    `dynamic` are calls that import by string, `additions` those that add a route, `decorated` are
    the decorated functions and classes; `notices` announce deprecated routes, which is the
    monolith's own affair.
    """

    inclusions: tuple[tuple[ast.Expr, ast.Call], ...]
    notices: tuple[ast.Expr, ...]
    dynamic: tuple[ast.Call, ...]
    additions: tuple[ast.Call, ...]
    decorated: tuple[ast.AST, ...]
    uses: Uses


class Program:
    """Every module of the monolith, indexed once for all plans."""

    def __init__(self, parsed: Parsed, *, loaded: Collection[str] = ()) -> None:
        """`loaded`: the modules that the running monolith imports; only they map tables."""
        self.sources = parsed.sources
        self.views: Mapping[str, ModuleView] = view_modules(parsed.trees, parsed.names)
        self._facts: dict[Place, Facts] = {}
        self._folders = {p for name in parsed.names for p in _parents(name)}
        self.classes: dict[str, list[Place]] = {}
        self.tables: dict[str, list[Place]] = {}
        self.registrations: dict[Router, list[Place]] = {}
        self.included: dict[Router, list[Inclusion]] = {}
        for view in self.views.values():
            if not loaded or view.name in loaded:
                for statement in view.statements:
                    self._index_tables(statement)
        self.mapped = {place for places in self.classes.values() for place in places}
        for view in self.views.values():
            for statement in view.statements:
                self._index_routes(view, statement)

    def is_module(self, name: str) -> bool:
        """Whether the monolith has a module or package of that dotted name."""
        return name in self.views or name in self._folders

    def is_own(self, name: str) -> bool:
        """Whether a dotted module name belongs to the monolith, be it found or not."""
        return name.partition(".")[0] in self.views or self.is_module(name)

    def statement(self, place: Place) -> Statement:
        return self.views[place[0]].statements[place[1]]

    def facts(self, place: Place) -> Facts:
        """What the statement at a place includes, imports by string, and uses."""
        found = self._facts.get(place)
        if found is None:
            node = self.statement(place).node
            parts = list(ast.walk(node))
            found = Facts(
                tuple(inclusions(parts)),
                tuple(_notices(parts)),
                tuple(_dynamic_imports(parts)),
                tuple(_additions(parts)),
                tuple(p for p in parts if getattr(p, "decorator_list", ())),
                uses_of(node, resolve=self.views[place[0]].resolve),
            )
            self._facts[place] = found
        return found

    def binds(self, module: str, name: str) -> bool:
        view = self.views.get(module)
        return view is not None and (name in view.bindings or name in view.imports)

    def is_submodule(self, module: str, name: str) -> bool:
        """Whether `from module import name` gives a module, not something that `module` binds.

        `from . import name` in a package's own `__init__` binds the submodule itself.
        """
        if not self.is_module(f"{module}.{name}"):
            return False
        view = self.views.get(module)
        if view is None or not self.binds(module, name):
            return True
        found = view.imports.get(name, ())
        return bool(found) and all(
            i in (Imported(module, name), Imported(f"{module}.{name}")) for _, i in found
        )

    def fills_others(self, module: str) -> bool:
        """Whether a module registers routes on a router that another module makes."""
        return any(
            router[0] != module and any(m == module for m, _ in places)
            for router, places in self.registrations.items()
        )

    def origins(self, module: str, chain: Chain) -> Iterator[Router]:
        """Where the object that a chain names is made, through imports and re-exports."""
        yield from self._origins(module, chain, set())

    def origins_in(self, statement: Statement, expression: ast.expr | None) -> Iterator[Router]:
        """The same for an expression inside a statement, whose own imports and locals count."""
        chain = (
            chain_of(expression.func if isinstance(expression, ast.Call) else expression)
            if (expression is not None)
            else ()
        )
        if not chain:
            return
        view = self.views[statement.module]
        if isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(statement.node):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    for local, imported, _ in bound_by_import(node, view.resolve):
                        if local == chain[0]:
                            yield from self._imported(imported, chain[1:], set())
                            return
            if chain[0] in {n for n, _ in bound_names(statement.node.body)}:
                yield statement.module, f"{statement.node.name}.{chain[0]}"
                return
        yield from self.origins(statement.module, chain)

    def _origins(self, module: str, chain: Chain, seen: set[tuple[str, Chain]]) -> Iterator[Router]:
        view = self.views.get(module)
        if view is None or not chain or (module, chain) in seen:
            return
        seen.add((module, chain))
        imported = view.imports.get(chain[0], ())
        for _, target in imported:
            yield from self._imported(target, chain[1:], seen)
        own = [i for i in view.bindings.get(chain[0], ()) if not _imports(view, i, chain[0])]
        if own:
            yield module, ".".join(chain)
        elif not imported:
            if self.is_module(f"{module}.{chain[0]}"):
                yield from self._origins(f"{module}.{chain[0]}", chain[1:], seen)
            for _, star in view.stars:
                yield from self._origins(star, chain, seen)

    def _imported(
        self, target: Imported, rest: Chain, seen: set[tuple[str, Chain]]
    ) -> Iterator[Router]:
        if target.name and self.is_submodule(target.module, target.name):
            yield from self._module_origins(f"{target.module}.{target.name}", rest, seen)
        elif target.name:
            yield from self._origins(target.module, (target.name, *rest), seen)
        else:
            yield from self._module_origins(target.module, rest, seen)

    def _module_origins(
        self, module: str, rest: Chain, seen: set[tuple[str, Chain]]
    ) -> Iterator[Router]:
        while rest and self.is_submodule(module, rest[0]):
            module, rest = f"{module}.{rest[0]}", rest[1:]
        yield from self._origins(module, rest, seen)

    def _index_tables(self, statement: Statement) -> None:
        place = (statement.module, statement.index)
        node = statement.node
        if isinstance(node, ast.ClassDef):
            table = _table_of(node)
            if table is not None:
                self.classes.setdefault(node.name, []).append(place)
                self.tables.setdefault(table or node.name.lower(), []).append(place)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            name = (chain_of(node.value.func) or ("",))[-1]
            first = node.value.args[0] if node.value.args else None
            if name == "Table" and isinstance(first, ast.Constant):
                self.tables.setdefault(str(first.value), []).append(place)

    def _index_routes(self, view: ModuleView, statement: Statement) -> None:
        place = (view.name, statement.index)
        if statement.kind is Kind.REGISTRATION:
            for router in self.origins(view.name, statement.base):
                self.registrations.setdefault(router, []).append(place)
        if statement.kind is not Kind.REGISTRATION:
            self._index_nested(statement)
        for expression, call in self.facts(place).inclusions:
            assert isinstance(call.func, ast.Attribute)
            child = included_expression(call)
            for parent in self.origins_in(statement, call.func.value):
                inclusion = Inclusion(view.name, statement.index, expression, child)
                self.included.setdefault(parent, []).append(inclusion)
        for call in self.facts(place).additions:
            assert isinstance(call.func, ast.Attribute)
            for router in self.origins_in(statement, call.func.value):
                self.registrations.setdefault(router, []).append(place)

    def _index_nested(self, statement: Statement) -> None:
        """Routes that a factory registers on a router of its own."""
        name = getattr(statement.node, "name", "")
        for node in self.facts((statement.module, statement.index)).decorated:
            for decorator in getattr(node, "decorator_list", ()):
                chain = registers_route(decorator)
                if chain:
                    router = (statement.module, f"{name}.{chain[0]}")
                    self.registrations.setdefault(router, []).append(
                        (statement.module, statement.index)
                    )


def included_expression(call: ast.Call) -> ast.expr | None:
    """What `include_router(x)` or `mount("/p", x)` includes."""
    assert isinstance(call.func, ast.Attribute)
    at, word = (0, "router") if call.func.attr == "include_router" else (1, "app")
    for keyword in call.keywords:
        if keyword.arg == word:
            return keyword.value
    return call.args[at] if len(call.args) > at else None


def _notices(parts: Iterable[ast.AST]) -> Iterator[ast.Expr]:
    for part in parts:
        call = part.value if isinstance(part, ast.Expr) else None
        if isinstance(call, ast.Call) and chain_of(call.func)[-1:] == ("announce_deprecations",):
            assert isinstance(part, ast.Expr)
            yield part


def _dynamic_imports(parts: Iterable[ast.AST]) -> Iterator[ast.Call]:
    for part in parts:
        if isinstance(part, ast.Call):
            chain = chain_of(part.func)
            if chain and chain[-1] in {"import_module", "__import__"}:
                yield part


def _additions(parts: Iterable[ast.AST]) -> Iterator[ast.Call]:
    for part in parts:
        if (
            isinstance(part, ast.Call)
            and isinstance(part.func, ast.Attribute)
            and part.func.attr in {"add_api_route", "add_route", "add_api_websocket_route"}
        ):
            yield part


def _imports(view: ModuleView, index: int, name: str) -> bool:
    return any(i == index for i, _ in view.imports.get(name, ()))


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _table_of(node: ast.ClassDef) -> str | None:
    """The table that a class maps; `""` where the name is not written; `None` if it maps none."""
    for part in node.body:
        targets = part.targets if isinstance(part, ast.Assign) else []
        if isinstance(part, ast.AnnAssign):
            targets = [part.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in {"__tablename__", "__table__"}:
                value = getattr(part, "value", None)
                return str(value.value) if isinstance(value, ast.Constant) else ""
    if any(k.arg == "table" and isinstance(k.value, ast.Constant) for k in node.keywords):
        return ""
    return None

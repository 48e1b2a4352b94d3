"""Which names a piece of code uses that it does not bind itself, by Python's scope rules.

A use is a chain: `settings.db.url` is `("settings", "db", "url")`. Where a name is bound by an
import inside the code, the use is told against the imported module instead. Strings in
annotations count as code; class names and table names in `relationship(...)` and
`ForeignKey(...)` are told apart, because SQLAlchemy looks them up in a registry of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

Chain = tuple[str, ...]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import binds a name to: module `module`, or `name` of it."""

    module: str
    name: str = ""


@dataclass(slots=True)
class Uses:
    """What a piece of code uses from outside of itself.

    `free`: chains whose first name the code does not bind; `imported`: what it reaches through
    imports of its own, with the chain that follows; `executed`: modules that such an import runs;
    `rebinds`: names that a `global` statement lets it bind; `classes` and `tables`: names that it
    gives to SQLAlchemy's registry.
    """

    free: set[Chain] = field(default_factory=set)
    imported: set[tuple[Imported, Chain]] = field(default_factory=set)
    executed: set[str] = field(default_factory=set)
    rebinds: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)


Resolve = Callable[[ast.ImportFrom], str]


def uses_of(node: ast.AST, *, resolve: Resolve, skip: Collection[ast.AST] = ()) -> Uses:
    """The uses of a top-level statement. `resolve` gives the absolute module of a from-import.

    Nodes in `skip` count as not there; an import inside a function that only they used is left
    out as well.
    """
    reader = _Reader(resolve, skip)
    reader.read(node, ())
    return reader.uses


def bound_by_import(
    node: ast.Import | ast.ImportFrom, resolve: Resolve
) -> Iterator[tuple[str, Imported, ast.alias]]:
    """The local names that an import binds, what to, and by which alias (a star is left out)."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            target = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or target, Imported(target), alias
        elif alias.name != "*":
            yield alias.asname or alias.name, Imported(resolve(node), alias.name), alias


def bound_names(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """The names that statements bind in their own scope, each with the node that binds it."""
    for node in nodes:
        yield from _bound(node)


def chain_of(node: ast.AST) -> Chain:
    """`a.b.c` as a chain; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ()
    return (node.id, *reversed(parts))


def idle_imports(
    function: ast.AST, *, resolve: Resolve, skip: Collection[ast.AST]
) -> set[ast.alias]:
    """Aliases imported inside functions of this code that only nodes in `skip` made use of."""
    if not skip:
        return set()
    before, after = _Reader(resolve, ()), _Reader(resolve, skip)
    before.read(function, ())
    after.read(function, ())
    return before.used_aliases - after.used_aliases


class _Scope:
    def __init__(self, kind: str, nodes: Iterable[ast.AST], resolve: Resolve) -> None:
        self.kind = kind
        self.names: dict[str, list[tuple[Imported, ast.alias] | None]] = {}
        self.declared: set[str] = set()
        for name, node in bound_names(nodes):
            self.names.setdefault(name, []).extend(_import_of(name, node, resolve))


class _Reader:
    def __init__(self, resolve: Resolve, skip: Collection[ast.AST]) -> None:
        self.uses = Uses()
        self.used_aliases: set[ast.alias] = set()
        self._resolve = resolve
        self._skip = skip

    def read(self, node: ast.AST, scopes: tuple[_Scope, ...]) -> None:
        if node in self._skip:
            return
        if isinstance(node, _FUNCTIONS):
            self._function(node, scopes)
        elif isinstance(node, ast.ClassDef):
            self._class(node, scopes)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node, scopes)
        elif isinstance(node, ast.Attribute | ast.Name):
            self._name(node, scopes)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, scopes)
        elif isinstance(node, ast.Global):
            self.uses.rebinds.update(node.names)
            self.uses.free.update((name,) for name in node.names)
        elif isinstance(node, ast.AugAssign):
            self.uses.free.update({chain_of(node.target)} - {()})
            self._all((node.target, node.value), scopes)
        elif isinstance(node, ast.AnnAssign):
            self._annotation(node.annotation, scopes)
            self._all((node.target, node.value), scopes)
        else:
            if isinstance(node, ast.Call):
                self._registry(node)
            self._all(ast.iter_child_nodes(node), scopes)

    def _all(self, nodes: Iterable[ast.AST | None], scopes: tuple[_Scope, ...]) -> None:
        for node in nodes:
            if node is not None:
                self.read(node, scopes)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scopes: tuple[_Scope, ...]
    ) -> None:
        arguments = node.args
        self._all((*arguments.defaults, *arguments.kw_defaults), scopes)
        parameters = [
            a
            for a in (
                *arguments.posonlyargs,
                *arguments.args,
                arguments.vararg,
                *arguments.kwonlyargs,
                arguments.kwarg,
            )
            if a is not None
        ]
        for parameter in parameters:
            self._annotation(parameter.annotation, scopes)
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
        if not isinstance(node, ast.Lambda):
            self._all(node.decorator_list, scopes)
            self._annotation(node.returns, scopes)
        scope = _Scope("function", (*parameters, *body), self._resolve)
        scope.declared = {n for part in body for n in _declared_global(part)}
        self._all(body, (*scopes, scope))

    def _class(self, node: ast.ClassDef, scopes: tuple[_Scope, ...]) -> None:
        self._all((*node.decorator_list, *node.bases, *(k.value for k in node.keywords)), scopes)
        scope = _Scope("class", node.body, self._resolve)
        self._all(node.body, (*scopes, scope))

    def _comprehension(self, node: ast.AST, scopes: tuple[_Scope, ...]) -> None:
        assert isinstance(node, _COMPREHENSIONS)
        targets = [generator.target for generator in node.generators]
        inner = (*scopes, _Scope("function", targets, self._resolve))
        self._all(ast.iter_child_nodes(node), inner)
        self.read(node.generators[0].iter, scopes)

    def _name(self, node: ast.Attribute | ast.Name, scopes: tuple[_Scope, ...]) -> None:
        chain = chain_of(node)
        if not chain:
            assert isinstance(node, ast.Attribute)
            self.read(node.value, scopes)
            return
        for scope in _visible(scopes):
            if chain[0] in scope.declared:
                break
            if chain[0] in scope.names:
                self._local(scope, chain)
                if scope.kind == "function" or isinstance(getattr(node, "ctx", None), ast.Store):
                    return
        self.uses.free.add(chain)

    def _local(self, scope: _Scope, chain: Chain) -> None:
        for binding in scope.names[chain[0]]:
            if binding is not None:
                self.uses.imported.add((binding[0], chain[1:]))
                self.used_aliases.add(binding[1])

    def _import(self, node: ast.Import | ast.ImportFrom, scopes: tuple[_Scope, ...]) -> None:
        for alias in node.names:
            if alias in self._skip:
                continue
            if isinstance(node, ast.Import):
                self.uses.executed.add(alias.name)
            elif alias.name == "*":
                self.uses.imported.add((Imported(self._resolve(node), "*"), ()))
            else:
                self.uses.executed.add(self._resolve(node))
                self.uses.imported.add((Imported(self._resolve(node), alias.name), ("?",)))

    def _annotation(self, node: ast.AST | None, scopes: tuple[_Scope, ...]) -> None:
        if node is None:
            return
        self.read(node, scopes)
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    expression = ast.parse(part.value.strip(), mode="eval").body
                except (SyntaxError, ValueError):
                    continue
                self.read(expression, scopes)
                chain = chain_of(expression)
                if chain:
                    self.uses.classes.add(chain[-1])

    def _registry(self, node: ast.Call) -> None:
        name = (chain_of(node.func) or ("",))[-1]
        first = node.args[0] if node.args else None
        if name in {"relationship", "Relationship", "backref", "relation"}:
            self._registry_class(first)
            for keyword in node.keywords:
                if keyword.arg in {"argument", "secondary"}:
                    self._registry_class(keyword.value)
        elif name == "ForeignKey" and isinstance(first, ast.Constant):
            self.uses.tables.add(str(first.value).rpartition(".")[0])
        elif name in {"Field", "mapped_column", "Column"}:
            for keyword in node.keywords:
                if keyword.arg == "foreign_key" and isinstance(keyword.value, ast.Constant):
                    self.uses.tables.add(str(keyword.value.value).rpartition(".")[0])

    def _registry_class(self, node: ast.AST | None) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.uses.classes.add(node.value.rpartition(".")[2])
            self.uses.tables.add(node.value)


def _visible(scopes: tuple[_Scope, ...]) -> Iterator[_Scope]:
    for depth, scope in enumerate(reversed(scopes)):
        if scope.kind == "function" or depth == 0:
            yield scope


def _import_of(
    name: str, node: ast.AST, resolve: Resolve
) -> list[tuple[Imported, ast.alias] | None]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(i, alias) for local, i, alias in bound_by_import(node, resolve) if local == name]
    return [None]


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, node
        return
    if isinstance(node, ast.arg):
        yield node.arg, node
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node.id, node
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            if alias.name != "*":
                yield alias.asname or alias.name.partition(".")[0], node
    elif isinstance(node, ast.ExceptHandler | ast.MatchStar | ast.MatchAs) and node.name:
        yield node.name, node
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest, node
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, _COMPREHENSIONS):
        yield from _walrus(node)
        return
    for child in ast.iter_child_nodes(node):
        yield from _bound(child)


def _walrus(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for part in ast.walk(node):
        if isinstance(part, ast.NamedExpr):
            yield part.target.id, part


def _declared_global(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return
    if isinstance(node, ast.Global):
        yield from node.names
    for child in ast.iter_child_nodes(node):
        yield from _declared_global(child)

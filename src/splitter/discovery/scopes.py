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

from splitter.discovery.trees import children, walk

Chain = tuple[str, ...]

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
    reader.read(node)
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
    before.read(function)
    after.read(function)
    return before.used_aliases - after.used_aliases


class _Scope:
    """A function, class or comprehension: what its names are bound to, `None` but for imports."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.names: dict[str, list[tuple[Imported, ast.alias] | None]] = {}
        self.declared: set[str] = set()

    def bind(self, name: str, to: tuple[Imported, ast.alias] | None = None) -> None:
        self.names.setdefault(name, []).append(to)


class _Reader:
    """Goes through a statement once; what names mean is told at the end, when all is bound."""

    def __init__(self, resolve: Resolve, skip: Collection[ast.AST]) -> None:
        self.uses = Uses()
        self.used_aliases: set[ast.alias] = set()
        self._resolve = resolve
        self._skip = skip
        self._mentions: list[tuple[Chain, tuple[_Scope, ...], bool]] = []

    def read(self, node: ast.AST) -> None:
        self._read(node, ())
        for chain, scopes, stored in self._mentions:
            self._tell(chain, scopes, stored)

    def _read(self, node: ast.AST, scopes: tuple[_Scope, ...]) -> None:
        if node in self._skip:
            self._bind(node, scopes)
            return
        reader = _READERS.get(node.__class__)
        if reader is not None:
            reader(self, node, scopes)
        else:
            for part in children(node):
                self._read(part, scopes)

    def _all(self, nodes: Iterable[ast.AST | None], scopes: tuple[_Scope, ...]) -> None:
        for node in nodes:
            if node is not None:
                self._read(node, scopes)

    def _bind(self, node: ast.AST, scopes: tuple[_Scope, ...]) -> None:
        """What is not there binds its names all the same."""
        if scopes:
            for name, _ in bound_names([node]):
                scopes[-1].bind(name)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, scopes: tuple[_Scope, ...]
    ) -> None:
        if scopes:
            scopes[-1].bind(node.name)
        self._all(node.decorator_list, scopes)
        inner = self._with_parameters(node, scopes)
        self._annotation(node.returns, inner[:-1])
        self._all(node.body, inner)

    def _lambda(self, node: ast.Lambda, scopes: tuple[_Scope, ...]) -> None:
        self._read(node.body, self._with_parameters(node, scopes))

    def _with_parameters(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        scopes: tuple[_Scope, ...],
    ) -> tuple[_Scope, ...]:
        """The scopes of a function's body, once its parameters are read."""
        arguments = node.args
        self._all((*arguments.defaults, *arguments.kw_defaults), scopes)
        scopes = self._with_types(node, scopes)
        scope = _Scope("function")
        rest = (arguments.vararg, *arguments.kwonlyargs, arguments.kwarg)
        for parameter in (*arguments.posonlyargs, *arguments.args, *rest):
            if parameter is not None:
                self._annotation(parameter.annotation, scopes)
                scope.bind(parameter.arg)
        return (*scopes, scope)

    def _with_types(self, node: ast.AST, scopes: tuple[_Scope, ...]) -> tuple[_Scope, ...]:
        """The scope of type parameters (PEP 695), where there are any."""
        parameters = getattr(node, "type_params", ())
        if not parameters:
            return scopes
        scope = _Scope("function")
        for parameter in parameters:
            scope.bind(parameter.name)
        self._all((part for p in parameters for part in children(p)), (*scopes, scope))
        return (*scopes, scope)

    def _class(self, node: ast.ClassDef, scopes: tuple[_Scope, ...]) -> None:
        if scopes:
            scopes[-1].bind(node.name)
        self._all(node.decorator_list, scopes)
        scopes = self._with_types(node, scopes)
        self._all((*node.bases, *(k.value for k in node.keywords)), scopes)
        self._all(node.body, (*scopes, _Scope("class")))

    def _comprehension(self, node: ast.AST, scopes: tuple[_Scope, ...]) -> None:
        assert isinstance(node, _COMPREHENSIONS)
        self._all(children(node), (*scopes, _Scope("comprehension")))
        self._read(node.generators[0].iter, scopes)

    def _walrus(self, node: ast.NamedExpr, scopes: tuple[_Scope, ...]) -> None:
        around = [scope for scope in scopes if scope.kind != "comprehension"]
        if around:
            around[-1].bind(node.target.id)
        self._mentions.append(((node.target.id,), tuple(around), True))
        self._read(node.value, scopes)

    def _name(self, node: ast.Attribute | ast.Name, scopes: tuple[_Scope, ...]) -> None:
        chain = chain_of(node)
        if not chain:
            assert isinstance(node, ast.Attribute)
            self._read(node.value, scopes)
            return
        if isinstance(node, ast.Name) and scopes and not isinstance(node.ctx, ast.Load):
            scopes[-1].bind(node.id)
        self._mentions.append((chain, scopes, isinstance(node.ctx, ast.Store)))

    def _tell(self, chain: Chain, scopes: tuple[_Scope, ...], stored: bool) -> None:
        for scope in _visible(scopes):
            if chain[0] in scope.declared:
                break
            if chain[0] in scope.names:
                self._local(scope, chain)
                if scope.kind != "class" or stored:
                    return
        self.uses.free.add(chain)

    def _local(self, scope: _Scope, chain: Chain) -> None:
        for binding in scope.names[chain[0]]:
            if binding is not None:
                self.uses.imported.add((binding[0], chain[1:]))
                self.used_aliases.add(binding[1])

    def _import(self, node: ast.Import | ast.ImportFrom, scopes: tuple[_Scope, ...]) -> None:
        if scopes:
            for local, imported, alias in bound_by_import(node, self._resolve):
                scopes[-1].bind(local, (imported, alias))
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

    def _global(self, node: ast.Global, scopes: tuple[_Scope, ...]) -> None:
        if scopes:
            scopes[-1].declared.update(node.names)
        self.uses.rebinds.update(node.names)
        self.uses.free.update((name,) for name in node.names)

    def _augmented(self, node: ast.AugAssign, scopes: tuple[_Scope, ...]) -> None:
        self.uses.free.update({chain_of(node.target)} - {()})
        self._all((node.target, node.value), scopes)

    def _annotated(self, node: ast.AnnAssign, scopes: tuple[_Scope, ...]) -> None:
        self._annotation(node.annotation, scopes)
        self._all((node.target, node.value), scopes)

    def _call(self, node: ast.Call, scopes: tuple[_Scope, ...]) -> None:
        self._registry(node)
        self._all(children(node), scopes)

    def _named(self, node: ast.AST, scopes: tuple[_Scope, ...]) -> None:
        """An exception handler or a pattern, which may bind a name."""
        name = getattr(node, "rest" if isinstance(node, ast.MatchMapping) else "name")
        if name and scopes:
            scopes[-1].bind(name)
        self._all(children(node), scopes)

    def _annotation(self, node: ast.AST | None, scopes: tuple[_Scope, ...]) -> None:
        if node is None:
            return
        self._read(node, scopes)
        for part in walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    expression = ast.parse(part.value.strip(), mode="eval").body
                except (SyntaxError, ValueError):
                    continue
                self._read(expression, scopes)
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
        if scope.kind != "class" or depth == 0:
            yield scope


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
    for child in children(node):
        yield from _bound(child)


def _walrus(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for part in walk(node):
        if isinstance(part, ast.NamedExpr):
            yield part.target.id, part


_READERS: dict[type[ast.AST], Callable[..., None]] = {
    ast.FunctionDef: _Reader._function,
    ast.AsyncFunctionDef: _Reader._function,
    ast.Lambda: _Reader._lambda,
    ast.ClassDef: _Reader._class,
    **dict.fromkeys(_COMPREHENSIONS, _Reader._comprehension),
    ast.NamedExpr: _Reader._walrus,
    ast.Name: _Reader._name,
    ast.Attribute: _Reader._name,
    ast.Import: _Reader._import,
    ast.ImportFrom: _Reader._import,
    ast.Global: _Reader._global,
    ast.AugAssign: _Reader._augmented,
    ast.AnnAssign: _Reader._annotated,
    ast.Call: _Reader._call,
    **dict.fromkeys(
        (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping), _Reader._named
    ),
}

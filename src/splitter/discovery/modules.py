"""Modules and their top-level statements: what each binds, acts on and registers.

A statement is the unit that is kept, moved or dropped. Its kind says what keeps it alive:

    definition    one of the names that it binds is needed
    import        one of the names that it binds is needed, or the module has to be run
    action        it runs for its effect: always, or while the object that it acts on is needed
    registration  a route: while that route is selected
    frame         docstring, `from __future__`, `__all__`: part of the file, not of the program
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from splitter.discovery.scopes import (
    Chain,
    Imported,
    bound_by_import,
    bound_names,
    chain_of,
)
from splitter.discovery.trees import children, walk

ROUTE_METHODS = frozenset(
    {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
    | {"api_route", "route", "websocket", "websocket_route"}
)
INCLUSIONS = frozenset({"include_router", "mount"})
ADDITIONS = frozenset(
    {"add_api_route", "add_route", "add_api_websocket_route", "add_websocket_route"}
)
_EVENTS = frozenset({"listens_for", "exception_handler", "middleware", "on_event", "register"})


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)


class Kind(StrEnum):
    """What keeps a statement alive."""

    DEFINITION = "definition"
    IMPORT = "import"
    ACTION = "action"
    REGISTRATION = "registration"
    FRAME = "frame"


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A top-level statement. `base` is the object that an action or registration works on."""

    module: str
    index: int
    node: ast.stmt
    kind: Kind
    binds: frozenset[str]
    base: Chain = ()
    decorators: tuple[Chain, ...] = ()

    @property
    def line(self) -> int:
        """The first line, decorators included."""
        decorators = getattr(self.node, "decorator_list", [])
        return int(min([self.node.lineno, *(d.lineno for d in decorators)]))

    @property
    def end_line(self) -> int:
        return self.node.end_lineno or self.node.lineno


@dataclass(frozen=True, eq=False)
class ModuleView:
    """A module as statements. `imports` has what each top-level import binds a name to."""

    name: str
    path: str
    is_package: bool
    statements: tuple[Statement, ...]
    bindings: Mapping[str, tuple[int, ...]]
    imports: Mapping[str, tuple[tuple[int, Imported], ...]]
    stars: tuple[tuple[int, str], ...]

    @cached_property
    def names_read(self) -> frozenset[str]:
        """The names that anything in the module reads."""
        return frozenset(name for s in self.statements for name in _names_read(s.node))

    @property
    def package(self) -> str:
        """What `__package__` is in it."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def is_imported(self, name: str) -> bool:
        """Whether a statement that does nothing but import binds a name."""
        found = self.imports.get(name, ())
        return any(self.statements[index].kind is Kind.IMPORT for index, _ in found)

    def resolve(self, node: ast.ImportFrom) -> str:
        """The absolute name of the module that a from-import of this module names."""
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        drop = node.level - (1 if self.is_package else 0)
        kept = parts[: len(parts) - drop] if drop else parts
        return ".".join([*kept, *([node.module] if node.module else [])])


class Views(Mapping[str, ModuleView]):
    """Every module that was parsed, by dotted name; each is looked through when it is asked for.

    `trees`: path → tree; `names`: dotted name → path.
    """

    def __init__(self, trees: Mapping[str, ast.Module], names: Mapping[str, str]) -> None:
        self._trees = trees
        self._paths = {name: path for name, path in names.items() if path in trees}
        self._views: dict[str, ModuleView] = {}

    def __getitem__(self, name: str) -> ModuleView:
        if name not in self._views:
            path = self._paths[name]
            self._views[name] = view_module(name, path, self._trees[path])
        return self._views[name]

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def view_module(name: str, path: str, tree: ast.Module) -> ModuleView:
    """The statements of one module."""
    package = path.rpartition("/")[2] == "__init__.py"
    bare = ModuleView(name, path, package, (), {}, {}, ())
    imports: dict[str, list[tuple[int, Imported]]] = {}
    stars: list[tuple[int, str]] = []
    for index, node in enumerate(tree.body):
        for part in _own_imports(node):
            for local, imported, _ in bound_by_import(part, bare.resolve):
                imports.setdefault(local, []).append((index, imported))
            if isinstance(part, ast.ImportFrom) and part.names[0].name == "*":
                stars.append((index, bare.resolve(part)))
    binds = [[*_bound(node)] for node in tree.body]
    local_names = {n for found in binds for n, node in found if not _is_import(node)}
    statements = tuple(
        _statement(name, index, node, frozenset(n for n, _ in binds[index]), local_names)
        for index, node in enumerate(tree.body)
    )
    bindings: dict[str, list[int]] = {}
    for statement in statements:
        for bound in statement.binds:
            bindings.setdefault(bound, []).append(statement.index)
    return ModuleView(
        name,
        path,
        package,
        statements,
        {n: tuple(i) for n, i in bindings.items()},
        {n: tuple(i) for n, i in imports.items()},
        tuple(stars),
    )


def registers_route(decorator: ast.expr) -> Chain:
    """The router that a decorator such as `@router.get("/x")` registers on; else empty."""
    if not isinstance(decorator, ast.Call):
        return ()
    chain = chain_of(decorator.func)
    if len(chain) < 2 or chain[-1] not in ROUTE_METHODS:
        return ()
    path = decorator.args[0] if decorator.args else None
    named = any(k.arg == "path" for k in decorator.keywords)
    if named or (path is not None and not isinstance(path, ast.Dict | ast.List | ast.Lambda)):
        return chain[:-1]
    return ()


def _bound(node: ast.stmt) -> Iterable[tuple[str, ast.AST]]:
    return ((node.name, node),) if isinstance(node, _DEFINITIONS) else bound_names([node])


def _statement(
    module: str, index: int, node: ast.stmt, binds: frozenset[str], local: set[str]
) -> Statement:
    decorators = tuple(_decorators(node))
    kind, base = _kind(index, node, binds, local)
    return Statement(module, index, node, kind, binds, base, decorators)


def _kind(index: int, node: ast.stmt, binds: frozenset[str], local: set[str]) -> tuple[Kind, Chain]:
    if isinstance(node, _DEFINITIONS):
        kind, base = _definition_kind(node)
        known = kind is Kind.REGISTRATION or (base and base[0] in local)
        return kind, base if known else ()
    if _is_frame(index, node):
        return Kind.FRAME, ()
    if isinstance(node, _IMPORTS):
        return Kind.IMPORT, ()
    if _only_binds(node, local):
        return Kind.DEFINITION, ()
    if _adds_route(node):
        return Kind.REGISTRATION, _adds_route(node)
    bases = set(_bases(node))
    base = bases.pop() if len(bases) == 1 else ()
    return Kind.ACTION, base if base and base[0] in local - binds else ()


def _definition_kind(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
) -> tuple[Kind, Chain]:
    for decorator in node.decorator_list:
        router = registers_route(decorator)
        if router:
            return Kind.REGISTRATION, router
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            for decorator in getattr(part, "decorator_list", []):
                router = registers_route(decorator)
                if router:
                    return Kind.REGISTRATION, router
        return Kind.DEFINITION, ()
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            chain = chain_of(decorator.func)
            if chain and chain[-1] in _EVENTS:
                return Kind.ACTION, chain[:-1]
            if chain[-1:] == ("compiles",) and decorator.args:
                return Kind.ACTION, chain_of(decorator.args[0])
    return Kind.DEFINITION, ()


def _adds_route(node: ast.stmt) -> Chain:
    """The router of `router.add_api_route("/x", endpoint)`; else empty."""
    call = node.value if isinstance(node, ast.Expr) else None
    chain = chain_of(call.func) if isinstance(call, ast.Call) else ()
    return chain[:-1] if len(chain) > 1 and chain[-1] in ADDITIONS else ()


def _only_binds(node: ast.stmt, local: set[str]) -> bool:
    """Whether a statement does nothing but bind names (so that it may go with them)."""
    if isinstance(node, ast.Assign):
        return all(_is_name_target(t) for t in node.targets) and not _is_dummy(node)
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        return isinstance(node.target, ast.Name)
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return _definition_kind(node)[0] is Kind.DEFINITION
    if isinstance(node, ast.If):
        return all(_only_binds(n, local) for n in (*node.body, *node.orelse))
    if isinstance(node, ast.Try):
        parts = (*node.body, *node.orelse, *node.finalbody)
        handlers = (n for h in node.handlers for n in h.body)
        return all(_only_binds(n, local) for n in (*parts, *handlers))
    if type(node).__name__ == "TypeAlias":
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _bases(node: ast.AST) -> Iterator[Chain]:
    """The objects that the simple statements of a piece of code act on; `()` where unknown."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Expr):
        call = node.value
        chain = chain_of(call.func) if isinstance(call, ast.Call) else ()
        yield chain[:1] if len(chain) > 1 else ()
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if not _is_name_target(target):
                yield _target_base(target)
        if _is_dummy(node):
            yield ()
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        if not isinstance(node.target, ast.Name):
            yield _target_base(node.target)
    elif isinstance(node, ast.Delete):
        yield from (_target_base(t) for t in node.targets)
    elif isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
        for name in ("body", "orelse", "finalbody", "handlers"):
            for part in getattr(node, name, []):
                yield from _bases(part)
    elif isinstance(node, ast.ExceptHandler):
        for part in node.body:
            yield from _bases(part)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        kind, base = _definition_kind(node)
        if kind is not Kind.DEFINITION:
            yield base[:1]
    elif not isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
        yield ()


def _target_base(node: ast.AST) -> Chain:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return (node.id,) if isinstance(node, ast.Name) else ()


def _is_name_target(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List):
        return all(_is_name_target(part) for part in node.elts)
    if isinstance(node, ast.Starred):
        return _is_name_target(node.value)
    return isinstance(node, ast.Name)


def _is_dummy(node: ast.Assign) -> bool:
    """`_ = start()`: a name that nobody reads, so it is there for the effect."""
    names = [t.id for t in node.targets if isinstance(t, ast.Name)]
    return names == ["_"] and isinstance(node.value, ast.Call)


def _is_frame(index: int, node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, _IMPORTS):
        return getattr(node, "module", "") == "__future__" and not getattr(node, "level", 0)
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    return any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets)


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, _IMPORTS)


def _own_imports(node: ast.stmt) -> Iterator[ast.Import | ast.ImportFrom]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
    elif isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While | ast.ExceptHandler):
        for child in children(node):
            if isinstance(child, ast.stmt | ast.ExceptHandler):
                yield from _own_imports(child)  # type: ignore[arg-type]


def _decorators(node: ast.stmt) -> Iterator[Chain]:
    for decorator in getattr(node, "decorator_list", []):
        chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if chain:
            yield chain


def _names_read(statement: ast.stmt) -> Iterator[str]:
    for node in walk(statement):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            yield node.id

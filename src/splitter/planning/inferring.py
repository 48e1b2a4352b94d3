"""Of which class of the project an expression gives an object, as far as the source says so."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from splitter.discovery.scopes import Chain, Imported, bound_by_import, chain_of
from splitter.discovery.trees import walk
from splitter.planning.program import Place, Program, Router

FOREIGN = "foreign"
"""An object of a library, or of Python itself: it has no methods of the project."""

Type = Place | str | None
"""The class at a place, `FOREIGN`, or `None` where it is not known."""

_DEEPEST = 8
_BUILTINS = frozenset(dir(builtins))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LITERALS = (
    *(ast.Constant, ast.JoinedStr, ast.Dict, ast.List, ast.Set, ast.Tuple, ast.ListComp),
    *(ast.DictComp, ast.SetComp, ast.GeneratorExp, ast.Compare, ast.BinOp, ast.Lambda),
)
_BINDING = frozenset(
    {ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.For, ast.AsyncFor}
    | {ast.comprehension, ast.withitem, ast.NamedExpr}
)
_WRAPPERS = frozenset({"Annotated", "Optional", "Union", "Type", "type", "ClassVar", "Final"})


@dataclass(slots=True)
class Scope:
    """What the names in a function stand for; `owner` is the class whose method it is."""

    module: str
    owner: Place | None = None
    first: str = ""
    imports: dict[str, Imported] = field(default_factory=dict)
    values: dict[str, list[ast.expr | None]] = field(default_factory=dict)
    annotations: dict[str, ast.expr] = field(default_factory=dict)

    def variables(self) -> set[str]:
        """The names that stand for something that only the scope knows, and not for an import."""
        local = {self.first or "cls", "cls", *self.values, *self.annotations}
        return local.difference(self.imports) if self.imports else local


class Types:
    """Infers types from annotations, constructors and what functions say that they return."""

    def __init__(
        self, program: Program, bound: Callable[[Iterable[Router]], Iterator[Place]]
    ) -> None:
        self.program = program
        self._bound = bound
        self._of_place: dict[Place, Type] = {}
        self._attributes: dict[tuple[Place, str], Type] = {}
        self._places: dict[tuple[str | Imported, tuple[str, ...]], tuple[Place, ...]] = {}
        self._no_classes: dict[str, set[Chain]] = {}
        self._nowhere: dict[str, set[Chain]] = {}
        self._foreign: dict[tuple[str, str], bool] = {}
        self._set: dict[ast.AST, tuple[Scope, list[ast.Assign | ast.AnnAssign]]] = {}

    def scope(
        self, module: str, node: ast.AST, owner: Place | None, parts: Iterable[ast.AST]
    ) -> Scope:
        """The scope of a function or of another piece of code, which has these parts."""
        scope = Scope(module, owner)
        resolve = self.program.views[module].resolve
        spec = node.args if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
        if spec is not None:
            self._parameters(scope, spec)
        for part in parts:
            if part.__class__ not in _BINDING:
                continue
            if isinstance(part, ast.Import | ast.ImportFrom):
                for local, imported, _ in bound_by_import(part, resolve):
                    scope.imports[local] = imported
            elif isinstance(part, ast.Assign):
                for target in part.targets:
                    _bind(scope, target, part.value)
            elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                scope.annotations[part.target.id] = part.annotation
            elif isinstance(part, ast.For | ast.AsyncFor | ast.comprehension):
                _bind(scope, part.target, None)
            elif isinstance(part, ast.withitem) and part.optional_vars is not None:
                _bind(scope, part.optional_vars, part.context_expr)
            elif isinstance(part, ast.NamedExpr):
                _bind(scope, part.target, part.value)
        return scope

    def of(self, node: ast.AST | None, scope: Scope, depth: int = 0) -> Type:
        """The type of an expression."""
        if depth > _DEEPEST or node is None:
            return None
        if isinstance(node, _LITERALS):
            return FOREIGN
        if isinstance(node, ast.Await):
            return self.of(node.value, scope, depth + 1)
        if isinstance(node, ast.Name):
            return self._of_name(node.id, scope, depth)
        if isinstance(node, ast.Attribute):
            return self._of_attribute(node, scope, depth)
        return self._of_call(node, scope, depth) if isinstance(node, ast.Call) else None

    def methods_owner(self, chain: Chain, node: ast.Attribute, scope: Scope) -> Type:
        """The type of the object whose attribute is asked for; FOREIGN too if it is a module.

        `chain`: the node as one, if it is one.
        """
        if chain and not self._is_local(chain[0], scope):
            if self.places(chain, scope):
                return self.of(node.value, scope) if self._is_object(chain[:-1], scope) else FOREIGN
            if self._is_foreign(chain[0], scope):
                return FOREIGN
        return self.of(node.value, scope)

    def class_named(self, module: str, node: ast.AST) -> Type:
        """The class that an annotation or a base names."""
        return self._annotated(node, Scope(module), 0)

    def _parameters(self, scope: Scope, spec: ast.arguments) -> None:
        given = [*spec.posonlyargs, *spec.args]
        if scope.owner is not None and given:
            scope.first = given[0].arg
        defaults = [None] * (len(given) - len(spec.defaults)) + [*spec.defaults]
        pairs = [
            *zip(given, defaults, strict=True),
            *zip(spec.kwonlyargs, spec.kw_defaults, strict=True),
        ]
        for parameter, default in pairs:
            scope.values[parameter.arg] = [_dependency(default)]
            if parameter.annotation is not None:
                scope.annotations[parameter.arg] = parameter.annotation
        for extra in (spec.vararg, spec.kwarg):
            if extra is not None:
                scope.values[extra.arg] = [ast.Constant(None)]

    def _of_name(self, name: str, scope: Scope, depth: int) -> Type:
        if name in (scope.first, "cls") and scope.owner is not None:
            return scope.owner
        if name in scope.annotations:
            return self._annotated(scope.annotations[name], scope, depth + 1)
        if name in scope.values:
            found = {self.of(value, scope, depth + 1) for value in scope.values[name]}
            return found.pop() if len(found) == 1 else None
        if self._is_foreign(name, scope):
            return FOREIGN
        return self._of_places(self.places((name,), scope), depth)

    def _of_attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> Type:
        chain = chain_of(node)
        if chain and not self._is_local(chain[0], scope):
            if self._is_foreign(chain[0], scope):
                return FOREIGN
            if not self._is_object(chain[:-1], scope):
                return self._of_places(self.places(chain, scope), depth)
        owner = self.of(node.value, scope, depth + 1)
        if owner is None or isinstance(owner, str):
            return owner
        return self._attribute(owner, node.attr, depth)

    def _of_call(self, node: ast.Call, scope: Scope, depth: int) -> Type:
        chain = chain_of(node.func)
        if chain == ("super",):
            return scope.owner
        if chain and not self._is_local(chain[0], scope):
            if self._is_foreign(chain[0], scope):
                return FOREIGN
            found = {self._made_by(p, depth) for p in self.places(chain, scope)}
            if found and not self._is_object(chain[:-1], scope):
                return found.pop() if len(found) == 1 else None
        if isinstance(node.func, ast.Attribute):
            owner = self.of(node.func.value, scope, depth + 1)
            if owner is None or isinstance(owner, str):
                return owner
            return self._attribute(owner, node.func.attr, depth)
        return None

    def _made_by(self, place: Place, depth: int) -> Type:
        """What a call of the class or function at a place gives."""
        node = self.program.statement(place).node
        if isinstance(node, ast.ClassDef):
            return place
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            return self._annotated(node.returns, Scope(place[0]), depth + 1)
        return None

    def _of_places(self, places: Iterable[Place], depth: int) -> Type:
        found = {self._of_statement(place, depth) for place in places}
        return found.pop() if len(found) == 1 else None

    def _of_statement(self, place: Place, depth: int) -> Type:
        """The type of an object that a statement at module level makes, or of the class itself."""
        if place not in self._of_place:
            self._of_place[place] = None
            node = self.program.statement(place).node
            scope = Scope(place[0])
            found: Type = None
            if isinstance(node, ast.ClassDef):
                found = place
            elif isinstance(node, ast.AnnAssign):
                found = self._annotated(node.annotation, scope, depth + 1)
            elif isinstance(node, ast.Assign):
                found = self.of(node.value, scope, depth + 1)
            self._of_place[place] = found
        return self._of_place[place]

    def _attribute(self, owner: Place, name: str, depth: int) -> Type:
        key = (owner, name)
        if key not in self._attributes:
            self._attributes[key] = None
            self._attributes[key] = self._find_attribute(owner, name, depth)
        return self._attributes[key]

    def _find_attribute(self, owner: Place, name: str, depth: int) -> Type:
        node = self.program.statement(owner).node
        for part in getattr(node, "body", ()):
            if isinstance(part, ast.AnnAssign) and chain_of(part.target) == (name,):
                return self._annotated(part.annotation, Scope(owner[0]), depth + 1)
            if isinstance(part, ast.Assign) and any(chain_of(t) == (name,) for t in part.targets):
                return self.of(part.value, Scope(owner[0]), depth + 1)
            if isinstance(part, _FUNCTIONS) and part.name == name:
                if part.returns is None:
                    return None
                return self._annotated(part.returns, Scope(owner[0], owner), depth + 1)
            if isinstance(part, _FUNCTIONS) and part.name == "__init__":
                found = self._set_in(part, owner, name, depth)
                if found is not None:
                    return found
        for base in getattr(node, "bases", ()):
            above = self.class_named(owner[0], base)
            if isinstance(above, tuple) and above != owner and depth < _DEEPEST:
                found = self._find_attribute(above, name, depth + 1)
                if found is not None:
                    return found
        return None

    def _set_in(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: Place, name: str, depth: int
    ) -> Type:
        if node not in self._set:
            parts = [*walk(node)]
            given = [part for part in parts if isinstance(part, ast.Assign | ast.AnnAssign)]
            self._set[node] = (self.scope(owner[0], node, owner, parts), given)
        scope, given = self._set[node]
        for part in given:
            if isinstance(part, ast.Assign):
                if any(chain_of(target) == (scope.first, name) for target in part.targets):
                    return self.of(part.value, scope, depth + 1)
            elif chain_of(part.target) == (scope.first, name):
                return self._annotated(part.annotation, scope, depth + 1)
        return None

    def _annotated(self, node: ast.AST, scope: Scope, depth: int) -> Type:
        """The first class of the project in an annotation; FOREIGN if all of it is a library's."""
        if depth > _DEEPEST:
            return None
        found: list[Type] = []
        for name in _named(node):
            chain = chain_of(name)
            if not chain or chain[-1] in _WRAPPERS or chain[-1] in {"None", "Depends"}:
                continue
            if self._is_foreign(chain[0], scope):
                found.append(FOREIGN)
                continue
            for place in self.places(chain, scope):
                inner = self.program.statement(place).node
                if isinstance(inner, ast.ClassDef):
                    return place
                value = getattr(inner, "value", None)
                if isinstance(value, ast.Subscript | ast.BinOp | ast.Name | ast.Attribute):
                    return self._annotated(value, Scope(place[0]), depth + 1)
                found.append(None)
        return FOREIGN if found and all(f == FOREIGN for f in found) else None

    def places(self, chain: tuple[str, ...], scope: Scope) -> tuple[Place, ...]:
        """The statements that bind what a chain names in a scope; none if that is local."""
        imported = scope.imports.get(chain[0])
        if imported is not None:
            return self.imported_places(imported, chain[1:])
        return () if self._is_local(chain[0], scope) else self.module_places(scope.module, chain)

    def module_places(self, module: str, chain: tuple[str, ...]) -> tuple[Place, ...]:
        """The statements that bind what a chain names at the top level of a module."""
        key = (module, chain)
        found = self._places.get(key)
        if found is None:
            found = tuple(self._bound(self.program.origins(module, chain)))
            self._places[key] = found
        return found

    def named_places(self, module: str, chains: set[Chain]) -> set[Place]:
        """The same of some chains; those that lead nowhere are remembered together."""
        nowhere = self._nowhere.setdefault(module, set())
        found: set[Place] = set()
        for chain in chains - nowhere:
            places = self.module_places(module, chain)
            if not places:
                nowhere.add(chain)
            found.update(places)
        return found

    def imported_places(self, imported: Imported, rest: tuple[str, ...]) -> tuple[Place, ...]:
        """The same for what an import binds a name to, and the attributes that follow."""
        key = (imported, rest)
        if key not in self._places:
            self._places[key] = tuple(self._bound(self.program.target(imported, rest)))
        return self._places[key]

    def classes(self, chains: set[Chain], scope: Scope) -> Iterator[Place]:
        """The classes that chains name in a scope."""
        if scope.imports:
            own = {chain for chain in chains if chain[0] not in scope.imports}
            for chain in chains - own:
                yield from filter(self._is_class, self.places(chain, scope))
            chains = own
        others = self._no_classes.setdefault(scope.module, set())
        for chain in chains - others:
            found = [*filter(self._is_class, self.module_places(scope.module, chain))]
            if not found:
                others.add(chain)
            yield from found

    def _is_class(self, place: Place) -> bool:
        return isinstance(self.program.statement(place).node, ast.ClassDef)

    def _is_object(self, chain: tuple[str, ...], scope: Scope) -> bool:
        """Whether a chain names something that a module binds, and not a module."""
        return bool(chain) and bool(self.places(chain, scope))

    def _is_local(self, name: str, scope: Scope) -> bool:
        return (
            name in scope.values
            or name in scope.annotations
            or name in (scope.first or "cls", "cls")
        )

    def _is_foreign(self, name: str, scope: Scope) -> bool:
        if self._is_local(name, scope):
            return False
        if name in scope.imports:
            return not self.program.is_own(scope.imports[name].module)
        key = (scope.module, name)
        if key not in self._foreign:
            builtin = name in _BUILTINS and not self.program.binds(*key)
            self._foreign[key] = builtin or self.program.is_foreign(*key)
        return self._foreign[key]


def _dependency(default: ast.expr | None) -> ast.expr | None:
    """`Depends(f)` gives what `f()` does."""
    if isinstance(default, ast.Call) and chain_of(default.func)[-1:] in {
        ("Depends",),
        ("Security",),
    }:
        return ast.Call(default.args[0], [], []) if default.args else None
    return None


def _bind(scope: Scope, target: ast.AST, value: ast.expr | None) -> None:
    if isinstance(target, ast.Name):
        scope.values.setdefault(target.id, []).append(value)
    elif isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            _bind(scope, each, None)
    elif isinstance(target, ast.Starred):
        _bind(scope, target.value, None)


def _named(node: ast.AST) -> Iterator[ast.AST]:
    """The names in an annotation, quoted ones too; of what `Annotated` adds, none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            yield from _named(ast.parse(node.value.strip(), mode="eval").body)
        except (SyntaxError, ValueError):
            return
    elif isinstance(node, ast.Name | ast.Attribute):
        yield node
    elif isinstance(node, ast.Subscript):
        inner = node.slice
        if chain_of(node.value)[-1:] == ("Annotated",) and isinstance(inner, ast.Tuple):
            yield from _named(inner.elts[0])
        else:
            yield from _named(node.value)
            yield from _named(inner)
    elif isinstance(node, ast.Tuple | ast.List):
        for each in node.elts:
            yield from _named(each)
    elif isinstance(node, ast.BinOp):
        yield from _named(node.left)
        yield from _named(node.right)

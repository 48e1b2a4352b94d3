"""A piece of code read in one pass: what it uses from outside, what it calls, asks for and binds.

All that the later questions need is taken down on the way, so that no tree is gone through twice.
What names mean is told at the end, when all is bound. Strings in annotations count as code for
what is used; beyond that they ask for nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable

from splitter.discovery.mentions import Mention, Scope, told
from splitter.discovery.registering import registered
from splitter.discovery.scopes import (
    Chain,
    Imported,
    Reading,
    Resolve,
    Uses,
    bound_by_import,
    bound_names,
    chain_of,
    last_name,
)
from splitter.discovery.trees import children, walk

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_VALUED = (ast.Assign, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem)
_ASKS = frozenset({"isinstance", "issubclass"})


def read(node: ast.AST, *, resolve: Resolve, skip: Collection[ast.AST] = ()) -> Reading:
    """A top-level statement or a part of one. `resolve` gives the module of a from-import.

    Nodes in `skip` count as not there; an import inside a function that only they used is left
    out of the uses as well.
    """
    reader = _Reader(resolve, skip)
    reader.read(node)
    return reader.reading


def uses_of(node: ast.AST, *, resolve: Resolve, skip: Collection[ast.AST] = ()) -> Uses:
    """What it uses from outside of itself alone."""
    return read(node, resolve=resolve, skip=skip).uses


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


class _Reader:
    def __init__(self, resolve: Resolve, skip: Collection[ast.AST]) -> None:
        self.reading = Reading()
        self.uses = self.reading.uses
        self.used_aliases: set[ast.alias] = set()
        self._resolve = resolve
        self._skip = skip
        self._named = self.reading.named
        self._is_quoted = False
        self._mentions: set[Mention] = set()

    def read(self, node: ast.AST) -> None:
        self._read(node, ())
        self.used_aliases = told(self._mentions, self.uses)

    def _read(self, node: ast.AST, scopes: tuple[Scope, ...]) -> None:
        if node in self._skip:
            self.reading.skipped.append(node)
            self._bind(node, scopes)
            return
        reader = _READERS.get(node.__class__)
        if reader is not None:
            reader(self, node, scopes)
        else:
            for part in children(node):
                self._read(part, scopes)

    def _all(self, nodes: Iterable[ast.AST | None], scopes: tuple[Scope, ...]) -> None:
        for node in nodes:
            if node is not None and node.__class__ is not ast.Constant:
                self._read(node, scopes)

    def _bind(self, node: ast.AST, scopes: tuple[Scope, ...]) -> None:
        """What is not there binds its names all the same."""
        if scopes:
            for name, _ in bound_names([node]):
                scopes[-1].bind(name)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, scopes: tuple[Scope, ...]
    ) -> None:
        if scopes:
            scopes[-1].bind(node.name)
        self._decorators(node, scopes)
        inner = self._with_parameters(node, scopes)
        self._annotation(node.returns, inner[:-1])
        self._all(node.body, inner)

    def _decorators(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        scopes: tuple[Scope, ...],
    ) -> None:
        for decorator in node.decorator_list:
            self.reading.decorating[decorator] = node.name
            self._read(decorator, scopes)

    def _lambda(self, node: ast.Lambda, scopes: tuple[Scope, ...]) -> None:
        self._read(node.body, self._with_parameters(node, scopes))

    def _with_parameters(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        scopes: tuple[Scope, ...],
    ) -> tuple[Scope, ...]:
        """The scopes of a function's body, once its parameters are read."""
        arguments = node.args
        self._all((*arguments.defaults, *arguments.kw_defaults), scopes)
        scopes = self._with_types(node, scopes)
        scope = Scope("function")
        rest = (arguments.vararg, *arguments.kwonlyargs, arguments.kwarg)
        for parameter in (*arguments.posonlyargs, *arguments.args, *rest):
            if parameter is not None:
                self._annotation(parameter.annotation, scopes)
                scope.bind(parameter.arg)
        return (*scopes, scope)

    def _with_types(self, node: ast.AST, scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
        """The scope of type parameters (PEP 695), where there are any."""
        parameters = getattr(node, "type_params", ())
        if not parameters:
            return scopes
        scope = Scope("function")
        for parameter in parameters:
            scope.bind(parameter.name)
        self._all((part for p in parameters for part in children(p)), (*scopes, scope))
        return (*scopes, scope)

    def _class(self, node: ast.ClassDef, scopes: tuple[Scope, ...]) -> None:
        if scopes:
            scopes[-1].bind(node.name)
        self._decorators(node, scopes)
        scopes = self._with_types(node, scopes)
        self._kinds(node.bases, scopes)
        self._all((k.value for k in node.keywords), scopes)
        self._all(node.body, (*scopes, Scope("class")))

    def _comprehension(self, node: ast.AST, scopes: tuple[Scope, ...]) -> None:
        assert isinstance(node, _COMPREHENSIONS)
        self._all(children(node), (*scopes, Scope("comprehension")))
        self._read(node.generators[0].iter, scopes)

    def _walrus(self, node: ast.NamedExpr, scopes: tuple[Scope, ...]) -> None:
        if not self._is_quoted:
            self.reading.binding.append(node)
            self._named.add((node.target.id,))
        around = [scope for scope in scopes if scope.kind != "comprehension"]
        if around:
            around[-1].bind(node.target.id)
        self._mentions.add(((node.target.id,), tuple(around), True))
        self._read(node.value, scopes)

    def _name(self, node: ast.Name, scopes: tuple[Scope, ...]) -> None:
        chain = (node.id,)
        if scopes and node.ctx.__class__ is not ast.Load:
            scopes[-1].bind(node.id)
        if not self._is_quoted:
            self._named.add(chain)
        self._mentions.add((chain, scopes, node.ctx.__class__ is ast.Store))

    def _attribute(self, node: ast.Attribute, scopes: tuple[Scope, ...]) -> None:
        chain = chain_of(node)
        if not chain:
            if not self._is_quoted:
                self.reading.loose.append(node)
            self._read(node.value, scopes)
            return
        self._mentions.add((chain, scopes, node.ctx.__class__ is ast.Store))
        if not self._is_quoted:
            self._named.add(chain)
            self._ask(chain, node)

    def _ask(self, chain: Chain, node: ast.expr) -> None:
        asked = self.reading.asked
        while isinstance(node, ast.Attribute) and chain not in asked:
            asked[chain] = node
            chain, node = chain[:-1], node.value

    def _import(self, node: ast.Import | ast.ImportFrom, scopes: tuple[Scope, ...]) -> None:
        self.reading.binding.append(node)
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

    def _global(self, node: ast.Global, scopes: tuple[Scope, ...]) -> None:
        if scopes:
            scopes[-1].declared.update(node.names)
        self.uses.rebinds.update(node.names)
        self.uses.free.update((name,) for name in node.names)

    def _augmented(self, node: ast.AugAssign, scopes: tuple[Scope, ...]) -> None:
        self.uses.free.update({chain_of(node.target)} - {()})
        self._all((node.target, node.value), scopes)

    def _annotated(self, node: ast.AnnAssign, scopes: tuple[Scope, ...]) -> None:
        self.reading.binding.append(node)
        self._annotation(node.annotation, scopes)
        self._all((node.target, node.value), scopes)

    def _valued(self, node: ast.AST, scopes: tuple[Scope, ...]) -> None:
        """What gives names a value."""
        if not self._is_quoted:
            self.reading.binding.append(node)
        self._all(children(node), scopes)

    def _call(self, node: ast.Call, scopes: tuple[Scope, ...]) -> None:
        registered(node, self.uses)
        if len(node.args) > 1 and last_name(node.func) in _ASKS:
            self._read(node.func, scopes)
            self._read(node.args[0], scopes)
            self._kinds(node.args[1:2], scopes)
            self._all((*node.args[2:], *node.keywords), scopes)
        else:
            self._all(children(node), scopes)
        if not self._is_quoted:
            self.reading.calls.append(node)

    def _kinds(self, nodes: Iterable[ast.AST], scopes: tuple[Scope, ...]) -> None:
        """What says of which kind something is."""
        before, self._named = self._named, self.reading.kinds
        self._all(nodes, scopes)
        self._named = before

    def _handler(self, node: ast.ExceptHandler, scopes: tuple[Scope, ...]) -> None:
        if node.name and scopes:
            scopes[-1].bind(node.name)
        self._kinds((node.type,) if node.type else (), scopes)
        self._all(node.body, scopes)

    def _pattern(self, node: ast.AST, scopes: tuple[Scope, ...]) -> None:
        """A pattern that may bind a name."""
        name = getattr(node, "rest" if isinstance(node, ast.MatchMapping) else "name")
        if name and scopes:
            scopes[-1].bind(name)
        self._all(children(node), scopes)

    def _annotation(self, node: ast.AST | None, scopes: tuple[Scope, ...]) -> None:
        if node is None:
            return
        before = self._named
        if before is self.reading.named:
            self._named = self.reading.annotated
        self._read(node, scopes)
        self._named = before
        for part in walk(node) if node.__class__ is not ast.Name else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                self._quotation(part.value, scopes)

    def _quotation(self, text: str, scopes: tuple[Scope, ...]) -> None:
        try:
            expression = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return
        before, self._is_quoted = self._is_quoted, True
        self._read(expression, scopes)
        self._is_quoted = before
        chain = chain_of(expression)
        if chain:
            self.uses.classes.add(chain[-1])


_READERS: dict[type[ast.AST], Callable[..., None]] = {
    ast.FunctionDef: _Reader._function,
    ast.AsyncFunctionDef: _Reader._function,
    ast.Lambda: _Reader._lambda,
    ast.ClassDef: _Reader._class,
    **dict.fromkeys(_COMPREHENSIONS, _Reader._comprehension),
    **dict.fromkeys(_VALUED, _Reader._valued),
    ast.NamedExpr: _Reader._walrus,
    ast.Name: _Reader._name,
    ast.Attribute: _Reader._attribute,
    ast.Import: _Reader._import,
    ast.ImportFrom: _Reader._import,
    ast.Global: _Reader._global,
    ast.AugAssign: _Reader._augmented,
    ast.AnnAssign: _Reader._annotated,
    ast.Call: _Reader._call,
    ast.ExceptHandler: _Reader._handler,
    **dict.fromkeys((ast.MatchAs, ast.MatchStar, ast.MatchMapping), _Reader._pattern),
}

"""A piece of code read in one pass: what it uses from outside, what it calls, asks for and binds.

All that the later questions need is taken down on the way, so that no tree is gone through twice.
What names mean is told at the end, when all is bound. Strings in annotations count as code for
what is used; beyond that they ask for nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from splitter.discovery.mentions import Scope
from splitter.discovery.sayings import SAYINGS, Readers, Sayings
from splitter.discovery.scopes import Reading, Resolve, Uses
from splitter.discovery.trees import children

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


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


class _Reader(Sayings):
    def __init__(self, resolve: Resolve, skip: Collection[ast.AST]) -> None:
        super().__init__(resolve, skip, _READERS)

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
        return self._within(scope, scopes)

    def _within(self, scope: Scope, around: tuple[Scope, ...]) -> tuple[Scope, ...]:
        scopes = (*around, scope)
        self._places.append(scopes)
        return scopes

    def _with_types(self, node: ast.AST, scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
        """The scope of type parameters (PEP 695), where there are any."""
        parameters = getattr(node, "type_params", ())
        if not parameters:
            return scopes
        scope = Scope("function")
        for parameter in parameters:
            scope.bind(parameter.name)
        scopes = self._within(scope, scopes)
        self._all((part for p in parameters for part in children(p)), scopes)
        return scopes

    def _class(self, node: ast.ClassDef, scopes: tuple[Scope, ...]) -> None:
        if scopes:
            scopes[-1].bind(node.name)
        self._decorators(node, scopes)
        scopes = self._with_types(node, scopes)
        self._kinds(node.bases, scopes)
        self._all((k.value for k in node.keywords), scopes)
        self._all(node.body, self._within(Scope("class"), scopes))

    def _comprehension(self, node: ast.AST, scopes: tuple[Scope, ...]) -> None:
        assert isinstance(node, _COMPREHENSIONS)
        self._all(children(node), self._within(Scope("comprehension"), scopes))
        self._read(node.generators[0].iter, scopes)


_READERS: Readers = {
    **SAYINGS,
    ast.FunctionDef: _Reader._function,
    ast.AsyncFunctionDef: _Reader._function,
    ast.Lambda: _Reader._lambda,
    ast.ClassDef: _Reader._class,
    **dict.fromkeys(_COMPREHENSIONS, _Reader._comprehension),
}

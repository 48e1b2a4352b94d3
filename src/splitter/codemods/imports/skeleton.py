"""A libcst tree as an `ast` tree, as far as names, scopes and imports go."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeVar

import libcst as cst

from splitter.codemods.imports.conversion import Conversion, plain

_STORE, _DEL = ast.Store(), ast.Del()
_Target = ast.Name | ast.Attribute | ast.Subscript
_S = TypeVar("_S", bound=ast.stmt)


class TypeAlias(ast.stmt):
    """As `ast.TypeAlias` of Python 3.12."""

    _fields = ("name", "type_params", "value")

    def __init__(self, name: ast.expr, value: ast.expr) -> None:
        super().__init__()
        self.name = name
        self.value = value


class TypeParameter(ast.AST):
    """As `ast.TypeVar`, `ast.TypeVarTuple` and `ast.ParamSpec` of Python 3.13."""

    _fields = ("name", "bound", "default_value")

    def __init__(self, name: str, bound: ast.expr | None, default: ast.expr | None) -> None:
        super().__init__()
        self.name = name
        self.bound = bound
        self.default_value = default


class Skeleton(Conversion):
    """Converts modules, statements and patterns; only imports get places."""

    def module(self, node: cst.Module) -> ast.Module:
        return ast.Module(list(self._statements(node.body)), [])

    def _statements(self, nodes: Iterable[cst.CSTNode]) -> Iterator[ast.stmt]:
        for node in nodes:
            if isinstance(node, cst.SimpleStatementLine | cst.SimpleStatementSuite):
                yield from self._statements(node.body)
            else:
                yield self._statement(node)

    def _statement(self, node: cst.CSTNode) -> ast.stmt:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        made: ast.stmt = method(node) if method else ast.Expr(self.parts(node))
        return made

    def _body(self, node: cst.BaseSuite | cst.Else | cst.Finally | None) -> list[ast.stmt]:
        if isinstance(node, cst.Else | cst.Finally):
            node = node.body
        return list(self._statements(node.body)) if node else []

    def _expr(self, node: cst.Expr) -> ast.stmt:
        return ast.Expr(self.expression(node.value))

    def _import(self, node: cst.Import) -> ast.stmt:
        made = ast.Import([self._alias(name) for name in node.names])
        return self.placed(made, node)

    def _importfrom(self, node: cst.ImportFrom) -> ast.stmt:
        if isinstance(node.names, cst.ImportStar):
            names = [self.placed(ast.alias("*", None), node.names)]
        else:
            names = [self._alias(name) for name in node.names]
        module = _dotted(node.module) if node.module else None
        return self.placed(ast.ImportFrom(module, names, len(node.relative)), node)

    def _alias(self, node: cst.ImportAlias) -> ast.alias:
        local = node.asname.name if node.asname else None
        made = ast.alias(_dotted(node.name), plain(local) if isinstance(local, cst.Name) else None)
        return self.placed(made, node)

    def _functiondef(self, node: cst.FunctionDef) -> ast.stmt:
        made = ast.FunctionDef(
            name=plain(node.name),
            args=self.arguments(node.params),
            body=self._body(node.body),
            decorator_list=[self.expression(d.decorator) for d in node.decorators],
            returns=self.annotation(node.returns),
        )
        return self._with_parameters(made, node.type_parameters)

    def _classdef(self, node: cst.ClassDef) -> ast.stmt:
        made = ast.ClassDef(
            name=plain(node.name),
            bases=[self.expression(base.value) for base in node.bases],
            keywords=[ast.keyword(None, self.expression(k.value)) for k in node.keywords],
            body=self._body(node.body),
            decorator_list=[self.expression(d.decorator) for d in node.decorators],
        )
        return self._with_parameters(made, node.type_parameters)

    def _typealias(self, node: cst.TypeAlias) -> ast.stmt:
        made = TypeAlias(self.expression(node.name, _STORE), self.expression(node.value))
        return self._with_parameters(made, node.type_parameters)

    def _with_parameters(self, made: _S, node: cst.TypeParameters | None) -> _S:
        found = [self._type_parameter(parameter) for parameter in node.params] if node else []
        made.__dict__["type_params"] = found
        return made

    def _type_parameter(self, node: cst.TypeParam) -> TypeParameter:
        bound = node.param.bound if isinstance(node.param, cst.TypeVar) else None
        name = plain(node.param.name)
        return TypeParameter(name, self.optional(bound), self.optional(node.default))

    def _assign(self, node: cst.Assign) -> ast.stmt:
        targets = [self.expression(target.target, _STORE) for target in node.targets]
        return ast.Assign(targets, self.expression(node.value))

    def _annassign(self, node: cst.AnnAssign) -> ast.stmt:
        target, kind = self._target(node.target, _STORE), node.annotation.annotation
        return ast.AnnAssign(target, self.expression(kind), self.optional(node.value), 1)

    def _augassign(self, node: cst.AugAssign) -> ast.stmt:
        value = self.expression(node.value)
        return ast.AugAssign(self._target(node.target, _STORE), ast.Add(), value)

    def _target(self, node: cst.BaseExpression, context: ast.expr_context) -> _Target:
        made = self.expression(node, context)
        assert isinstance(made, ast.Name | ast.Attribute | ast.Subscript)
        return made

    def _del(self, node: cst.Del) -> ast.stmt:
        return ast.Delete([self.expression(node.target, _DEL)])

    def _global(self, node: cst.Global) -> ast.stmt:
        return ast.Global([plain(item.name) for item in node.names])

    def _nonlocal(self, node: cst.Nonlocal) -> ast.stmt:
        return ast.Nonlocal([plain(item.name) for item in node.names])

    def _if(self, node: cst.If) -> ast.stmt:
        following = node.orelse
        orelse = [self._if(following)] if isinstance(following, cst.If) else self._body(following)
        return ast.If(self.expression(node.test), self._body(node.body), orelse)

    def _for(self, node: cst.For) -> ast.stmt:
        target, source = self.expression(node.target, _STORE), self.expression(node.iter)
        return ast.For(target, source, self._body(node.body), self._body(node.orelse))

    def _while(self, node: cst.While) -> ast.stmt:
        return ast.While(self.expression(node.test), self._body(node.body), self._body(node.orelse))

    def _with(self, node: cst.With) -> ast.stmt:
        items = [
            ast.withitem(
                self.expression(item.item),
                self.expression(item.asname.name, _STORE) if item.asname else None,
            )
            for item in node.items
        ]
        return ast.With(items, self._body(node.body))

    def _try(self, node: cst.Try | cst.TryStar) -> ast.stmt:
        return ast.Try(
            self._body(node.body),
            [self._handler(handler) for handler in node.handlers],
            self._body(node.orelse),
            self._body(node.finalbody),
        )

    _trystar = _try

    def _handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ast.ExceptHandler:
        name = node.name.name if node.name else None
        return ast.ExceptHandler(
            self.optional(node.type),
            plain(name) if isinstance(name, cst.Name) else None,
            self._body(node.body),
        )

    def _match(self, node: cst.Match) -> ast.stmt:
        cases = [
            ast.match_case(
                self._pattern(case.pattern),
                self.optional(case.guard),
                self._body(case.body),
            )
            for case in node.cases
        ]
        return ast.Match(self.expression(node.subject), cases)

    def _pattern(self, node: cst.CSTNode) -> ast.pattern:
        match node:
            case cst.MatchValue(value=value):
                return ast.MatchValue(self.expression(value))
            case cst.MatchAs(pattern=inner, name=name):
                made = self._pattern(inner) if inner else None
                return ast.MatchAs(made, plain(name) if name else None)
            case cst.MatchStar(name=name):
                return ast.MatchStar(plain(name) if name else None)
            case cst.MatchMapping():
                return self._mapping(node)
            case cst.MatchClass():
                inside = [self._pattern(e.value) for e in node.patterns]
                inside += [self._pattern(e.pattern) for e in node.kwds]
                return ast.MatchClass(self.expression(node.cls), inside, [], [])
        return ast.MatchSequence([self._pattern(child) for child in _patterns(node)])

    def _mapping(self, node: cst.MatchMapping) -> ast.pattern:
        return ast.MatchMapping(
            [self.expression(element.key) for element in node.elements],
            [self._pattern(element.pattern) for element in node.elements],
            plain(node.rest) if node.rest else None,
        )


def _patterns(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for child in node.children:
        if isinstance(child, cst.MatchPattern | cst.MatchStar):
            yield child
        else:
            yield from _patterns(child)


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{plain(node.attr)}"
    assert isinstance(node, cst.Name)
    return plain(node)

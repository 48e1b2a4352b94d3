"""A libcst expression as an `ast` expression, as far as names and scopes go."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import libcst as cst
from libcst import metadata

from splitter.codemods.imports.text import ParseError, Text

_LOAD, _STORE = ast.Load(), ast.Store()
_N = TypeVar("_N", ast.expr, ast.Import, ast.ImportFrom, ast.alias)
_CONSTANTS = {"None": None, "True": True, "False": False}


class Conversion:
    """Converts expressions; what has no names of its own becomes a tuple of its parts."""

    def __init__(self, text: Text, spans: Mapping[cst.CSTNode, metadata.CodeSpan]) -> None:
        self._text = text
        self._spans = spans

    def expression(self, node: cst.BaseExpression, context: ast.expr_context = _LOAD) -> ast.expr:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        made: ast.expr = method(node, context) if method else self.parts(node)
        return self.placed(made, node)

    def optional(self, node: cst.BaseExpression | None) -> ast.expr | None:
        return None if node is None else self.expression(node)

    def annotation(self, node: cst.Annotation | None) -> ast.expr | None:
        return None if node is None else self.expression(node.annotation)

    def placed(self, made: _N, node: cst.CSTNode) -> _N:
        span = self._spans[node]
        made.lineno, made.col_offset = self._text.place(span.start)
        made.end_lineno, made.end_col_offset = self._text.place(span.start + span.length)
        return made

    def parts(self, node: cst.CSTNode) -> ast.Tuple:
        return ast.Tuple(elts=list(self._inside(node)), ctx=_LOAD)

    def _inside(self, node: cst.CSTNode) -> Iterator[ast.expr]:
        for child in node.children:
            if isinstance(child, cst.BaseExpression):
                yield self.expression(child)
            else:
                yield from self._inside(child)

    def _name(self, node: cst.Name, context: ast.expr_context) -> ast.expr:
        if node.value in _CONSTANTS:
            return ast.Constant(_CONSTANTS[node.value])
        return ast.Name(plain(node), context)

    def _attribute(self, node: cst.Attribute, context: ast.expr_context) -> ast.expr:
        return ast.Attribute(self.expression(node.value), plain(node.attr), context)

    def _call(self, node: cst.Call, context: ast.expr_context) -> ast.expr:
        positional, named = [], []
        for argument in node.args:
            value = self.expression(argument.value)
            if argument.keyword:
                named.append(ast.keyword(plain(argument.keyword), value))
            elif argument.star == "**":
                named.append(ast.keyword(None, value))
            else:
                positional.append(ast.Starred(value, _LOAD) if argument.star else value)
        return ast.Call(self.expression(node.func), positional, named)

    def _subscript(self, node: cst.Subscript, context: ast.expr_context) -> ast.expr:
        parts = [self._index(element.slice) for element in node.slice]
        single = len(parts) == 1 and not isinstance(node.slice[0].comma, cst.Comma)
        inner = parts[0] if single else ast.Tuple(parts, _LOAD)
        return ast.Subscript(self.expression(node.value), inner, context)

    def _index(self, node: cst.BaseSlice) -> ast.expr:
        return self.expression(node.value) if isinstance(node, cst.Index) else self.parts(node)

    def _tuple(self, node: cst.Tuple, context: ast.expr_context) -> ast.expr:
        return ast.Tuple([self._element(e, context) for e in node.elements], context)

    def _list(self, node: cst.List, context: ast.expr_context) -> ast.expr:
        return ast.List([self._element(e, context) for e in node.elements], context)

    def _element(self, node: cst.BaseElement, context: ast.expr_context) -> ast.expr:
        value = self.expression(node.value, context)
        return ast.Starred(value, context) if isinstance(node, cst.StarredElement) else value

    def _binaryoperation(self, node: cst.BinaryOperation, context: ast.expr_context) -> ast.expr:
        return ast.BinOp(self.expression(node.left), ast.BitOr(), self.expression(node.right))

    def _constant(self, node: cst.BaseExpression, context: ast.expr_context) -> ast.expr:
        return ast.Constant(None)

    _integer = _float = _imaginary = _ellipsis = _constant

    def _simplestring(self, node: cst.SimpleString, context: ast.expr_context) -> ast.expr:
        try:
            return ast.Constant(node.evaluated_value)
        except (SyntaxError, ValueError) as error:
            line, column = self._text.place(self._spans[node].start)
            raise ParseError(str(error), line, column + 1) from None

    def _concatenatedstring(
        self, node: cst.ConcatenatedString, context: ast.expr_context
    ) -> ast.expr:
        parts = [self.expression(node.left), self.expression(node.right)]
        values = [part.value for part in parts if isinstance(part, ast.Constant)]
        match values:
            case [str(left), str(right)]:
                return ast.Constant(left + right)
        return ast.JoinedStr(parts)

    def _formattedstring(
        self, node: cst.FormattedString | cst.TemplatedString, context: ast.expr_context
    ) -> ast.expr:
        return self._joined(node.parts)

    _templatedstring = _formattedstring

    def _joined(self, parts: Iterable[cst.CSTNode]) -> ast.JoinedStr:
        values: list[ast.expr] = []
        for part in parts:
            if isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
                inner = self._joined(part.format_spec or ())
                values.append(ast.FormattedValue(self.expression(part.expression), -1, inner))
        return ast.JoinedStr(values)

    def _lambda(self, node: cst.Lambda, context: ast.expr_context) -> ast.expr:
        return ast.Lambda(self.arguments(node.params), self.expression(node.body))

    def _namedexpr(self, node: cst.NamedExpr, context: ast.expr_context) -> ast.expr:
        target = self.expression(node.target, _STORE)
        assert isinstance(target, ast.Name)
        return ast.NamedExpr(target, self.expression(node.value))

    def _listcomp(self, node: cst.BaseSimpleComp, context: ast.expr_context) -> ast.expr:
        return ast.GeneratorExp(self.expression(node.elt), self._generators(node.for_in))

    _setcomp = _generatorexp = _listcomp

    def _dictcomp(self, node: cst.DictComp, context: ast.expr_context) -> ast.expr:
        key, value = self.expression(node.key), self.expression(node.value)
        return ast.DictComp(key, value, self._generators(node.for_in))

    def _generators(self, node: cst.CompFor | None) -> list[ast.comprehension]:
        found = []
        while node is not None:
            target, source = self.expression(node.target, _STORE), self.expression(node.iter)
            tests = [self.expression(test.test) for test in node.ifs]
            found.append(ast.comprehension(target, source, tests, 0))
            node = node.inner_for_in
        return found

    def arguments(self, node: cst.Parameters) -> ast.arguments:
        named = [*node.posonly_params, *node.params]
        star = node.star_arg if isinstance(node.star_arg, cst.Param) else None
        return ast.arguments(
            posonlyargs=[],
            args=[self._argument(p) for p in named],
            vararg=self._argument(star) if star else None,
            kwonlyargs=[self._argument(p) for p in node.kwonly_params],
            kw_defaults=[self.optional(p.default) for p in node.kwonly_params],
            kwarg=self._argument(node.star_kwarg) if node.star_kwarg else None,
            defaults=[self.expression(p.default) for p in named if p.default],
        )

    def _argument(self, node: cst.Param) -> ast.arg:
        return ast.arg(plain(node.name), self.annotation(node.annotation))


def plain(node: cst.Name) -> str:
    """A name as Python compares it."""
    return unicodedata.normalize("NFKC", node.value)

"""Files in a Python newer than the one that runs: read by libcst, given as an `ast` tree."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from typing import TypeVar

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from splitter.codemods.imports.skeleton import Skeleton
from splitter.codemods.imports.text import ParseError, Text

_STRINGS = (cst.FormattedString, cst.TemplatedString, cst.ConcatenatedString)
_E = TypeVar("_E", bound=cst.BaseExpression)


def read_newer(text: Text) -> ast.Module:
    """What `ast` would give if it could: names, scopes and imports with exact places.

    Whatever else stands in expressions is given as a tuple of its parts. Raises ParseError.
    """
    source = text.data.decode()
    try:
        module = cst.parse_module(source)
    except cst.ParserSyntaxError as error:
        raise ParseError("invalid syntax", error.raw_line, error.raw_column + 1) from None
    except RecursionError:
        raise ParseError("nested too deeply") from None
    if module.code != source:
        raise ParseError("libcst does not give the file's text back")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _check_the_rest(module)
        spans = MetadataWrapper(module, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
        return Skeleton(text, spans).module(module)


def _check_the_rest(module: cst.Module) -> None:
    """libcst takes things that no Python does: without the newer syntax `ast` must take it."""
    older = module.visit(_Older())
    try:
        ast.parse(older.code)
    except SyntaxError as error:
        raise ParseError(error.msg, error.lineno or 1, error.offset or 1) from None


class _Older(cst.CSTTransformer):
    """The same code in the syntax of Python 3.11, on the same lines but for long f-strings."""

    def on_visit(self, node: cst.CSTNode) -> bool:
        return not isinstance(node, _STRINGS)

    def on_leave(  # type: ignore[override]  # another kind of node may come back
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode:
        node = updated_node
        match node:
            case cst.TypeAlias():
                return cst.Assign([cst.AssignTarget(node.name)], node.value, node.semicolon)
            case cst.FunctionDef() | cst.ClassDef():
                return node.with_changes(type_parameters=None)
            case cst.FormattedString() | cst.TemplatedString() | cst.ConcatenatedString():
                return self._values(node)
            case cst.ExceptHandler(type=cst.Tuple(lpar=[]) as kinds):
                return node.with_changes(type=_parenthesised(kinds))
        return node

    def _values(self, string: cst.BaseExpression) -> cst.BaseExpression:
        """What is inserted into a string, as a tuple; a string without is left as it is."""
        inserted = [part.visit(self) for part in _inserted(string)]
        if not inserted and isinstance(string, cst.ConcatenatedString):
            return string
        return _tuple(part for part in inserted if isinstance(part, cst.BaseExpression))


def _inserted(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.FormattedStringExpression | cst.TemplatedStringExpression):
        yield node.expression
        for part in node.format_spec or ():
            yield from _inserted(part)
    elif isinstance(node, _STRINGS):
        for child in node.children:
            yield from _inserted(child)


def _tuple(parts: Iterable[cst.BaseExpression]) -> cst.Tuple:
    elements = [cst.Element(_parenthesised(p), comma=cst.Comma()) for p in parts]
    return _parenthesised(cst.Tuple(elements))


def _parenthesised(node: _E) -> _E:
    return node.with_changes(
        lpar=[cst.LeftParen(), *node.lpar], rpar=[*node.rpar, cst.RightParen()]
    )

"""The names of a file that matter: who binds them, and where they are used, in what order."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from splitter.codemods.imports.expressions import Expressions, Interest, Reading, all_arguments
from splitter.codemods.imports.scopes import Block, Scope, home_of
from splitter.codemods.imports.statements import Statement
from splitter.codemods.imports.text import Text

_LISTING = "__all__"


def read_names(
    text: Text, tree: ast.Module, statements: Sequence[Statement], interest: Interest
) -> Reading:
    """Follow the names of interest through a file; raises MisplacedError."""
    reader = _Reader(text, interest, {s.node: s for s in statements})
    for node in tree.body:
        reader.visit(node)
    for scope, name, binding in reader.outward:
        home = _declared_home(scope, name, reader.found.module)
        home.bindings.setdefault(name, []).append(binding)
    return reader.found


def _declared_home(scope: Scope, name: str, module: Scope) -> Scope:
    if scope.outward[name] == "global" or scope.parent is None:
        return module
    return home_of(name, scope.parent, direct=False) or module


class _TypeParameter(Protocol):
    name: str


class _TypeAlias(Protocol):
    name: ast.Name
    value: ast.expr


class _Reader(Expressions):
    """Visits statements in the order of their evaluation."""

    def __init__(
        self, text: Text, interest: Interest, statements: Mapping[ast.stmt, Statement]
    ) -> None:
        super().__init__(text, interest)
        self._statements = statements
        self._words = [name.encode() for name in (*interest.names, *interest.roots)]

    def _body(self, body: Sequence[ast.stmt], block: Block) -> None:
        outer, self.block = self.block, block
        for node in body:
            self.visit(node)
        self.block = outer

    def see_import(self, node: ast.Import | ast.ImportFrom) -> None:
        statement = self._statements[node]
        for name in statement.names:
            self.bind(name.local, statement=statement, imported=name)

    see_importfrom = see_import

    def see_functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator, "decorator")
        if self._concerns(node):
            self._inside_function(node)
        self.bind(node.name)

    see_asyncfunctiondef = see_functiondef

    def _inside_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.defaults(node.args)
        with self._type_parameters(node):
            for argument in all_arguments(node.args):
                if argument.annotation:
                    self.annotation(argument.annotation)
            if node.returns:
                self.annotation(node.returns)
            with self.inner("function"):
                self.parameters(node.args)
                self._body(node.body, self.block)

    def see_classdef(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator, "decorator")
        if self._concerns(node):
            self._inside_class(node)
        self.bind(node.name)

    def _inside_class(self, node: ast.ClassDef) -> None:
        with self._type_parameters(node):
            for base in node.bases:
                self.visit(base, "base")
            for keyword in node.keywords:
                self.visit(keyword)
            with self.inner("class"):
                self._body(node.body, self.block)

    def _concerns(self, node: ast.stmt) -> bool:
        """False only if nothing of interest can stand in a definition; most have nothing.

        A name that is not ASCII may stand for one that is (PEP 3131: NFKC). A tree that libcst
        made does not say where a definition ends.
        """
        if node.end_lineno is None:
            return True
        start, end = self.text.span(node)
        data = self.text.data[start:end]
        return not data.isascii() or any(word in data for word in self._words)

    @contextmanager
    def _type_parameters(self, node: object) -> Iterator[None]:
        parameters: list[_TypeParameter] = getattr(node, "type_params", [])
        if not parameters:
            yield
            return
        with self.inner("type"):
            for parameter in parameters:
                self.bind(parameter.name)
            for parameter in parameters:
                for part in ("bound", "default_value"):
                    if getattr(parameter, part, None):
                        self.annotation(getattr(parameter, part))
            yield

    def see_typealias(self, node: _TypeAlias) -> None:
        with self._type_parameters(node):
            self.annotation(node.value)
        self.visit(node.name)

    def see_assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._assign(target, node.value)

    def _assign(self, target: ast.expr, value: ast.expr | None) -> None:
        if not isinstance(target, ast.Name):
            self.visit(target)
            return
        self.bind(target.id, barren=value is None or isinstance(value, ast.Constant))
        if target.id == _LISTING and value:
            self._list(value)

    def _list(self, value: ast.expr) -> None:
        self.found.exported |= {
            part.value
            for part in ast.walk(value)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        }

    def see_annassign(self, node: ast.AnnAssign) -> None:
        self.annotation(node.annotation)
        if node.value:
            self.visit(node.value)
        self._assign(node.target, node.value)

    def see_augassign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.chain(ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target), "")
        self.visit(node.value)
        self._assign(node.target, node.value)

    def see_expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        self.visit(node.value)
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="__all__"))):
                self._list(node.value)

    def see_if(self, node: ast.If) -> None:
        """Without recursion: chains of `elif` are long."""
        outer = self.block
        while True:
            self.visit(node.test)
            body = Block(self.block)
            self._body(node.body, body)
            self.block = Block(self.block, rivals=(body,))
            match node.orelse:
                case [ast.If() as following]:
                    node = following
                case _:
                    break
        self._body(node.orelse, self.block)
        self.block = outer

    def see_for(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        outer = self.block
        self.block = Block(outer, loop=True)
        self.visit(node.target)
        self._body(node.body, self.block)
        self.block = outer
        self._body(node.orelse, Block(outer))

    see_asyncfor = see_for

    def see_while(self, node: ast.While) -> None:
        outer = self.block
        self.block = Block(outer, loop=True)
        self.visit(node.test)
        self._body(node.body, self.block)
        self.block = outer
        self._body(node.orelse, Block(outer))

    def see_with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars:
                self.visit(item.optional_vars)
        self._body(node.body, Block(self.block))

    see_asyncwith = see_with

    def see_try(self, node: ast.Try | ast.TryStar) -> None:
        tried = Block(self.block)
        self._body(node.body, tried)
        for handler in node.handlers:
            self._handle(handler)
        self._body(node.orelse, Block(tried))
        self._body(node.finalbody, self.block)

    see_trystar = see_try

    def _handle(self, node: ast.ExceptHandler) -> None:
        if node.type:
            self.visit(node.type)
        block = Block(self.block)
        if node.name:
            self.bind(node.name, block=block)
        self._body(node.body, block)
        if node.name:
            self.bind(node.name, block=block, barren=True)

    def see_match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        outer = self.block
        for case in node.cases:
            self.block = Block(outer)
            self.visit(case.pattern)
            if case.guard:
                self.visit(case.guard)
            self._body(case.body, self.block)
        self.block = outer

    def see_matchvalue(self, node: ast.MatchValue) -> None:
        self.visit(node.value, "pattern")

    def see_matchas(self, node: ast.MatchAs | ast.MatchStar) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child)
        if node.name:
            self.bind(node.name)

    see_matchstar = see_matchas

    def see_matchmapping(self, node: ast.MatchMapping) -> None:
        for key in node.keys:
            self.visit(key, "pattern")
        for pattern in node.patterns:
            self.visit(pattern)
        if node.rest:
            self.bind(node.rest)

    def see_global(self, node: ast.Global) -> None:
        if self.scope.kind != "module":
            self.scope.outward.update(dict.fromkeys(node.names, "global"))

    def see_nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.outward.update(dict.fromkeys(node.names, "nonlocal"))

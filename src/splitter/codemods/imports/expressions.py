"""The names that matter in expressions: uses, calls, strings, and what annotations say."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from splitter.codemods.imports.literals import contents, expression_in
from splitter.codemods.imports.scopes import Binding, Block, Scope, Use
from splitter.codemods.imports.statements import Imported, Statement
from splitter.codemods.imports.text import Places, Text

_FIRST_PARAMETERS = frozenset({"name", "target", "app"})


class MisplacedError(Exception):
    """A use is not where the tree says that it is."""


class Call(NamedTuple):
    """A call of something of interest, with the argument that comes first.

    `value` is that argument if it is a string, `start` where its text can be edited.
    """

    callee: Use
    argument: ast.expr | None
    value: str | None
    start: int | None
    offset: int


@dataclass(slots=True)
class Reading:
    """All that was found of the names asked for, in the order of evaluation.

    `strings` are the strings that look like old names; `exported` is what `__all__` lists.
    """

    module: Scope
    scopes: list[Scope] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    strings: list[tuple[ast.Constant, int]] = field(default_factory=list)
    exported: set[str] = field(default_factory=set)


class Interest(NamedTuple):
    """What to look for: names, strings that look old, and how `typing` is spelled here.

    `roots` are what strings that look old start with.
    """

    names: Collection[str]
    looks_old: Callable[[str], bool]
    typing: Mapping[str, str]
    roots: Collection[str]


class Expressions:
    """Visits expressions in the order of their evaluation."""

    def __init__(self, text: Text, interest: Interest) -> None:
        self.text = text
        self.interest = interest
        self.block = Block()
        self.scope = Scope("module", None, 0, self.block)
        self.found = Reading(self.scope, [self.scope])
        self.outward: list[tuple[Scope, str, Binding]] = []
        self._places: Places = text
        self._moment = 0
        self._later = False
        self._in_string: set[int] | None = None

    def visit(self, node: ast.AST, role: str = "") -> None:
        kind = type(node).__name__
        if kind in ("Name", "Attribute"):
            self.chain(node, role)
            return
        method = getattr(self, f"see_{kind.lower()}", None)
        if method:
            method(node)
            return
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def chain(self, node: ast.AST, role: str) -> Use | None:
        """Visit a name with what is taken of it, or whatever else stands there."""
        links: list[ast.Attribute] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            links.append(inner)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            self.visit(inner)
        elif inner.id in self.interest.names:
            return self._named(inner, links[::-1], role)
        return None

    def _named(self, name: ast.Name, links: list[ast.Attribute], role: str) -> Use | None:
        context = (links[-1] if links else name).ctx
        if isinstance(context, ast.Store | ast.Del):
            role = "store" if isinstance(context, ast.Store) else "del"
        if not links and role == "store":
            self.bind(name.id)
            return None
        use = self._use(name, links, role)
        if not links and role == "del":
            self.bind(name.id, barren=True)
        return use

    def _use(self, name: ast.Name, links: list[ast.Attribute], role: str) -> Use:
        spans = tuple(self._places.span(node) for node in (name, *links))
        attributes = tuple(link.attr for link in links)
        use = Use(
            name.id, attributes, spans, role, self.scope, self.block, self.tick(), self._later
        )
        if self._in_string is not None:
            self._make_sure(use)
        self.found.uses.append(use)
        return use

    def _make_sure(self, use: Use) -> None:
        """Until Python 3.12 the places in f-strings are not always right."""
        assert self._in_string is not None
        for said, (start, end) in zip((use.name, *use.attributes), use.spans, strict=True):
            there = self.text.data[start:end].decode("utf-8", "replace")
            if not unicodedata.normalize("NFKC", there).endswith(said):
                raise MisplacedError
        if use.spans[0][0] in self._in_string:
            raise MisplacedError
        self._in_string.add(use.spans[0][0])

    def tick(self) -> int:
        self._moment += 1
        return self._moment

    def bind(
        self,
        name: str,
        *,
        statement: Statement | None = None,
        imported: Imported | None = None,
        barren: bool = False,
        block: Block | None = None,
        scope: Scope | None = None,
    ) -> None:
        if name not in self.interest.names:
            return
        scope = scope or self.scope
        binding = Binding(self.tick(), block or self.block, statement, imported, barren)
        if name in scope.outward:
            binding.inline = False
            self.outward.append((scope, name, binding))
        else:
            scope.bindings.setdefault(name, []).append(binding)

    @contextmanager
    def inner(self, kind: str) -> Iterator[Scope]:
        """A scope inside the present one; only a function has a course of its own."""
        outer, block = self.scope, self.block
        self.scope = Scope(kind, outer, self.tick(), block)
        self.found.scopes.append(self.scope)
        if kind == "function":
            self.block = Block()
        yield self.scope
        self.scope, self.block = outer, block

    def see_constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and self.interest.looks_old(node.value):
            self.found.strings.append((node, self._start(node)))

    def see_joinedstr(self, node: ast.JoinedStr) -> None:
        outermost = self._in_string is None
        if outermost:
            self._in_string = set()
        for part in node.values:
            if not isinstance(part, ast.Constant):
                for child in ast.iter_child_nodes(part):
                    self.visit(child)
        if outermost:
            self._in_string = None

    see_templatestr = see_joinedstr

    def see_binop(self, node: ast.BinOp) -> None:
        """Without recursion: sums of strings run to thousands of terms."""
        rights = [node.right]
        left = node.left
        while isinstance(left, ast.BinOp):
            rights.append(left.right)
            left = left.left
        for term in (left, *reversed(rights)):
            self.visit(term)

    def see_call(self, node: ast.Call) -> None:
        callee = self.chain(node.func, "call")
        if callee:
            self.found.calls.append(self._call(callee, node))
        for argument in (*node.args, *node.keywords):
            self.visit(argument)

    def _call(self, callee: Use, node: ast.Call) -> Call:
        named = [k.value for k in node.keywords if k.arg in _FIRST_PARAMETERS]
        argument = next(iter((*node.args, *named)), None)
        value = start = None
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            value = argument.value
            start = contents(self.text.data, *self._places.span(argument), value)
        return Call(callee, argument, value, start, self._start(node))

    def see_namedexpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        home = next(scope for scope in self.scope.chain() if scope.kind != "inline")
        self.bind(node.target.id, block=Block(self.block), scope=home)

    def see_lambda(self, node: ast.Lambda) -> None:
        self.defaults(node.args)
        with self.inner("function"):
            self.parameters(node.args)
            self.visit(node.body)

    def defaults(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)

    def parameters(self, arguments: ast.arguments) -> None:
        for argument in all_arguments(arguments):
            self.bind(argument.arg)

    def see_listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._generate(node.generators, node.elt)

    see_setcomp = see_generatorexp = see_listcomp

    def see_dictcomp(self, node: ast.DictComp) -> None:
        self._generate(node.generators, node.key, node.value)

    def _generate(self, generators: list[ast.comprehension], *results: ast.expr) -> None:
        self.visit(generators[0].iter)
        with self.inner("inline"):
            for number, generator in enumerate(generators):
                if number:
                    self.visit(generator.iter)
                for part in (generator.target, *generator.ifs):
                    self.visit(part)
            for result in results:
                self.visit(result)

    def annotation(self, node: ast.expr) -> None:
        """A type: strings in it are types too, but for values and metadata."""
        if isinstance(node, ast.Subscript):
            self._subscripted_type(node)
        elif isinstance(node, ast.BinOp):
            self.annotation(node.left)
            self.annotation(node.right)
        elif isinstance(node, ast.Tuple | ast.List):
            for part in node.elts:
                self.annotation(part)
        elif isinstance(node, ast.Starred):
            self.annotation(node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._quoted_type(node, node.value)
        else:
            self.visit(node, "annotation")

    def _subscripted_type(self, node: ast.Subscript) -> None:
        self.visit(node.value, "annotation")
        special = self._special(node.value)
        if special == "Literal":
            self.visit(node.slice)
        elif special == "Annotated" and isinstance(node.slice, ast.Tuple):
            first, *metadata = node.slice.elts
            self.annotation(first)
            for part in metadata:
                self.visit(part)
        else:
            self.annotation(node.slice)

    def _special(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return self.interest.typing.get(node.id, node.id)
        return node.attr if isinstance(node, ast.Attribute) else ""

    def _quoted_type(self, node: ast.Constant, value: str) -> None:
        start = contents(self.text.data, *self._places.span(node), value)
        found = None if start is None else expression_in(value, start)
        if found is None:
            self.visit(node)
            return
        places, later = self._places, self._later
        inner, self._places = found
        self._later = True
        self.annotation(inner)
        self._places, self._later = places, later

    def _start(self, node: ast.expr) -> int:
        return self._places.span(node)[0]


def all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    """Every parameter, in the order of the text but for `*` and `**`."""
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [*named, *(a for a in (arguments.vararg, arguments.kwarg) if a)]

"""What single statements and expressions say, taken down in one pass; what names mean is told last.

Where names are bound anew, in functions, classes and comprehensions, `reading` tells.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import get_args

from splitter.discovery.mentions import Scope, tell, told
from splitter.discovery.registering import REGISTERING, registered
from splitter.discovery.scopes import (
    Chain,
    Imported,
    Reading,
    Resolve,
    bound_by_import,
    bound_names,
    chain_of,
    last_name,
)
from splitter.discovery.trees import children, walk

_VALUED = (ast.Assign, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem)
_ASKS = frozenset({"isinstance", "issubclass"})
_WithValue = ast.Expr | ast.Return | ast.keyword | ast.Await | ast.Starred
Readers = Mapping[type[ast.AST], Callable[..., None]]


class Sayings:
    """Takes down in `reading` what a piece of code says. `readers`: what reads which nodes."""

    def __init__(self, resolve: Resolve, skip: Collection[ast.AST], readers: Readers) -> None:
        self.reading = Reading()
        self.uses = self.reading.uses
        self.used_aliases: set[ast.alias] = set()
        self._resolve = resolve
        self._skip = skip
        self._readers = readers
        self._named = self.reading.named
        self._is_quoted = False
        self._places: list[tuple[Scope, ...]] = []
        self._walruses: list[tuple[Chain, tuple[Scope, ...]]] = []

    def read(self, node: ast.AST) -> None:
        self._read(node, ())
        self.used_aliases = told(self._places, self.uses)
        for chain, scopes in self._walruses:
            tell(chain, scopes[::-1], True, self.uses, self.used_aliases)

    def _read(self, node: ast.AST, scopes: tuple[Scope, ...]) -> None:
        if node in self._skip:
            self.reading.skipped.append(node)
            self._bind(node, scopes)
            return
        reader = self._readers.get(node.__class__)
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

    def _walrus(self, node: ast.NamedExpr, scopes: tuple[Scope, ...]) -> None:
        if not self._is_quoted:
            self.reading.binding.append(node)
            self._named.add((node.target.id,))
        around = tuple(scope for scope in scopes if scope.kind != "comprehension")
        if around:
            around[-1].bind(node.target.id)
        self._walruses.append(((node.target.id,), around))
        self._read(node.value, scopes)

    def _name(self, node: ast.Name, scopes: tuple[Scope, ...]) -> None:
        chain = (node.id,)
        if not self._is_quoted:
            self._named.add(chain)
        if not scopes:
            self.uses.free.add(chain)
        elif node.ctx.__class__ is ast.Load:
            scopes[-1].mentioned.add(chain)
        else:
            scopes[-1].bind(node.id)
            stored = node.ctx.__class__ is ast.Store
            (scopes[-1].stored if stored else scopes[-1].mentioned).add(chain)

    def _attribute(self, node: ast.Attribute, scopes: tuple[Scope, ...]) -> None:
        chain = chain_of(node)
        if not chain:
            if not self._is_quoted:
                self.reading.loose.append(node)
            self._read(node.value, scopes)
            return
        if not scopes:
            self.uses.free.add(chain)
        else:
            stored = node.ctx.__class__ is ast.Store
            (scopes[-1].stored if stored else scopes[-1].mentioned).add(chain)
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
        there = [alias for alias in node.names if alias not in self._skip]
        if isinstance(node, ast.Import):
            self.uses.executed.update(alias.name for alias in there)
            return
        module = self._resolve(node)
        for alias in there:
            if alias.name == "*":
                self.uses.imported.add((Imported(module, "*"), ()))
            else:
                self.uses.executed.add(module)
                self.uses.imported.add((Imported(module, alias.name), ("?",)))

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
        name = last_name(node.func)
        if name in REGISTERING:
            registered(name, node, self.uses)
        if len(node.args) > 1 and name in _ASKS:
            self._read(node.func, scopes)
            self._read(node.args[0], scopes)
            self._kinds(node.args[1:2], scopes)
            self._all((*node.args[2:], *node.keywords), scopes)
        else:
            self._read(node.func, scopes)
            self._all(node.args, scopes)
            self._all(node.keywords, scopes)
        if not self._is_quoted:
            self.reading.calls.append(node)
            self.reading.called.add(name)

    def _kinds(self, nodes: Iterable[ast.AST], scopes: tuple[Scope, ...]) -> None:
        """What says of which kind something is."""
        before, self._named = self._named, self.reading.kinds
        self._all(nodes, scopes)
        self._named = before

    def _nothing(self, node: ast.AST, scopes: tuple[Scope, ...]) -> None:
        """It says nothing."""

    def _value(self, node: _WithValue, scopes: tuple[Scope, ...]) -> None:
        if node.value is not None:
            self._read(node.value, scopes)

    def _subscript(self, node: ast.Subscript, scopes: tuple[Scope, ...]) -> None:
        self._read(node.value, scopes)
        self._read(node.slice, scopes)

    def _branch(self, node: ast.If, scopes: tuple[Scope, ...]) -> None:
        self._read(node.test, scopes)
        for part in node.body:
            self._read(part, scopes)
        for part in node.orelse:
            self._read(part, scopes)

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


SAYINGS: Readers = {
    **dict.fromkeys(_VALUED, Sayings._valued),
    ast.NamedExpr: Sayings._walrus,
    ast.Name: Sayings._name,
    ast.Attribute: Sayings._attribute,
    ast.Import: Sayings._import,
    ast.ImportFrom: Sayings._import,
    ast.Global: Sayings._global,
    ast.AugAssign: Sayings._augmented,
    ast.AnnAssign: Sayings._annotated,
    ast.Call: Sayings._call,
    **dict.fromkeys(get_args(_WithValue), Sayings._value),
    **dict.fromkeys((ast.Constant, ast.Pass), Sayings._nothing),
    ast.Subscript: Sayings._subscript,
    ast.If: Sayings._branch,
    ast.ExceptHandler: Sayings._handler,
    **dict.fromkeys((ast.MatchAs, ast.MatchStar, ast.MatchMapping), Sayings._pattern),
}

"""What the names in a statement mean: what is imported or made elsewhere, by Python's scopes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from splitter.discovery.modules import Statement
from splitter.discovery.scopes import Chain, Imported, bound_by_import, bound_names, chain_of
from splitter.discovery.trees import children, walk
from splitter.planning.loops import values_of
from splitter.planning.program import Program

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(slots=True, eq=False)
class _Scope:
    """A function: its names, those that imports bind with what to, and its class."""

    node: ast.AST
    imported: dict[str, Imported] = field(default_factory=dict)
    local: set[str] = field(default_factory=set)


class Naming:
    """Reads statements of a program."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def meanings(self, statement: Statement) -> Iterator[tuple[ast.AST, list[Imported]]]:
        """The names and chains of attributes, each with what it may mean; names of a call's own
        variables mean nothing. `f().b` means what `f.b` does, where `f` is a class."""
        yield from self._inside(statement.node, statement, (), "")

    def methods(self, module: str, name: str) -> set[str]:
        """The methods of a class, or of what the class makes that a name is bound to."""
        node = self._definition(module, name)
        if isinstance(node, ast.ClassDef):
            return {part.name for part in node.body if isinstance(part, _FUNCTIONS)}
        value = getattr(node, "value", None)
        found: set[str] = set()
        if isinstance(value, ast.Call):
            for made, called in self._program.origins(module, chain_of(value.func)):
                if isinstance(self._definition(made, called), ast.ClassDef):
                    found |= self.methods(made, called)
        return found

    def _inside(
        self, node: ast.AST, statement: Statement, scopes: tuple[_Scope, ...], owner: str
    ) -> Iterator[tuple[ast.AST, list[Imported]]]:
        if isinstance(node, ast.Name | ast.Attribute):
            chain = _through_calls(node)
            if chain and isinstance(node.ctx, ast.Load):
                yield node, self._meant(chain, statement, scopes, owner)
            for part in walk(node):
                if isinstance(part, ast.Call):
                    for inner in (*part.args, *part.keywords):
                        yield from self._inside(inner, statement, scopes, owner)
            if chain:
                return
        owner = node.name if isinstance(node, ast.ClassDef) and not scopes else owner
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            outer = [*getattr(node, "decorator_list", ()), node.args]
            for part in outer:
                yield from self._inside(part, statement, scopes, owner)
            scopes = (*scopes, self._scope(node, statement))
            body = node.body if isinstance(node.body, list) else [node.body]
            for part in body:
                yield from self._inside(part, statement, scopes, owner)
            return
        for part in children(node):
            yield from self._inside(part, statement, scopes, owner)

    def _scope(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, statement: Statement
    ) -> _Scope:
        found = _Scope(node)
        resolve = self._program.views[statement.module].resolve
        body = node.body if isinstance(node.body, list) else [node.body]
        for name, bound in bound_names([node.args, *body]):
            if not isinstance(bound, ast.Import | ast.ImportFrom):
                found.local.add(name)
            else:
                found.imported |= {n: i for n, i, _ in bound_by_import(bound, resolve)}
        return found

    def _meant(
        self, chain: Chain, statement: Statement, scopes: tuple[_Scope, ...], owner: str
    ) -> list[Imported]:
        first, rest = chain[0], chain[1:]
        if owner and first in ("self", "cls") and rest:
            return [Imported(statement.module, ".".join((owner, *rest)))]
        for scope in reversed(scopes):
            if first in scope.local:
                return self._local(scope, chain, statement)
            if first in scope.imported:
                return self._imported(scope.imported[first], rest)
        view = self._program.views[statement.module]
        found = [m for _, i in view.imports.get(first, ()) for m in self._imported(i, rest)]
        if not found:
            found = [Imported(*o) for o in self._program.origins(statement.module, chain)]
        return [*found, *(m for one in found for m in self._of_class(one))]

    def _imported(self, imported: Imported, rest: Chain) -> list[Imported]:
        """What an import and the attributes behind it lead to, as written and where it is made."""
        dotted = ".".join(filter(None, (imported.module, imported.name, *rest)))
        made = [Imported(*origin) for origin in self._program.target(imported, rest)]
        return [Imported(dotted), *made]

    def _local(self, scope: _Scope, chain: Chain, statement: Statement) -> list[Imported]:
        """A local variable that is made of a class of the program, and its attribute."""
        if len(chain) < 2 or not isinstance(scope.node, _FUNCTIONS):
            return []
        found: list[Imported] = []
        for value in values_of(scope.node.body, chain[0]):
            called = chain_of(value.func) if isinstance(value, ast.Call) else ()
            for made, name in self._program.origins(statement.module, called) if called else ():
                if isinstance(self._definition(made, name), ast.ClassDef):
                    found.append(Imported(made, ".".join((name, *chain[1:]))))
        return found

    def _of_class(self, meaning: Imported) -> Iterator[Imported]:
        """`x.run` at module level, where `x` is made of a class, is the class's `run`."""
        first, dot, rest = meaning.name.partition(".")
        value = getattr(self._definition(meaning.module, first), "value", None)
        if dot and isinstance(value, ast.Call):
            for made, name in self._program.origins(meaning.module, chain_of(value.func)):
                yield Imported(made, f"{name}.{rest}")

    def _definition(self, module: str, name: str) -> ast.AST | None:
        view = self._program.views.get(module)
        found = view.bindings.get(name, ()) if view else ()
        return view.statements[found[0]].node if view and found else None


def _through_calls(node: ast.AST) -> Chain:
    """`a.b` of `a.b` and of `a().b`; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()

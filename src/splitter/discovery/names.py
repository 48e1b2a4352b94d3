"""What a name in a module was defined as, followed through imports and re-exports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from splitter.discovery.parsing import Parsed, absolute

_DEEPEST = 20


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A class, a function or an assigned expression at the top level of a module."""

    module: str
    name: str
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.expr

    @property
    def dotted(self) -> str:
        return f"{self.module}:{self.name}"


class _Import(NamedTuple):
    """`name` of `module`; the module itself if `name` is empty."""

    module: str
    name: str


class Names:
    """The project's top-level names, looked up when they are first asked for."""

    def __init__(self, parsed: Parsed) -> None:
        self._parsed = parsed
        self._tables: dict[str, dict[str, Definition | _Import]] = {}
        self._own: dict[str, dict[str, Definition]] = {}
        self._stars: dict[str, list[str]] = {}

    def find(
        self, module: str, chain: tuple[str, ...]
    ) -> tuple[Definition, tuple[str, ...]] | None:
        """The definition that `chain` (`a.b.c` as parts) leads to, and the parts left over."""
        return self._find(module, chain, 0)

    def imported(
        self, node: ast.Import | ast.ImportFrom, path: str
    ) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
        """Local name → module and chain, for what an import statement in the file `path` binds."""
        for name, found in _bound(node, path):
            yield name, (found.module, (found.name,) if found.name else ())

    def imports(self, path: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
        """All import statements of a file, those inside of functions and branches too."""
        return self._parsed.imports(path)

    def top_level(self, module: str) -> Mapping[str, Definition]:
        """The names that a module defines itself."""
        if module not in self._own:
            table = self._table(module)
            self._own[module] = {n: d for n, d in table.items() if isinstance(d, Definition)}
        return self._own[module]

    def _find(
        self, module: str, chain: tuple[str, ...], depth: int
    ) -> tuple[Definition, tuple[str, ...]] | None:
        if not chain or depth > _DEEPEST:
            return None
        found = self._table(module).get(chain[0])
        if isinstance(found, Definition):
            return found, chain[1:]
        if found is not None:
            rest = ((found.name,) if found.name else ()) + chain[1:]
            return self._find(found.module, rest, depth + 1)
        if f"{module}.{chain[0]}" in self._parsed.names or module not in self._parsed.names:
            return self._find(f"{module}.{chain[0]}", chain[1:], depth + 1)
        for other in self._stars.get(module, ()):
            there = self._find(other, chain, depth + 1)
            if there is not None:
                return there
        return None

    def _table(self, module: str) -> dict[str, Definition | _Import]:
        if module not in self._tables:
            self._tables[module] = {}
            tree = self._parsed.tree(module)
            if tree is not None:
                self._fill(module, self._parsed.names[module], tree.body)
        return self._tables[module]

    def _fill(self, module: str, path: str, body: Iterable[ast.stmt]) -> None:
        table = self._tables[module]
        for node in body:
            match node:
                case ast.Import() | ast.ImportFrom():
                    table.update(_bound(node, path))
                    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                        star = absolute(node.module or "", path, node.level)
                        self._stars.setdefault(module, []).append(star)
                case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                    table[node.name] = Definition(module, node.name, node)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    table[name] = Definition(module, name, value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    table[name] = Definition(module, name, value)
                case ast.If() | ast.Try() | ast.With():
                    for inner in ("handlers", "orelse", "body", "finalbody"):
                        self._fill(module, path, _statements(getattr(node, inner, ())))


def _statements(block: Iterable[ast.AST]) -> Iterator[ast.stmt]:
    for node in block:
        if isinstance(node, ast.ExceptHandler):
            yield from node.body
        elif isinstance(node, ast.stmt):
            yield node


def _bound(node: ast.Import | ast.ImportFrom, path: str) -> Iterator[tuple[str, _Import]]:
    if isinstance(node, ast.ImportFrom):
        module = absolute(node.module or "", path, node.level)
        for alias in node.names:
            if alias.name != "*":
                yield alias.asname or alias.name, _Import(module, alias.name)
        return
    for alias in node.names:
        if alias.asname:
            yield alias.asname, _Import(alias.name, "")
        else:
            root = alias.name.partition(".")[0]
            yield root, _Import(root, "")

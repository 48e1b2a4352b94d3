"""What a copy of a file with all that it imports would be: by `ast` alone, without splitter.

A module needs every module of its own code base that an import statement in it names, at any
depth of the file, and the `__init__` of each package on the way. A route module that is to answer
as before needs the application around it, too: `surrounded` is the copy with that.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class CodeBase:
    """The Python files below a folder that imports start from."""

    root: Path

    def closure(self, modules: Iterable[str], *, without: Container[str] = ()) -> set[str]:
        """The modules with all that they import, directly or not; none of or through `without`."""
        found: set[str] = set()
        todo = list(modules)
        while todo:
            module = todo.pop()
            if module in found or module in without or self.file(module) is None:
                continue
            found.add(module)
            todo.extend(_parents(module))
            todo.extend(_imported(self, module))
        return found

    def surrounded(
        self, modules: Collection[str], *, application: str, routes: Iterable[str]
    ) -> set[str]:
        """The closures of route modules and of the application, with no inclusion of other routes.

        `routes` are all route modules: one that the application imports is left out, unless the
        given ones need it or it leads to one of them.
        """
        own = self.closure(modules)
        others = {o for o in routes if o not in own and self.closure([o]).isdisjoint(modules)}
        return own | self.closure([application], without=others)

    def lines(self, modules: Iterable[str]) -> int:
        """How many lines the files of these modules have together."""
        files = [self.file(module) for module in modules]
        return sum(f.read_bytes().count(b"\n") for f in files if f is not None)

    def file(self, module: str) -> Path | None:
        """The file of a module, if it is one of this code base."""
        place = self.root.joinpath(*module.split("."))
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                return file
        return None


@cache
def _imported(base: CodeBase, module: str) -> tuple[str, ...]:
    file = base.file(module)
    assert file is not None
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_bytes())):
        names.extend(_named(node, package))
    return tuple(names)


def _named(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        origin = ".".join([*above, node.module or ""]).strip(".") if node.level else node.module
        yield origin or ""
        yield from (f"{origin}.{alias.name}" for alias in node.names)


def _parents(module: str) -> Iterator[str]:
    while "." in module:
        module = module.rpartition(".")[0]
        yield module

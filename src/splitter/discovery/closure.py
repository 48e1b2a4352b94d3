"""Which of some files, or modules, are imported: by one directly, by a set through others."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping

from splitter.discovery.parsing import absolute, module_name
from splitter.discovery.trees import imports


def closure(files: Mapping[str, bytes], roots: Iterable[str]) -> set[str]:
    """The paths of `roots` and of all of `files` that they import. What cannot be parsed is
    taken to import nothing."""
    paths = {module_name(path): path for path in files if path.endswith(".py")}
    found: set[str] = set()
    todo = [path for path in roots if path in files]
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found.add(path)
        for name in _imports_of(path, files[path]):
            todo += [paths[part] for part in with_packages(name) if part in paths]
    return found


class Nearest(dict[str, str]):
    """A dotted name → the module among `known` that it lies in; empty if in none."""

    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, name: str) -> str:
        found = name
        while found and found not in self._known:
            found = found.rpartition(".")[0]
        self[name] = found
        return found


def imported(path: str, statements: Iterable[ast.AST], nearest: Nearest) -> tuple[str, ...]:
    """The modules that the import statements of a file name, sorted."""
    found = {nearest[name] for name in {*imported_names(path, statements)}}
    return tuple(sorted(found - {"", module_name(path)}))


def imported_names(path: str, nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The dotted names that statements of a file import; what a from-import takes too."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(node.module or "", path, node.level)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def with_packages(name: str) -> Iterator[str]:
    """A dotted name and the packages around it, all of which are run."""
    yield name
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _imports_of(path: str, source: bytes) -> Iterator[str]:
    if path.endswith(".py"):
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            return
        yield from imported_names(path, imports(tree))

"""Every Python file of the project as a syntax tree, parsed once; what cannot be read is a note."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from splitter.model.changes import Note
from splitter.model.monolith import Sources


@dataclass(frozen=True, slots=True)
class Parsed:
    """The project's trees by path, its modules' paths by dotted name, and what was not readable.

    A path in `notes` is missing from `trees` but not from `names`.
    """

    sources: Sources
    trees: Mapping[str, ast.Module]
    names: Mapping[str, str]
    notes: tuple[Note, ...] = ()

    def tree(self, module: str) -> ast.Module | None:
        """The tree of a module by its dotted name, `None` if it is not the project's or broken."""
        return self.trees.get(self.names.get(module, ""))


def parse(sources: Sources, *, skip: Container[str] = ()) -> Parsed:
    """Parse each `.py` file of `sources` that is neither in `skip` nor below a folder in `skip`."""
    trees: dict[str, ast.Module] = {}
    notes: list[Note] = []
    names: dict[str, str] = {}
    for path in sorted(sources):
        if not path.endswith(".py") or any(part in skip for part in _with_parents(path)):
            continue
        name = module_name(path)
        if name and not names.get(name, "").endswith("/__init__.py"):
            names[name] = path
        tree = _read(path, sources[path])
        if isinstance(tree, Note):
            notes.append(tree)
        else:
            trees[path] = tree
    return Parsed(sources, trees, names, tuple(notes))


def module_name(path: str) -> str:
    """The dotted name of the module in the file `path`, empty for an `__init__.py` at the root."""
    name = path.removesuffix(".py").replace("/", ".")
    return "" if name == "__init__" else name.removesuffix(".__init__")


def is_package(path: str) -> bool:
    return path == "__init__.py" or path.endswith("/__init__.py")


def absolute(module: str, path: str, level: int) -> str:
    """What `from <level dots>module import …` in the file `path` names; empty if above the root."""
    if level == 0:
        return module
    parts = module_name(path).split(".")
    drop = level - 1 if is_package(path) else level
    if drop > len(parts):
        return ""
    return ".".join([*parts[: len(parts) - drop], *filter(None, [module])])


def _with_parents(path: str) -> Iterator[str]:
    yield path
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _read(path: str, source: bytes) -> ast.Module | Note:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source, path)
    except SyntaxError as error:
        return Note(path, error.lineno or 0, "SPL001", f"cannot be parsed: {error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        return Note(path, 0, "SPL001", f"cannot be parsed: {error or type(error).__name__}")

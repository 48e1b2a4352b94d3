"""Every Python file of the project as a syntax tree, parsed once; what cannot be read is a note."""

from __future__ import annotations

import ast
import gc
import warnings
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from splitter.discovery import trees
from splitter.model.changes import Note
from splitter.model.monolith import Sources

_GROWTH = 1_000_000
"""So many new objects are there before one looks for garbage among them; Python itself: 700."""

Imports = tuple[ast.Import | ast.ImportFrom, ...]

_kept: dict[str, tuple[bytes, ast.Module | Note, Imports]] = {}
"""What was read last, by path: a file that still says the same is not read again."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The project's trees by path, its modules' paths by dotted name, and what was not readable.

    A path in `notes` is missing from `trees` but not from `names`.
    """

    sources: Sources
    trees: Mapping[str, ast.Module]
    names: Mapping[str, str]
    notes: tuple[Note, ...] = ()
    _imports: Mapping[str, Imports] = field(default_factory=dict, compare=False, repr=False)

    def tree(self, module: str) -> ast.Module | None:
        """The tree of a module by its dotted name, `None` if it is not the project's or broken."""
        return self.trees.get(self.names.get(module, ""))

    def imports(self, path: str) -> Imports:
        """All import statements of a file, those inside of functions and branches too."""
        return self._imports[path]


def parse(sources: Sources, *, skip: Container[str] = ()) -> Parsed:
    """Parse each `.py` file of `sources` that is neither in `skip` nor below a folder in `skip`."""
    paths = [path for path in sorted(sources) if path.endswith(".py")]
    paths = [path for path in paths if not any(part in skip for part in _with_parents(path))]
    with _no_collection(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = {path: _read_once(path, sources[path]) for path in paths}
        _kept.clear()
        _kept.update(read)
    return Parsed(
        sources,
        {path: found for path, (_, found, _) in read.items() if not isinstance(found, Note)},
        _names(paths),
        tuple(found for _, found, _ in read.values() if isinstance(found, Note)),
        {path: imports for path, (_, _, imports) in read.items()},
    )


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


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of nodes that stay must not be gone through again and again for garbage.

    That would cost several times what the parsing does, here and in all that follows, where what
    is kept for good grows by the hundred thousand, too.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
        gc.set_threshold(_GROWTH)
    finally:
        if was_on:
            gc.enable()


def _names(paths: list[str]) -> dict[str, str]:
    """Paths by dotted name; a package hides a module of its name."""
    names: dict[str, str] = {}
    for path in paths:
        name = module_name(path)
        if name and not is_package(names.get(name, "")):
            names[name] = path
    return names


def _with_parents(path: str) -> Iterator[str]:
    yield path
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _read_once(path: str, source: bytes) -> tuple[bytes, ast.Module | Note, Imports]:
    """A file, and its imports at once: of a new tree, all is still near in the memory."""
    known = _kept.get(path)
    if known is not None and known[0] == source:
        return known
    found = _read(path, source)
    return source, found, () if isinstance(found, Note) else tuple(trees.imports(found))


def _read(path: str, source: bytes) -> ast.Module | Note:
    try:
        return ast.parse(source, path)
    except SyntaxError as error:
        return Note(path, error.lineno or 0, "SPL001", f"cannot be parsed: {error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        return Note(path, 0, "SPL001", f"cannot be parsed: {error or type(error).__name__}")

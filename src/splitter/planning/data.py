"""The files beside the code that moving code reads: found where a path starts from `__file__`, or
from the folder that the monolith is started in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from splitter.discovery.modules import ModuleView
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import children, walk
from splitter.model.changes import Note
from splitter.planning.parting import Part
from splitter.planning.program import Place, Program, assigned
from splitter.planning.speech import RESOURCES, leads, package_named

_SAME = {"resolve", "absolute", "as_posix", "expanduser"}
_WRAPPED = {"Path", "PurePath", "str", "abspath", "realpath", "normpath", "fspath", "PosixPath"}
_READERS = {"open", "FileResponse", "StaticFiles", "Jinja2Templates", "FileSystemLoader"}
_STARTS = {"Path", "PurePath", "PosixPath", "join", "abspath", "realpath", *_READERS}
_NAMED = ("directory", "path", "file", "searchpath")
_RELATIVE = re.compile(r"[\w.][\w.\-]*(/[\w.\- ]+)*/?$")
_NO_DATA = (".py", ".pyc", ".db", ".sqlite", ".sqlite3", ".log", ".env")


@dataclass(frozen=True, slots=True)
class Anchored:
    """A path below the monolith's root, found from the `__file__` of `module`.

    `open_end`: more follows that only the running program knows; `named`: something was added to
    where the code lies. `start`: it begins with this text, relative to where the monolith is
    started, given to a function of this name (empty: anywhere).
    """

    module: str
    path: PurePosixPath
    open_end: bool = False
    named: bool = False
    start: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """Files to be copied, by the module whose `__file__` leads to them; and what is not known."""

    files: Mapping[str, frozenset[str]]
    notes: tuple[Note, ...]


def data_of(program: Program, parts: Iterable[Part]) -> Data:
    """What the statements of these parts read from beside the monolith's code."""
    files: dict[str, set[str]] = {}
    notes: set[Note] = set()
    for part in parts:
        for index in part.statements:
            found = program.kept(_in_statement, (part.module, index), part.cut)
            notes.update(found.notes)
            for module, names in found.files.items():
                files.setdefault(module, set()).update(names)
    return Data({m: frozenset(f) for m, f in files.items()}, tuple(sorted(notes)))


def _in_statement(program: Program, place: Place, cut: frozenset[ast.AST]) -> Data:
    reader = Reader(program)
    reader.read(program.views[place[0]], program.statement(place).node, cut)
    return Data({m: frozenset(f) for m, f in reader.files.items()}, tuple(reader.notes))


def data_at(program: Program, path: str) -> set[str]:
    """The files of the project that are data, at a path or below it."""
    below = {path} if path in program.sources else program.below(path)
    return {p for p in below if not p.endswith(_NO_DATA)}


class Reader:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.files: dict[str, set[str]] = {}
        self.notes: set[Note] = set()
        self.started: set[tuple[str, str]] = set()
        self._local: dict[str, ast.expr] = {}

    def read(self, view: ModuleView, node: ast.AST, cut: frozenset[ast.AST]) -> None:
        """Note the paths in a piece of code, the longest of those that hold one another."""
        if node in cut:
            return
        found = self._path(view, node, 0) if isinstance(node, ast.expr) else None
        if found is not None:
            self._keep(view, node, found)
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ":" in node.value:
            self._spoken(view, node, node.value)
        outer = self._local
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._local = {**outer, **_bound_once(node)}
        for child in children(node):
            self.read(view, child, cut)
        self._local = outer

    def _keep(self, view: ModuleView, node: ast.AST, found: Anchored) -> None:
        path = str(found.path)
        chosen = found.named or path in self.program.sources
        data = data_at(self.program, path) if chosen else set()
        self.files.setdefault(found.module, set()).update(data)
        if found.start is not None and data and found.module == view.name:
            self.started.add(found.start)
        if found.open_end and not data:
            what = "reads files beside the code whose names are known only at run time"
            self.notes.add(Note(view.path, getattr(node, "lineno", 0), "SPL033", what))

    def _spoken(self, view: ModuleView, node: ast.AST, name: str) -> None:
        """A folder of a package, as `package:folder`."""
        module, steps = leads(self.program, name)
        if module and not self.program.binds(module, steps[0] if steps else ""):
            path = PurePosixPath(module.replace(".", "/"), *steps)
            self._keep(view, node, Anchored(view.name, path, named=True))

    def _path(self, view: ModuleView, node: ast.AST, depth: int) -> Anchored | None:
        if depth > 20:
            return None
        if isinstance(node, ast.Constant):
            return self._started(view, node, "")
        if isinstance(node, ast.Name):
            return self._named(view, node, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(view, node, depth)
        if isinstance(node, ast.Subscript):
            return self._ancestor(view, node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
            return _longer(self._path(view, node.left, depth + 1), [node.right])
        if isinstance(node, ast.JoinedStr) and node.values:
            first = node.values[0]
            if isinstance(first, ast.FormattedValue):
                return _longer(self._path(view, first.value, depth + 1), node.values[1:])
        return self._call(view, node, depth) if isinstance(node, ast.Call) else None

    def _named(self, view: ModuleView, node: ast.Name, depth: int) -> Anchored | None:
        if node.id == "__file__":
            return Anchored(view.name, PurePosixPath(view.path))
        if node.id in self._local:
            return self._path(view, self._local[node.id], depth + 1)
        for module, name in self.program.origins(view.name, (node.id,)):
            owner = self.program.views[module]
            for index in owner.bindings.get(name, ()):
                for bound, value in assigned([owner.statements[index].node]):
                    if bound == name:
                        return self._path(owner, value, depth + 1)
        return None

    def _attribute(self, view: ModuleView, node: ast.Attribute, depth: int) -> Anchored | None:
        if node.attr == "__file__":
            module = module_of(self.program, view, node.value)
            path = self.program.views[module].path if module in self.program.views else ""
            return Anchored(view.name, PurePosixPath(path)) if path else None
        found = self._path(view, node.value, depth + 1)
        if found is not None:
            if node.attr != "parent":
                return None
            return Anchored(found.module, found.path.parent)
        known = self.program.attributes.get(node.attr, [])
        views = self.program.views
        led = [p for own, value in known if (p := self._path(views[own], value, depth + 1))]
        return led[0] if len(led) == 1 else None

    def _ancestor(self, view: ModuleView, node: ast.Subscript, depth: int) -> Anchored | None:
        """`path.parents[n]`."""
        if not isinstance(node.value, ast.Attribute) or node.value.attr != "parents":
            return None
        found = self._path(view, node.value.value, depth + 1)
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if found is None or not isinstance(index, int) or index >= len(found.path.parents):
            return None
        return Anchored(found.module, found.path.parents[index])

    def _call(self, view: ModuleView, node: ast.Call, depth: int) -> Anchored | None:
        name = (chain_of(node.func) or ("",))[-1]
        if isinstance(node.func, ast.Attribute) and not name:
            name = node.func.attr
        if isinstance(node.func, ast.Attribute) and name in _SAME:
            return self._path(view, node.func.value, depth + 1)
        if isinstance(node.func, ast.Attribute) and name == "joinpath":
            return _longer(self._path(view, node.func.value, depth + 1), node.args)
        if name in _READERS:
            return self._read_at(view, node, name)
        if not node.args:
            return None
        if name in RESOURCES:
            package = self._package(view, node.args[0])
            if package:
                found = Anchored(view.name, PurePosixPath(package.replace(".", "/")))
                given = [k.value for k in node.keywords if k.arg in ("package_path", "resource")]
                return _longer(found, [*node.args[1:2], *given])
        first = self._path(view, node.args[0], depth + 1)
        if first is None and name in _STARTS and isinstance(node.args[0], ast.Constant):
            first = self._started(view, node.args[0], name)
        if first is None:
            return None
        if name in _WRAPPED:
            return _longer(first, node.args[1:])
        if name == "dirname":
            return Anchored(first.module, first.path.parent)
        return _longer(first, node.args[1:]) if name == "join" else None

    def _read_at(self, view: ModuleView, node: ast.Call, name: str) -> Anchored | None:
        """`open("a.txt")`: a word alone is a path where it is given to what reads files."""
        given = [*node.args[:1], *(k.value for k in node.keywords if k.arg in _NAMED)]
        if len(given) != 1 or not isinstance(given[0], ast.Constant) or _writes(node):
            return None
        return self._started(view, given[0], name)

    def _started(self, view: ModuleView, node: ast.Constant, call: str) -> Anchored | None:
        """A path by the folder that the monolith is started in; a word alone only in a call."""
        text = node.value
        if not isinstance(text, str) or not _RELATIVE.match(text) or ".." in text:
            return None
        path = PurePosixPath(text)
        is_word = len(path.parts) == 1
        if str(path) not in self.program.sources:
            below = self.program.below(str(path))
            if not below or (is_word and not call):
                return None
            named = not any(p.endswith(".py") for p in below)
        elif is_word and not call:
            return None
        else:
            named = True
        start = (call if is_word else "", text)
        return Anchored(view.name, path, named=named, start=start)

    def _package(self, view: ModuleView, node: ast.expr) -> str:
        name = package_named(node, view) or module_of(self.program, view, node)
        return name if self.program.is_module(name) else ""


def module_of(program: Program, view: ModuleView, node: ast.AST) -> str:
    """The module of the monolith that an expression such as `package.module` is; else empty."""
    chain = chain_of(node)
    for _, imported in view.imports.get(chain[0], ()) if chain else ():
        name = f"{imported.module}.{imported.name}" if imported.name else imported.module
        name = ".".join((name, *chain[1:]))
        if program.is_module(name):
            return name
    return ""


def _longer(found: Anchored | None, parts: Iterable[ast.AST]) -> Anchored | None:
    for part in parts:
        if found is None or found.open_end:
            return found
        text = part.value if isinstance(part, ast.Constant) else None
        if not isinstance(text, str):
            return replace(found, open_end=True)
        path = found.path
        for step in PurePosixPath(text.lstrip("/")).parts:
            path = path.parent if step == ".." else path / step
        found = replace(found, path=path, named=True)
    return found


def _writes(call: ast.Call) -> bool:
    mode = call.args[1] if len(call.args) > 1 else None
    mode = next((k.value for k in call.keywords if k.arg == "mode"), mode)
    text = mode.value if isinstance(mode, ast.Constant) else ""
    return isinstance(text, str) and bool(set(text) & set("wax+"))


def _bound_once(function: ast.AST) -> dict[str, ast.expr]:
    """What the names are that a function binds by one assignment."""
    found: dict[str, list[ast.expr]] = {}
    for node in walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for name, value in assigned([node]):
                found.setdefault(name, []).append(value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}

"""Which code is the project's own, and where in it something is."""

from __future__ import annotations

import inspect
import linecache
import os
import re
import sys
import traceback
from collections.abc import Iterator
from types import CodeType, FrameType, ModuleType


class Project:
    """The folder that the monolith's imports start from, installed packages in it left out."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        inner = [p for p in (sys.prefix, sys.exec_prefix) if _below(os.path.realpath(p), self.root)]
        self._foreign = [os.path.realpath(p) for p in inner]
        self._known: dict[str, str] = {}

    def relative(self, path: str) -> str:
        """The posix path below the root of a file of the project; empty for any other file."""
        if path not in self._known:
            self._known[path] = self._relative(path)
        return self._known[path]

    def _relative(self, path: str) -> str:
        for full in (os.path.realpath(path), os.path.abspath(path)):
            if path.startswith("<") or not _below(full, self.root):
                continue
            below = os.path.relpath(full, self.root).replace(os.sep, "/")
            parts = below.split("/")
            if "site-packages" in parts or "dist-packages" in parts:
                continue
            if not any(_below(full, folder) for folder in self._foreign):
                return below
        return ""

    def modules(self) -> Iterator[tuple[str, str]]:
        """Name and file of each module of the project that has been imported."""
        for name, module in sorted(sys.modules.items()):
            path = getattr(module, "__file__", None) if isinstance(module, ModuleType) else None
            below = self.relative(path) if isinstance(path, str) else ""
            if below and name != "__main__":
                yield name, below

    def frame(self, frame: FrameType | None) -> str:
        """`file:line` of the innermost frame that runs the project's code; empty if none does."""
        while frame is not None:
            below = self.relative(frame.f_code.co_filename)
            if below:
                return f"{below}:{frame.f_lineno}"
            frame = frame.f_back
        return ""

    def failure(self, error: BaseException) -> str:
        """One line that says what went wrong, and where in the project if it went through it."""
        lines = "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")
        what = lines[-1 if isinstance(error, SyntaxError) else 0]
        what += _lacking(error)
        if isinstance(error, SystemExit):
            what = f"it exits: SystemExit({error.code!r})"
        where = self._where(error)
        return f"{where}: {what}" if where else what

    def _where(self, error: BaseException) -> str:
        if isinstance(error, SyntaxError) and self.relative(error.filename or ""):
            return "{}:{}".format(self.relative(error.filename or ""), error.lineno)
        places = [(self.relative(f.f_code.co_filename), n) for f, n in _frames(error)]
        return next((f"{below}:{line}" for below, line in reversed(places) if below), "")

    def definition(self, thing: object) -> tuple[str, int]:
        """File and line of the `def` or `class` of `thing`; `("", 0)` if not the project's."""
        code = getattr(thing, "__code__", None)
        if code is not None:
            below = self.relative(code.co_filename)
            return (below, _code_line(code)) if below else ("", 0)
        path = self._path(getattr(thing, "__module__", None) or "")
        below = self.relative(path) if path else ""
        return (below, _class_line(thing, path)) if below else ("", 0)

    def _path(self, module: str) -> str:
        """The file of a module, of one whose import has failed, too."""
        path = getattr(sys.modules.get(module), "__file__", None)
        if isinstance(path, str):
            return path
        stem = os.path.join(self.root, *module.split("."))
        files = (stem + ".py", os.path.join(stem, "__init__.py"))
        return next((file for file in files if module and os.path.isfile(file)), "")


def _lacking(error: BaseException) -> str:
    """Which values pydantic does not find or take; never what it was given."""
    errors = getattr(error, "errors", None)
    if type(error).__name__ != "ValidationError" or not callable(errors):
        return ""
    try:
        found = [(".".join(map(str, each["loc"])), each["msg"]) for each in errors()]
    except Exception:
        return ""
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return " (" + ", ".join(f"{where}: {what}" for where, what in found[:3]) + more + ")"


def _below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    yield from traceback.walk_tb(error.__traceback__)


def _code_line(code: CodeType) -> int:
    """From a function's first line, which may be a decorator's, to that of its `def`."""
    first = code.co_firstlineno
    if code.co_name == "<lambda>":
        return first
    name = rf"\s*(async\s+)?def\s+{re.escape(code.co_name)}\b"
    return _matching(code.co_filename, name, first, first + 500) or first


def _class_line(thing: object, path: str) -> int:
    try:
        return inspect.getsourcelines(thing)[1]  # type: ignore[arg-type]
    except (OSError, TypeError):
        name = re.escape(getattr(thing, "__name__", ""))
        return _matching(path, rf"\s*class\s+{name}\b", 1, 1_000_000)


def _matching(path: str, pattern: str, first: int, last: int) -> int:
    """The first line from `first` on that a pattern fits at its start; 0 if none does."""
    for line in range(first, last):
        text = linecache.getline(path, line)
        if not text:
            break
        if re.match(pattern, text):
            return line
    return 0

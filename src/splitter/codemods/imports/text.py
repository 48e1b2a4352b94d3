"""A source file as UTF-8 bytes with places in it, and the way back to its own bytes."""

from __future__ import annotations

import ast
import codecs
import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

_BOM = codecs.BOM_UTF8
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?\Z", re.DOTALL)
_LINE_END = re.compile(rb"\r\n|\r|\n")


class ParseError(Exception):
    """Neither Python nor libcst can read the file; line and column count from 1."""

    def __init__(self, what: str, line: int = 1, column: int = 1) -> None:
        super().__init__(what)
        self.what = what
        self.line = line
        self.column = column


class Splice(NamedTuple):
    """Replace the bytes from `start` up to `end`."""

    start: int
    end: int
    new: bytes


class Places:
    """Where the nodes of a tree stand in a file: the tree of `data`, which starts at `base`.

    The tree was made with `lead` bytes put before `data`.
    """

    def __init__(self, data: bytes, *, base: int = 0, lead: int = 0) -> None:
        self.data = data
        self._base = base
        self._lead = lead

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(map(len, self.data.splitlines(keepends=True)))]

    def offset(self, line: int, column: int) -> int:
        """The place of `column` (in UTF-8 bytes, from 0) on `line` (from 1)."""
        lead = self._lead if line == 1 else 0
        return self._base + self._starts[line - 1] + column - lead

    def span(self, node: ast.stmt | ast.expr | ast.alias) -> tuple[int, int]:
        """Where a node of the tree starts, and where it ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )


class Text(Places):
    """`data` is the file's text in UTF-8 without its byte order mark, otherwise untouched."""

    def __init__(self, data: bytes, *, encoding: str = "utf-8", mark: bytes = b"") -> None:
        super().__init__(data)
        self._encoding = encoding
        self._mark = mark

    def place(self, offset: int) -> tuple[int, int]:
        """The line (from 1) and the column (in UTF-8 bytes, from 0) of a place."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]

    def line_around(self, offset: int) -> tuple[int, int]:
        """Where the line of `offset` starts, and where it ends before its line ending."""
        start = self._starts[bisect_right(self._starts, offset) - 1]
        end = _LINE_END.search(self.data, offset)
        return start, end.start() if end else len(self.data)

    def newline(self, offset: int) -> bytes:
        """The line ending in use at `offset`."""
        found = _LINE_END.search(self.data, offset) or _LINE_END.search(self.data)
        return found.group() if found else b"\n"

    @property
    def source(self) -> bytes | str:
        """What `ast` takes: as text where a coding line would mislead it about `data`."""
        return self.data if self._encoding == "utf-8" else self.data.decode()

    def in_file(self, data: bytes) -> bytes:
        """`data`, in UTF-8, as the bytes of this file; raises UnicodeEncodeError."""
        if self._encoding != "utf-8":
            data = data.decode().encode(self._encoding)
        return self._mark + data


def open_text(source: bytes) -> Text:
    """The text of a file, by its byte order mark and coding line; raises ParseError."""
    mark = _BOM if source.startswith(_BOM) else b""
    encoding = _encoding(source)
    if encoding == "utf-8":
        if not source.isascii():
            _decoded(source, encoding)
        return Text(source[len(mark) :], mark=mark)
    if mark:
        raise ParseError(f"a byte order mark of UTF-8, but a coding line of {encoding}")
    text = _decoded(source, encoding)
    if text.encode(encoding) != source:
        raise ParseError(f"{encoding} does not give the file's bytes back")
    return Text(text.encode(), encoding=encoding)


def splice(data: bytes, splices: Iterable[Splice]) -> bytes:
    """`data` with every splice done; they must not overlap."""
    done, at = [], 0
    for one in sorted(splices, key=lambda s: (s.start, s.end)):
        done += [data[at : one.start], one.new]
        at = one.end
    return b"".join([*done, data[at:]])


def _encoding(source: bytes) -> str:
    for line in _LINE_END.split(source[:400].removeprefix(_BOM), maxsplit=2)[:2]:
        cookie = _COOKIE.match(line)
        if cookie:
            return _known(cookie.group(1).decode("ascii", "replace"))
        if not _BLANK.match(line):
            break
    return "utf-8"


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        raise ParseError(f"unknown encoding: {name}") from None
    return "utf-8" if found == "utf-8-sig" else found


def _decoded(source: bytes, encoding: str) -> str:
    try:
        return source.decode(encoding)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line, column = Text(source).place(start)
        raise ParseError(f"not valid {encoding}: {error}", line, column + 1) from None

"""An import statement at its new homes, as splices: only what changes is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from splitter.codemods.imports.leaving import leave_out
from splitter.codemods.imports.statements import Imported, Statement
from splitter.codemods.imports.text import Splice, Text

WIDTH = 88

_NAME = rb"[A-Za-z0-9_\x80-\xff]+"
_GAP = rb"(?:[ \t\f]|\\(?:\r\n|\r|\n))*"
_DOTTED = re.compile(_NAME + rb"(?:" + _GAP + rb"\." + _GAP + _NAME + rb")*")
_AFTER_FROM = re.compile(rb"from(" + _GAP + rb")")
_DOTS = re.compile(rb"(?:\." + _GAP + rb")*")
_REST_OF_LINE = re.compile(rb"[ \t\f]*(#[^\r\n]*)?(?:\Z|(?=[\r\n]))")
_LINK = re.compile(rb"(?:[\s)\\]|#[^\r\n]*)*(\.)(?:[\s\\]|#[^\r\n]*)*(" + _NAME + rb")")
_COMMENT = re.compile(rb"#[^\r\n]*")
_PRAGMA = re.compile(
    rb"#\s*(?:noqa|type:\s*ignore|pylint:|pyright:|ruff:|isort:|pragma:|nosec|flake8:|mypy:)"
)


class Site(NamedTuple):
    """The splices of one place in the code, `start` to `end` being what a reader looks at."""

    start: int
    end: int
    splices: tuple[Splice, ...]
    reshaped: str = ""


def write_statement(text: Text, statement: Statement) -> Site:
    """The statement as it must be; `reshaped` says why the reverse map would not restore it."""
    start, end = text.span(statement.node)
    if statement.module:
        splices, more, reshaped = _write_from(text, statement, start, end)
    else:
        splices, more, reshaped = _write_plain(text, statement), [], _bare(statement)
    added = [*more, *(line.encode() for line in statement.extra)]
    if added:
        splices = [*splices, _addition(text, start, end, added)]
    if statement.extra:
        reshaped = reshaped or "an import was added"
    return Site(start, max(end, *(s.end for s in splices)), tuple(splices), reshaped)


def write_use(text: Text, spans: Sequence[tuple[int, int]], new: str) -> Site:
    """`new` in place of a chain of names, of which `spans` has each prefix."""
    start, end = spans[-1]
    if b"#" in text.data[start:end]:
        return Site(start, end, tuple(_around_comments(text, spans, new.encode())))
    glued = text.data[start : start + 1] == b"(" and _is_word(text.data[start - 1 : start])
    return Site(start, end, (Splice(start, end, (b" " if glued else b"") + new.encode()),))


def _around_comments(text: Text, spans: Sequence[tuple[int, int]], new: bytes) -> Iterator[Splice]:
    yield Splice(*spans[0], new)
    for (_, before), (_, end) in pairwise(spans):
        link = _LINK.match(text.data, before, end)
        assert link is not None
        yield Splice(link.start(1), link.end(1), b"")
        yield Splice(link.start(2), end, b"")


def _write_plain(text: Text, statement: Statement) -> list[Splice]:
    splices = []
    for name in statement.names:
        if name.old == name.new:
            continue
        start, end = text.span(name.node)
        written = _DOTTED.match(text.data, start)
        if name.alias == name.node.asname and written:
            end = written.end()
            new = name.new
        else:
            new = _as(name.new, name.alias)
        splices.append(Splice(start, end, new.encode()))
    return splices


def _bare(statement: Statement) -> str:
    bare = any(n.drops_root and not n.alias and "." not in n.new for n in statement.names)
    return "a dotted import became one of a single name" if bare else _repeated(statement)


def _repeated(statement: Statement) -> str:
    repeated = any(n.node.asname == n.node.name and n.old != n.new for n in statement.names)
    return "`as` repeated a name that has changed" if repeated else ""


def _write_from(
    text: Text, statement: Statement, start: int, end: int
) -> tuple[list[Splice], list[bytes], str]:
    groups = _groups(statement)
    stay = _staying(statement, groups)
    staying = groups.pop(stay)
    if not stay:
        return _as_plain(text, staying, start, end)
    splices = _in_place(text, statement, staying, stay, start)
    if not groups:
        relative = bool(splices and statement.level)
        reshaped = "a relative import became absolute" if relative else _repeated(statement)
        return splices, [], reshaped
    moved = [name for names in groups.values() for name in names]
    cut = leave_out(text, statement, moved, comments_stay=not _alone(text, start))
    more = [
        line
        for module, names in groups.items()
        for line in _new_statements(text, start, end, module, names, cut.comments)
    ]
    return [*splices, *cut.splices], more, "one import was split into several"


def _as_plain(
    text: Text, names: list[Imported], start: int, end: int
) -> tuple[list[Splice], list[bytes], str]:
    first, *others = (_plain(name) for name in names)
    comments = b"".join(b"  " + c for c in _COMMENT.findall(text.data, start, end))
    splice = Splice(start, end, first + comments)
    return [splice], others, "a from-import became a plain import"


def _groups(statement: Statement) -> dict[str, list[Imported]]:
    """The names by the module they come from now; no module where one is imported itself."""
    groups: dict[str, list[Imported]] = {}
    for name in statement.names:
        groups.setdefault(name.new.rpartition(".")[0], []).append(name)
    return groups


def _staying(statement: Statement, groups: dict[str, list[Imported]]) -> str:
    """The group that keeps the statement: what stays in its module, else what comes first."""
    if statement.module in groups:
        return statement.module
    named = [module for module in groups if module]
    return named[0] if named else ""


def _in_place(
    text: Text, statement: Statement, names: list[Imported], module: str, start: int
) -> list[Splice]:
    splices = []
    if module != statement.module or statement.absolute:
        splices.append(_module_splice(text, statement, module, start))
    for name in names:
        if name.old != name.new and _renamed(name):
            begin, end = text.span(name.node)
            new = _as(name.new.rpartition(".")[2], name.alias)
            splices.append(Splice(begin, end, new.encode()))
    return splices


def _renamed(name: Imported) -> bool:
    return name.new.rpartition(".")[2] != name.node.name


def _module_splice(text: Text, statement: Statement, module: str, start: int) -> Splice:
    after = _AFTER_FROM.match(text.data, start)
    assert after is not None
    dots = _DOTS.match(text.data, after.end())
    end = dots.end() if dots else after.end()
    assert isinstance(statement.node, ast.ImportFrom)
    if statement.node.module:
        dotted = _DOTTED.match(text.data, end)
        end = dotted.end() if dotted else end
    else:
        end = len(text.data[:end].rstrip(b" \t\f"))
    new = module.encode()
    if not after.group(1):
        new = b" " + new
    if _is_word(text.data[end : end + 1]):
        new += b" "
    return Splice(after.end(), end, new)


def _new_statements(
    text: Text,
    start: int,
    end: int,
    module: str,
    names: list[Imported],
    comments: dict[Imported, bytes],
) -> list[bytes]:
    pragma = _pragma(text, end)
    if not module:
        return [_plain(name) + comments.get(name, pragma) for name in names]
    parts = [_as(n.new.rpartition(".")[2], n.alias).encode() for n in names]
    head, indent = f"from {module} import ".encode(), _indent(text, start)
    line = head + b", ".join(parts)
    fits = len((indent + line).decode()) <= WIDTH
    if len(names) == 1:
        return [line + comments.get(names[0], pragma)]
    if not _alone(text, start) or (fits and not any(n in comments for n in names)):
        return [line + pragma]
    deeper = indent + (b"\t" if b"\t" in indent else b"    ")
    rows = [deeper + p + b"," + comments.get(n, b"") for n, p in zip(names, parts, strict=True)]
    return [text.newline(start).join([head + b"(" + pragma, *rows, indent + b")"])]


def _plain(name: Imported) -> bytes:
    return f"import {_as(name.new, name.alias)}".encode()


def _addition(text: Text, start: int, end: int, added: list[bytes]) -> Splice:
    """`added` after the statement, in its block: on lines of their own, or behind a semicolon."""
    rest = _REST_OF_LINE.match(text.data, end)
    if rest and _alone(text, start):
        gap = text.newline(start) + _indent(text, start)
        return Splice(rest.end(), rest.end(), b"".join(gap + line for line in added))
    return Splice(end, end, b"".join(b"; " + _COMMENT.sub(b"", a).rstrip() for a in added))


def _alone(text: Text, start: int) -> bool:
    """Nothing but blanks stands before the statement, and its line is no continued one."""
    begin, _ = text.line_around(start)
    if text.data[begin:start].strip(b" \t\f"):
        return False
    return not text.data[:begin].rstrip(b"\r\n").endswith(b"\\")


def _indent(text: Text, start: int) -> bytes:
    begin, _ = text.line_around(start)
    return text.data[begin:start]


def _pragma(text: Text, end: int) -> bytes:
    rest = _REST_OF_LINE.match(text.data, end)
    found = rest and rest.group(1)
    return b"  " + found if found and _PRAGMA.match(found) else b""


def _as(name: str, alias: str | None) -> str:
    return f"{name} as {alias}" if alias else name


def _is_word(character: bytes) -> bool:
    return character.isalnum() or character == b"_" or character > b"\x7f"

"""Keep what is needed of a module: whole statements, with their comments, byte for byte.

What goes: statements that are not kept, with the comments right above them; names of imports
that are not kept; nested statements and list elements that were cut. A block that is left empty
gets `pass`. Line endings, encoding and all kept text stay as they were.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slice:
    """What to keep of a module.

    `statements`: indexes of top-level statements kept as they are; `aliases`: import statement →
    the local names kept of it; `cut`: nodes inside kept statements that go (statements, import
    aliases, elements of a list or tuple); `extra`: lines of import to put at the top.
    """

    statements: Collection[int]
    aliases: Mapping[int, Collection[str]]
    cut: Collection[ast.AST] = ()
    extra: tuple[str, ...] = ()


def slice_module(source: bytes, tree: ast.Module, wanted: Slice) -> bytes:
    """The module with only what is wanted. `tree` is `ast.parse(source)`; nothing else is read."""
    encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
    text = source.decode(encoding)
    bom, text = ("﻿", text[1:]) if text.startswith("﻿") else ("", text)
    lines = text.encode("utf-8").splitlines(keepends=True)
    newline = "\r\n" if lines and lines[0].endswith(b"\r\n") else "\n"
    pieces = list(_pieces(lines, tree, wanted))
    result = _join(_with_extra(pieces, wanted.extra, tree, newline), newline)
    return (bom + result.decode("utf-8")).encode(encoding)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines of the file that stand or fall together; `frame` is a docstring or __future__."""

    text: bytes
    frame: bool
    blanks: int


def _pieces(lines: list[bytes], tree: ast.Module, wanted: Slice) -> Iterator[_Piece]:
    """The kept stretches of the file, each with the number of blank lines before it."""
    at = blanks = 0
    for indexes, first, last in _groups(tree):
        start = _first_text(lines, at, first)
        header = _header(lines, start, first) if at == 0 else start
        if header > start:
            yield _Piece(b"".join(lines[start:header]), True, 0)
            at, start = header, _first_text(lines, header, first)
        blanks = max(blanks, start - at)
        text = _statement_text(lines, tree, indexes, start, last, wanted)
        if text is not None:
            yield _Piece(text, _is_top(tree.body[indexes[0]], indexes[0]), blanks)
            blanks = 0
        at = last
    rest = b"".join(lines[at:])
    if rest.strip() and tree.body and len(tree.body) - 1 in wanted.statements:
        start = _first_text(lines, at, len(lines))
        yield _Piece(b"".join(lines[start:]), False, start - at)


def _groups(tree: ast.Module) -> Iterator[tuple[list[int], int, int]]:
    """Statements by the lines that they stand on (0-based first, exclusive last)."""
    found: list[tuple[list[int], int, int]] = []
    for index, node in enumerate(tree.body):
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) - 1
        last = node.end_lineno or node.lineno
        if found and first < found[-1][2]:
            found[-1] = ([*found[-1][0], index], found[-1][1], last)
        else:
            found.append(([index], first, last))
    yield from found


def _first_text(lines: list[bytes], at: int, end: int) -> int:
    """The first line from `at` that is not blank, at most `end`."""
    while at < end and not lines[at].strip():
        at += 1
    return at


def _header(lines: list[bytes], start: int, first: int) -> int:
    """The end of the comments that open the file, where a blank line parts them from the code."""
    blank = [n for n in range(start, first) if not lines[n].strip()]
    return blank[-1] + 1 if blank else start


def _statement_text(
    lines: list[bytes], tree: ast.Module, indexes: list[int], start: int, last: int, wanted: Slice
) -> bytes | None:
    kept = [i for i in indexes if i in wanted.statements]
    text = b"".join(lines[start:last])
    if not kept and not any(i in wanted.aliases for i in indexes):
        return None
    if len(indexes) > 1:
        return text
    node = tree.body[indexes[0]]
    if kept:
        return _without(lines, start, last, node, wanted.cut)
    names = set(wanted.aliases[indexes[0]])
    return _trim(text, node, names, node.lineno - 1 - start)


def _trim(text: bytes, node: ast.stmt, names: set[str], comments: int) -> bytes:
    """An import statement with only some of its names; comments above it are kept."""
    assert isinstance(node, ast.Import | ast.ImportFrom)
    if all(_local(alias) in names for alias in node.names):
        return text
    rows = text.splitlines(keepends=True)
    lead, body = b"".join(rows[:comments]), b"".join(rows[comments:])
    return lead + _trimmed(body.decode("utf-8"), names).encode("utf-8")


def _trimmed(statement: str, names: set[str]) -> str:
    import libcst as cst

    indent = re.match(r"[ \t]*", statement)
    margin = indent.group() if indent else ""
    module = cst.parse_module(statement[len(margin) :])
    line = module.body[0]
    assert isinstance(line, cst.SimpleStatementLine)
    small = line.body[0]
    assert isinstance(small, cst.Import | cst.ImportFrom)
    assert not isinstance(small.names, cst.ImportStar)
    kept = [alias for alias in small.names if _cst_local(alias) in names]
    in_brackets = isinstance(small, cst.ImportFrom) and small.lpar is not None
    if not in_brackets or not isinstance(small.names[-1].comma, cst.Comma):
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    elif kept[-1] is not small.names[-1]:
        kept[-1] = kept[-1].with_changes(comma=small.names[-1].comma)
    changed = line.with_changes(body=[small.with_changes(names=kept), *line.body[1:]])
    return margin + module.with_changes(body=[changed]).code


def _cst_local(alias: object) -> str:
    import libcst as cst

    assert isinstance(alias, cst.ImportAlias)
    return alias.evaluated_alias or alias.evaluated_name.partition(".")[0]


def _local(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _without(
    lines: list[bytes], start: int, last: int, node: ast.stmt, cut: Collection[ast.AST]
) -> bytes:
    """The lines of a statement, less the nodes in it that are cut."""
    edits = sorted(_edits(lines, node, set(cut)), reverse=True)
    text = b"".join(lines[start:last])
    offsets = _offsets(lines, start, last)
    for (l1, c1), (l2, c2), new in edits:
        a, b = offsets[l1] + c1, offsets[l2] + c2
        text = text[:a] + new + text[b:]
    return text


Spot = tuple[int, int]


def _edits(
    lines: list[bytes], node: ast.AST, cut: set[ast.AST]
) -> Iterator[tuple[Spot, Spot, bytes]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block:
            yield from _block_edits(lines, block, cut)
    if isinstance(node, ast.List | ast.Tuple) and any(e in cut for e in node.elts):
        yield _literal_edit(lines, node, cut)
        return
    for child in ast.iter_child_nodes(node):
        if child not in cut:
            yield from _edits(lines, child, cut)


def _block_edits(
    lines: list[bytes], block: list[ast.stmt], cut: set[ast.AST]
) -> Iterator[tuple[Spot, Spot, bytes]]:
    gone = [s for s in block if _is_gone(s, cut)]
    for statement in block:
        if statement in gone:
            only = len(gone) == len(block) and statement is block[0]
            yield _removal(lines, statement, b"pass" if only else b"")
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            names = {_local(a) for a in statement.names if a not in cut}
            if len(names) < len({_local(a) for a in statement.names}):
                yield _import_edit(lines, statement, names)


def _is_gone(statement: ast.stmt, cut: set[ast.AST]) -> bool:
    if statement in cut:
        return True
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return all(alias in cut for alias in statement.names)
    return False


def _removal(lines: list[bytes], node: ast.stmt, new: bytes) -> tuple[Spot, Spot, bytes]:
    first, last = node.lineno, node.end_lineno or node.lineno
    start, end = node.col_offset, node.end_col_offset or 0
    alone = not lines[first - 1][:start].strip()
    rest = lines[last - 1][end:].strip()
    if new or not alone or (rest and not rest.startswith(b"#")):
        tail = re.match(rb"[ \t]*;[ \t]*", lines[last - 1][end:]) if not new else None
        return (first, start), (last, end + (tail.end() if tail else 0)), new
    while (
        first > 1
        and lines[first - 2].lstrip().startswith(b"#")
        and _margin(lines[first - 2]) == _margin(lines[node.lineno - 1])
    ):
        first -= 1
    return (first, 0), (last, len(lines[last - 1])), b""


def _import_edit(
    lines: list[bytes], node: ast.Import | ast.ImportFrom, names: set[str]
) -> tuple[Spot, Spot, bytes]:
    end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    rows = lines[node.lineno - 1 : end_line]
    text = b"".join([*rows[:-1], rows[-1][:end]])[node.col_offset :]
    new = _trimmed(text.decode("utf-8"), names).rstrip("\r\n")
    return (node.lineno, node.col_offset), (end_line, end), new.encode("utf-8")


def _literal_edit(
    lines: list[bytes], node: ast.List | ast.Tuple, cut: set[ast.AST]
) -> tuple[Spot, Spot, bytes]:
    kept = [e for e in node.elts if e not in cut]
    texts = [_text(lines, e) for e in kept]
    spread = (node.end_lineno or node.lineno) > node.lineno
    glue = b", "
    if spread:
        glue = b",\n" + b" " * node.elts[0].col_offset
    inner = glue.join(texts)
    if isinstance(node, ast.Tuple):
        inner = b"(" + inner + (b",)" if len(kept) == 1 else b")")
    else:
        inner = b"[" + inner + b"]"
    return (
        (node.lineno, node.col_offset),
        (node.end_lineno or node.lineno, node.end_col_offset or 0),
        inner,
    )


def _text(lines: list[bytes], node: ast.expr) -> bytes:
    last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    if last == node.lineno:
        return lines[last - 1][node.col_offset : end]
    rows = lines[node.lineno - 1 : last]
    return b"".join([rows[0][node.col_offset :], *rows[1:-1], rows[-1][:end]])


def _margin(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _offsets(lines: list[bytes], start: int, last: int) -> dict[int, int]:
    """Line number (from 1) → offset in the text of lines `start` to `last`."""
    found, at = {}, 0
    for number in range(start, last):
        found[number + 1] = at
        at += len(lines[number])
    return found


def _is_top(node: ast.stmt, index: int) -> bool:
    future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    doc = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return future or doc


def _with_extra(
    pieces: list[_Piece], extra: tuple[str, ...], tree: ast.Module, newline: str
) -> list[_Piece]:
    if not extra:
        return pieces
    at = 0
    while at < len(pieces) and pieces[at].frame:
        at += 1
    while at < len(pieces) and pieces[at].text.startswith((b"import ", b"from ")):
        at += 1
    text = "".join(line + newline for line in extra).encode("utf-8")
    after_imports = at and not pieces[at - 1].frame
    return [*pieces[:at], _Piece(text, False, 0 if after_imports else 1), *pieces[at:]]


def _join(pieces: list[_Piece], newline: str) -> bytes:
    out: list[bytes] = []
    for piece in pieces:
        if out:
            if not out[-1].endswith((b"\n", b"\r")):
                out.append(newline.encode())
            out.append(newline.encode() * min(piece.blanks, 2))
        out.append(piece.text)
    return b"".join(out)

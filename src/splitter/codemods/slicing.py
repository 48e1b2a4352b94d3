"""Keep what is needed of a module: whole statements, with their comments, byte for byte.

What goes: statements that are not kept, with the comments above them; names of imports that are
not kept; nested statements and elements of literals that were cut. A block that is left empty
gets `pass`. Where something went, two blank lines stay at most. The comments that open the file,
line endings, encoding and all kept text stay as they were.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from splitter.codemods.cutting import cuts_in, edited, logical_lines, without_statements
from splitter.codemods.hollowing import hollow
from splitter.codemods.spans import Lines, Span


@dataclass(frozen=True, slots=True)
class Slice:
    """What to keep of a module.

    `statements`: indexes of top-level statements kept as they are; `aliases`: import statement →
    the local names kept of it; `cut`: nodes inside kept statements that go (statements, import
    aliases, elements of a list, tuple or set, values of a dict, arguments of a call, items of a
    `with`); `extra`: lines of import to put behind those at the top; `bodies`: function → what
    stands in the place of its body.
    """

    statements: Collection[int]
    aliases: Mapping[int, Collection[str]]
    cut: Collection[ast.AST] = ()
    extra: tuple[str, ...] = ()
    bodies: Mapping[int, str] = field(default_factory=dict)


def slice_module(source: bytes, tree: ast.Module, wanted: Slice) -> bytes:
    """The module with only what is wanted. `tree` is `ast.parse(source)`; nothing else is read."""
    encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
    lines = Lines(source.decode(encoding))
    newline = "\r\n" if re.match(r"[^\r\n]*\r\n", lines.text) else "\n"
    pieces = list(_pieces(lines, tree, wanted))
    return _join(_with_extra(pieces, wanted.extra, newline), newline).encode(encoding)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the file, with the blank lines before it.

    `frame`: a header, docstring or `__future__`. `cut_off`: something went right before it.
    """

    text: str
    gap: str
    frame: bool = False
    imports: bool = False
    cut_off: bool = False


def _pieces(lines: Lines, tree: ast.Module, wanted: Slice) -> Iterator[_Piece]:
    """The kept stretches of the file, in order."""
    at = _behind_header(lines, tree)
    if at:
        yield _Piece(lines.text[:at], "", frame=True)
    gap, cut_off, kept = "", False, True
    dropped = _dropped(tree, wanted)
    for row in logical_lines(lines, tree.body):
        start, end = _first_text(lines, at), _end(lines, row)
        gap = max(gap, lines.text[at:start], key=_count) if cut_off else lines.text[at:start]
        kept = not dropped.issuperset(row)
        if kept:
            text = _hollowed(lines, row, tree, wanted) or _text(
                lines, row, (start, end), dropped, wanted
            )
            imports = all(isinstance(s, ast.Import | ast.ImportFrom) for s in row)
            yield _Piece(text, gap, _is_top(row[0], tree), imports, cut_off)
            gap = ""
        cut_off, at = not kept, end
    if kept and at < len(lines.text):
        start = _first_text(lines, at)
        yield _Piece(lines.text[start:], lines.text[at:start])


def _dropped(tree: ast.Module, wanted: Slice) -> set[ast.AST]:
    """All that goes: statements, import aliases, nested nodes."""
    found = set(wanted.cut)
    for index, node in enumerate(tree.body):
        if index in wanted.statements:
            continue
        names = wanted.aliases.get(index)
        if names is None or not isinstance(node, ast.Import | ast.ImportFrom):
            found.add(node)
        else:
            found.update(alias for alias in node.names if _local(alias) not in names)
    return found | {node for node in tree.body if _is_emptied(node, found)}


def _local(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _is_emptied(node: ast.stmt, gone: set[ast.AST]) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) and gone.issuperset(node.names)


def _behind_header(lines: Lines, tree: ast.Module) -> int:
    """The end of the comments that open the file, where a blank line parts them from the code.

    A line that names the interpreter or the encoding stays in any case.
    """
    first = lines.span(tree.body[0])[0] if tree.body else len(lines.text)
    lead = lines.text[: lines.start_of_line(first)]
    rows = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)", lead)
    kept = 0
    for count, row in enumerate(rows, 1):
        told = count <= 2 and re.match(r"#!|[ \t\f]*#.*?coding[:=]", row)
        if told or (not row.strip() and any(r.strip() for r in rows[:count])):
            kept = count
    while kept and not rows[kept - 1].strip():
        kept -= 1
    return sum(len(row) for row in rows[:kept])


def _first_text(lines: Lines, at: int) -> int:
    """The start of the first line from `at` on that is not blank."""
    while at < len(lines.text) and not lines.text[at : lines.end_of_line(at)].strip():
        at = lines.end_of_line(at)
    return at


def _end(lines: Lines, row: list[ast.stmt]) -> int:
    """Behind the last line of statements, and behind comments that end an indented block."""
    end = at = lines.end_of_line(lines.span(row[-1])[1])
    while at < len(lines.text):
        text = lines.text[at : lines.end_of_line(at)]
        if text.strip() and not re.match(r"[ \t]+#", text):
            break
        at = lines.end_of_line(at)
        end = at if text.strip() else end
    return end


def _text(
    lines: Lines, row: list[ast.stmt], span: Span, dropped: set[ast.AST], wanted: Slice
) -> str:
    edits = list(without_statements(lines, row, dropped))
    for statement in row:
        trimmed = isinstance(statement, ast.Import | ast.ImportFrom)
        if (trimmed or wanted.cut) and statement not in dropped:
            edits += cuts_in(lines, statement, dropped)
    return edited(lines.text, edits, span)


def _hollowed(lines: Lines, row: list[ast.stmt], tree: ast.Module, wanted: Slice) -> str:
    """A function that gets another body; the comments above it stay away with the old one."""
    node = row[0]
    bodies = {id(tree.body[index]): body for index, body in wanted.bodies.items()}
    if id(node) not in bodies or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    return hollow(lines, node, bodies[id(node)]) + ("\r\n" if "\r\n" in lines.text else "\n")


def _is_top(node: ast.stmt, tree: ast.Module) -> bool:
    if isinstance(node, ast.Expr):
        return node is tree.body[0] and isinstance(node.value, ast.Constant)
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _with_extra(pieces: list[_Piece], extra: tuple[str, ...], newline: str) -> list[_Piece]:
    if not extra:
        return pieces
    at = 0
    while at < len(pieces) and pieces[at].frame:
        at += 1
    while at < len(pieces) and pieces[at].imports:
        at += 1
    text = "".join(line.replace("\n", newline) + newline for line in extra)
    gap = newline if at and not pieces[at - 1].imports else ""
    return [*pieces[:at], _Piece(text, gap), *pieces[at:]]


def _join(pieces: list[_Piece], newline: str) -> str:
    out: list[str] = []
    for piece in pieces:
        if out and not out[-1].endswith(("\n", "\r")):
            out.append(newline)
        if piece.cut_off:
            out.append(newline * min(_count(piece.gap), 2) if out else "")
        else:
            out.append(piece.gap)
        out.append(piece.text)
    return "".join(out)


def _count(gap: str) -> int:
    """The number of blank lines."""
    return len(re.findall(r"\r\n|\r|\n", gap))

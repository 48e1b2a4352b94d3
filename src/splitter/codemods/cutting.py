"""Cut nodes out of a statement: nested statements, names of imports, elements of literals.

Each cut is an edit of the text, so that all else stays as it was. A block that is left empty
gets `pass`; what stands between two elements goes with the first of them that is cut.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence

from splitter.codemods.sequences import Edit, Literal, Row, bare, row_of, values
from splitter.codemods.spans import Lines, Span, joined


def cuts_in(lines: Lines, node: ast.AST, cut: Collection[ast.AST]) -> Iterator[Edit]:
    """The edits that take the nodes in `cut` out of a node that stays.

    Of an import its aliases can be cut, of a list, tuple or set its elements, of a dict its
    values (and the keys with them), of a block its statements, of a call its arguments, of a
    `with` its items.
    """
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block:
            yield from _in_block(lines, node, block, cut)
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from _in_import(lines, node, cut)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
        yield from _in_literal(lines, node, cut)
    elif isinstance(node, ast.Call):
        yield from _in_call(lines, node, cut)
    elif isinstance(node, ast.With | ast.AsyncWith):
        yield from _in_with(lines, node, cut)
    keys = _keys_of_cut(node, cut) if isinstance(node, ast.Dict) else ()
    for child in ast.iter_child_nodes(node):
        if child not in keys and not is_gone(child, cut):
            yield from cuts_in(lines, child, cut)


def is_gone(node: ast.AST, cut: Collection[ast.AST]) -> bool:
    """Whether a node is cut, or is an import of which every name is."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return node in cut or all(alias in cut for alias in node.names)
    return node in cut


def without_statements(
    lines: Lines, statements: Sequence[ast.stmt], cut: Collection[ast.AST]
) -> Iterator[Edit]:
    """The edits that take some statements off the logical line that they share with others."""
    spans = [lines.span(statement) for statement in statements]
    gone = [is_gone(statement, cut) for statement in statements]
    around = (spans[0][0], lines.end_of_line(spans[-1][1]))
    yield from Row(lines, spans, around, ";").without(gone)


def edited(text: str, edits: Iterable[Edit], span: Span) -> str:
    """The text of a span, with the edits that lie in it made."""
    start, end = span
    parts: list[str] = []
    for first, last, new in sorted(edits):
        parts += [text[start:first], new]
        start = last
    return "".join([*parts, text[start:end]])


def logical_lines(lines: Lines, block: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements by the logical line that they stand on, parted by semicolons."""
    row: list[ast.stmt] = []
    for statement in block:
        if row and not joined(lines.text[lines.span(row[-1])[1] : lines.span(statement)[0]]):
            yield row
            row = []
        row.append(statement)
    if row:
        yield row


def _in_block(
    lines: Lines, node: ast.AST, block: list[ast.stmt], cut: Collection[ast.AST]
) -> Iterator[Edit]:
    gone = [s for s in block if is_gone(s, cut)]
    if not gone:
        return
    if _is_elif(lines, block):
        start, end = lines.span(block[0])
        yield lines.start_of_line(start), lines.end_of_line(end), ""
        return
    empty = len(gone) == len(block)
    for row in logical_lines(lines, block):
        start, end = lines.span(row[0])[0], lines.span(row[-1])[1]
        if not all(s in gone for s in row):
            yield from without_statements(lines, row, cut)
        elif empty and row[0] is block[0]:
            yield _above(lines, node, start), end, "pass"
        else:
            first = lines.start_of_line(_above(lines, node, start))
            yield first, lines.end_of_line(end), ""


def _above(lines: Lines, node: ast.AST, start: int) -> int:
    """The start of the comments above a statement in `node`, which itself starts at `start`."""
    if not lines.opens_line(start):
        return start
    parts = (part for part in ast.walk(node) if isinstance(part, ast.expr | ast.stmt))
    floor = max((end for _, end in map(lines.span, parts) if end <= start), default=0)
    return lines.with_comments_above(start, floor)


def _is_elif(lines: Lines, block: list[ast.stmt]) -> bool:
    return isinstance(block[0], ast.If) and lines.text.startswith("elif", lines.span(block[0])[0])


def _in_import(
    lines: Lines, node: ast.Import | ast.ImportFrom, cut: Collection[ast.AST]
) -> Iterator[Edit]:
    end = lines.span(node)[1]
    spans = [lines.span(alias) for alias in node.names]
    start = lines.span(node)[0]
    row = Row(lines, spans, (start, end), bracketed=lines.text[end - 1] == ")")
    yield from row.without([alias in cut for alias in node.names])


def _in_literal(lines: Lines, node: Literal, cut: Collection[ast.AST]) -> Iterator[Edit]:
    gone = [element in cut for element in values(node)]
    if gone and all(gone):
        yield *lines.span(node), _EMPTY[type(node)]
    elif any(gone):
        yield from row_of(lines, node).without(gone)


def _in_call(lines: Lines, node: ast.Call, cut: Collection[ast.AST]) -> Iterator[Edit]:
    both: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    given = sorted(both, key=lambda a: (a.lineno, a.col_offset))
    gone = [argument in cut for argument in given]
    if not any(gone):
        return
    around = lines.span(node.func)[1], lines.span(node)[1]
    around = lines.text.index("(", around[0]), around[1]
    if all(gone):
        yield around[0] + 1, around[1] - 1, ""
    else:
        spans = [_with_brackets(lines, lines.span(a), around) for a in given]
        yield from Row(lines, spans, around, bracketed=True).without(gone)


def _in_with(
    lines: Lines, node: ast.With | ast.AsyncWith, cut: Collection[ast.AST]
) -> Iterator[Edit]:
    """Where no item stays the block does, under a condition that always holds."""
    gone = [item in cut for item in node.items]
    if not any(gone):
        return
    ends = [(i.context_expr, i.optional_vars or i.context_expr) for i in node.items]
    spans = [(lines.span(first)[0], lines.span(last)[1]) for first, last in ends]
    start, body = lines.span(node)[0], lines.span(node.body[0])[0]
    colon = spans[-1][1] + bare(lines.text[spans[-1][1] : body]).index(":")
    if all(gone):
        yield start, colon, "if True"
        return
    bracket = bare(lines.text[start : spans[0][0]]).find("(")
    opened = start + bracket if bracket >= 0 else spans[0][0]
    around = opened, colon if bracket < 0 else lines.text.rindex(")", 0, colon) + 1
    spans = [_with_brackets(lines, span, around) for span in spans]
    yield from Row(lines, spans, around, bracketed=bracket >= 0).without(gone)


def _with_brackets(lines: Lines, span: Span, around: Span) -> Span:
    """The span of an element with the brackets that stand around it alone."""
    start, end = span
    while True:
        before = lines.text[around[0] + 1 : start].rstrip()
        after = lines.text[end : around[1] - 1]
        if not before.endswith("(") or not after.lstrip().startswith(")"):
            return start, end
        start, end = around[0] + len(before), end + len(after) - len(after.lstrip()) + 1


def _keys_of_cut(node: ast.Dict, cut: Collection[ast.AST]) -> list[ast.expr | None]:
    return [key for key, value in zip(node.keys, node.values, strict=True) if value in cut]


_EMPTY = {ast.List: "[]", ast.Tuple: "()", ast.Set: "set()", ast.Dict: "{}"}

"""A function with its header and docstring as they were, byte for byte, and another body."""

from __future__ import annotations

import ast
import io
import tokenize

from splitter.codemods.spans import Lines

_LINE = 88


def hollow(lines: Lines, node: ast.FunctionDef | ast.AsyncFunctionDef, body: str) -> str:
    """The text of a function without its decorators, with `body` in the place of its own.

    `body` has a line for each line, not indented.
    """
    newline = "\r\n" if "\r\n" in lines.text else "\n"
    start = lines.offset(node.lineno, node.col_offset)
    header = lines.text[start : _behind_header(lines, node, start)]
    indent = _indent(lines, node)
    docstring = _docstring(lines, node)
    rows = [header, *([indent + docstring] if docstring else [])]
    return newline.join([*rows, *(f"{indent}{line}" for line in body.splitlines())])


def calling(function: str, key: str, parameters: tuple[str, ...], *, awaits: bool) -> str:
    """`return function("key", {"a": a, ...})`, in several lines where it is long."""
    begin = f'return {"await " if awaits else ""}{function}("{key}", {{'
    pairs = [f'"{name}": {name}' for name in parameters]
    line = f"{begin}{', '.join(pairs)}}})"
    if len(line) <= _LINE - 4:
        return line
    return "\n".join([begin, *(f"    {pair}," for pair in pairs), "})"])


def _behind_header(lines: Lines, node: ast.FunctionDef | ast.AsyncFunctionDef, start: int) -> int:
    """Behind the colon: the last one before the body that no bracket is around."""
    text = lines.text[start : lines.span(node.body[0])[0]]
    depth, end = 0, (1, 0)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
                if token.string == ":" and not depth:
                    end = token.end
    except (tokenize.TokenError, IndentationError):
        pass  # the body that follows is missing
    row, column = end
    return start + sum(len(r) for r in text.splitlines(keepends=True)[: row - 1]) + column


def _indent(lines: Lines, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    first = lines.span(node.body[0])[0]
    if not lines.opens_line(first):
        return "    "
    return lines.text[lines.start_of_line(first) : first]


def _docstring(lines: Lines, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    if ast.get_docstring(node, clean=False) is None:
        return ""
    start, end = lines.span(node.body[0])
    return lines.text[start:end]

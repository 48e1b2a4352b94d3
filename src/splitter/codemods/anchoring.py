"""`__file__` goes on saying where the monolith had the file, so that data is found beside it."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from itertools import takewhile

from splitter.codemods.sequences import Edit
from splitter.codemods.spans import Lines, joined


def anchor(source: bytes, *, origin_path: str, depth: int) -> bytes:
    """Every `__file__` of a module in the place of the path that it had in the monolith.

    The monolith's tree of data is laid out anew below the folder `depth` levels above the
    module's own; `origin_path` is the module's file, relative to the monolith's root.
    """
    encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
    lines = Lines(source.decode(encoding))
    tree = ast.parse(lines.text)
    spots = [
        lines.span(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "__file__" and isinstance(node.ctx, ast.Load)
    ]
    if not spots:
        return source
    name, path = _free("_FILE", lines.text), _free("_Path", lines.text)
    edits = [(start, end, name) for start, end in spots]
    edits.append(_definition(lines, tree, _rows(name, path, origin_path, depth)))
    text = lines.text
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text.encode(encoding)


def _free(name: str, text: str) -> str:
    while re.search(rf"\b{name}\b", text):
        name += "_"
    return name


def _rows(name: str, path: str, origin_path: str, depth: int) -> list[str]:
    here = f"{path}(__file__).resolve().parents[{depth}]"
    return [
        f"from pathlib import Path as {path}",
        "",
        "# Where the monolith has this file; the data that it reads lies beside it.",
        f"{name} = str({here} / {json.dumps(origin_path, ensure_ascii=False)})",
    ]


def _definition(lines: Lines, tree: ast.Module, rows: list[str]) -> Edit:
    """The edit that puts the rows behind docstring and leading imports."""
    newline = "\r\n" if "\r\n" in lines.text else "\n"
    text = newline.join(rows) + newline
    leading = list(takewhile(lambda node: _is_leading(node, tree), tree.body))
    after = lines.span(tree.body[len(leading)])[0]
    if not leading:
        return after, after, text
    end = lines.span(leading[-1])[1]
    if joined(lines.text[end:after]):
        return end, after, newline + text
    return lines.end_of_line(end), lines.end_of_line(end), text


def _is_leading(node: ast.stmt, tree: ast.Module) -> bool:
    if isinstance(node, ast.Expr):
        return node is tree.body[0] and isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Import | ast.ImportFrom)

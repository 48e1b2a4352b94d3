"""`__file__` goes on saying where the monolith had the file, so that data is found beside it."""

from __future__ import annotations

import ast
import io
import tokenize

NAME = "_FILE"


def anchor(source: bytes, *, origin_path: str, depth: int) -> bytes:
    """Every `__file__` of a module in the place of the path that it had in the monolith.

    The monolith's tree of data is laid out anew below the folder `depth` levels above the
    module's own; `origin_path` is the module's file, relative to the monolith's root.
    """
    encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
    text = source.decode(encoding)
    tree = ast.parse(text)
    spots = sorted(
        (node.lineno, node.col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "__file__"
    )
    if not spots:
        return source
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.encode("utf-8").splitlines(keepends=True)
    for line, column in reversed(spots):
        row = lines[line - 1]
        lines[line - 1] = row[:column] + NAME.encode() + row[column + len("__file__") :]
    at = _after_imports(tree)
    lines[at:at] = [row.encode() for row in _definition(origin_path, depth, newline)]
    return b"".join(lines).decode("utf-8").encode(encoding)


def _definition(origin_path: str, depth: int, newline: str) -> list[str]:
    return [
        f"from pathlib import Path as _Path{newline}",
        newline,
        f"# Where the monolith has this file; the data that it reads lies beside it.{newline}",
        f'{NAME} = str(_Path(__file__).resolve().parents[{depth}] / "{origin_path}"){newline}',
    ]


def _after_imports(tree: ast.Module) -> int:
    """The line behind docstring and leading imports."""
    at = 0
    for index, node in enumerate(tree.body):
        doc = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not doc and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        at = node.end_lineno or node.lineno
    return at

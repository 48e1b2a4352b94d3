"""A module written anew that keeps what an earlier text of it had, and others still import."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from splitter.codemods.slicing import Slice, slice_module
from splitter.codemods.spans import Lines

Imports = ast.Import | ast.ImportFrom


def merge(new: bytes, old: bytes) -> bytes:
    """`new`, and at its end those statements of `old` that it lacks, with the imports they need.

    A name that both define is as in `new`. The texts are Python that can be parsed.
    """
    made, had = ast.parse(new), ast.parse(old)
    lines = Lines(_decoded(old))
    known = set(_names(made.body))
    texts = {_text(Lines(_decoded(new)), node) for node in made.body}
    lost = [n for n in had.body if _is_lost(n, known, _text(lines, n), texts)]
    if not lost:
        return new
    extra = tuple(_imports(had, " ".join(_text(lines, n) for n in lost), known))
    whole = Slice(range(len(made.body)), {}, extra=extra)
    newline = "\r\n" if "\r\n" in lines.text else "\n"
    behind = "".join(f"{newline}{newline}{_text(lines, n)}{newline}" for n in lost)
    return slice_module(new, made, whole).rstrip() + newline.encode() + behind.encode()


def _decoded(source: bytes) -> str:
    return source.decode(tokenize.detect_encoding(io.BytesIO(source).readline)[0])


def _is_lost(node: ast.stmt, known: set[str], text: str, texts: set[str]) -> bool:
    if isinstance(node, Imports) or (isinstance(node, ast.Expr) and _is_text(node.value)):
        return False
    names = set(_names([node]))
    return "__all__" not in names and not names & known and text not in texts


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _names(body: list[ast.stmt]) -> Iterator[str]:
    """What statements of a module bind, as far as it can be imported by name."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
            continue
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id
            elif isinstance(part, Imports):
                yield from (a.asname or a.name.partition(".")[0] for a in part.names)


def _text(lines: Lines, node: ast.stmt) -> str:
    start, end = lines.span(node)
    start = lines.with_comments_above(start) if lines.opens_line(start) else start
    return lines.text[start:end]


def _imports(tree: ast.Module, text: str, known: set[str]) -> Iterator[str]:
    """The imports of a module that a text needs and that are not known, a line each."""
    words = set(re.findall(r"\w+", text))
    for node in tree.body:
        if isinstance(node, Imports):
            for alias in node.names:
                local = alias.asname or alias.name.partition(".")[0]
                if local in words and local not in known:
                    yield _line(node, alias)


def _line(node: Imports, alias: ast.alias) -> str:
    name = alias.name + (f" as {alias.asname}" if alias.asname else "")
    if isinstance(node, ast.Import):
        return f"import {name}"
    return f"from {'.' * node.level}{node.module or ''} import {name}"

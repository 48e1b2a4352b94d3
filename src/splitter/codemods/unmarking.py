"""Marks of deprecated routes taken out again, so that what is copied does not carry them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from splitter.codemods.routes import mark_deprecated
from splitter.codemods.spans import Lines, Span

MARK = "deprecated=True"


def unmark(source: bytes, *, module: str, is_package: bool, endpoints: Collection[str]) -> bytes:
    """The file as it was before `mark_deprecated` marked these endpoints in it.

    That is certain: marking the result gives the source. Where it does not, the source is given.
    """
    try:
        bom, text = _decoded(source)
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return source
    names = {endpoint.partition(":")[2].rpartition(".")[2] for endpoint in endpoints}
    lines = Lines(text)
    for start, end in sorted(
        (s for c in _calls(tree, names) for s in _cuts(lines, c)), reverse=True
    ):
        text = text[:start] + text[end:]
    plain = (bom + text).encode()
    again = mark_deprecated(plain, module=module, is_package=is_package, endpoints=endpoints)
    return plain if again.source == source else source


def _decoded(source: bytes) -> tuple[str, str]:
    text = source.decode("utf-8")
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    return bom, text.removeprefix(bom)


def _calls(tree: ast.Module, names: Collection[str]) -> Iterator[ast.Call]:
    """The calls by which functions of these names become routes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in names:
            yield from (d for d in node.decorator_list if isinstance(d, ast.Call))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("add_api_route"):
            yield node


def _cuts(lines: Lines, call: ast.Call) -> Iterator[Span]:
    """The mark with the space before it, and the comma that came with it."""
    if not call.keywords or ast.unparse(call.keywords[-1]) != MARK:
        return
    mark = call.keywords[-1]
    start, end = lines.offset(mark.lineno, mark.col_offset), lines.span(mark.value)[1]
    others = [lines.span(node)[1] for node in (*call.args, *(k.value for k in call.keywords[:-1]))]
    if not others:
        yield start, end
        return
    closed = re.compile(r"\s*,").match(lines.text, end)
    comma = lines.text.index(",", max(others))
    if closed is None:
        yield comma, comma + 1
    yield max(comma + 1, len(lines.text[:start].rstrip())), closed.end() if closed else end

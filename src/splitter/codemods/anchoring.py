"""`__file__` goes on saying where the monolith had the file, so that data is found beside it."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Collection, Iterator, Mapping
from itertools import takewhile

from splitter.codemods.sequences import Edit
from splitter.codemods.spans import Lines, joined

_OWN = {"__name__", "__package__"}


def anchor(
    source: bytes,
    *,
    origin_path: str,
    depth: int,
    others: Mapping[str, str] | None = None,
    package: str = "",
    finders: Collection[str] = (),
) -> bytes:
    """Every `__file__` of a module in the place of the path that it had in the monolith.

    The monolith's tree of data is laid out anew below the folder `depth` levels above the
    module's own; `origin_path` is the module's file, relative to the monolith's root. `others`
    are the files of modules by the expressions for them (`a.b` where it says `a.b.__file__`).
    `finders` are functions that look for data in a package: they are given the name of `package`
    instead of `__package__`.
    """
    encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
    lines = Lines(source.decode(encoding))
    tree = ast.parse(lines.text)
    edits = [(*lines.span(n), json.dumps(package)) for n in _packages(tree, finders)]
    files = list(_files(tree, {"": origin_path, **(others or {})}))
    if not edits and not files:
        return source
    names = _named([path for _, path in files], lines.text)
    edits += [(*lines.span(node), names[path]) for node, path in files]
    if names:
        rows = _rows(_free("_Path", lines.text), names, depth)
        edits.append(_definition(lines, tree, rows))
    text = lines.text
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text.encode(encoding)


def _packages(tree: ast.Module, finders: Collection[str]) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            if called in finders and node.args[0].id in _OWN:
                yield node.args[0]


def _files(tree: ast.Module, paths: Mapping[str, str]) -> Iterator[tuple[ast.expr, str]]:
    """What asks for the file of a module, and that file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "__file__":
            if isinstance(node.ctx, ast.Load):
                yield node, paths[""]
        elif isinstance(node, ast.Attribute) and node.attr == "__file__":
            expression = ast.unparse(node.value)
            if expression in paths:
                yield node, paths[expression]


def _named(paths: list[str], text: str) -> dict[str, str]:
    """A free name for each path."""
    names: dict[str, str] = {}
    for path in sorted(set(paths), key=paths.index):
        names[path] = _free("_FILE", text + " ".join(names.values()))
    return names


def _free(name: str, text: str) -> str:
    while re.search(rf"\b{name}\b", text):
        name += "_"
    return name


def _rows(path: str, names: Mapping[str, str], depth: int) -> list[str]:
    here = f"{path}(__file__).resolve().parents[{depth}]"
    what = "this file; the data that it reads lies beside it"
    what = what if len(names) == 1 else "these files; the data that is read lies beside them"
    return [
        f"from pathlib import Path as {path}",
        "",
        f"# Where the monolith has {what}.",
        *(
            f"{name} = str({here} / {json.dumps(file, ensure_ascii=False)})"
            for file, name in names.items()
        ),
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

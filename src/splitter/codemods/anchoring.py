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


def anchor(
    source: bytes,
    *,
    origin_path: str,
    depth: int,
    others: Mapping[str, str] | None = None,
    package: str = "",
    finders: Collection[str] = (),
    started: Collection[tuple[str, str]] = (),
) -> bytes:
    """Every `__file__` of a module in the place of the path that it had in the monolith.

    The monolith's tree of data is laid out anew below the folder `depth` levels above the
    module's own; `origin_path` is the module's file, relative to the monolith's root. `others`
    are the files of modules by the expressions for them (`a.b` where it says `a.b.__file__`).
    `package` is said instead of `__package__`, and instead of `__name__` to `finders`, which are
    functions that look for data in a package. `started` are texts of paths by the folder that the
    monolith is started in, each with the function that it is given to (empty: anywhere); they lead
    to the tree of data, too.
    """
    encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
    lines = Lines(source.decode(encoding))
    tree = ast.parse(lines.text)
    edits = [(*lines.span(n), json.dumps(package)) for n in _packages(tree, finders)]
    files = list(_files(tree, {"": origin_path, **(others or {})}))
    texts = list(_texts(tree, started))
    if not edits and not files and not texts:
        return source
    names = _named([path for _, path in files], lines.text)
    root = _free("_ROOT", lines.text) if texts else ""
    for node in texts:
        start, end = lines.span(node)
        edits.append((start, end, f"({root} + {lines.text[start:end]})"))
    edits += [(*lines.span(node), names[path]) for node, path in files]
    if names or root:
        rows = _rows(_free("_Path", lines.text), names, depth, root)
        edits.append(_definition(lines, tree, rows))
    text = lines.text
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text.encode(encoding)


def _packages(tree: ast.Module, finders: Collection[str]) -> Iterator[ast.expr]:
    """What stands for the package that the code is in, or the module where that is the same."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "__package__":
            if isinstance(node.ctx, ast.Load):
                yield node
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "__spec__.parent":
            yield node
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            if called in finders and node.args[0].id == "__name__":
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


def _texts(tree: ast.Module, started: Collection[tuple[str, str]]) -> Iterator[ast.expr]:
    """The paths by the folder that the monolith is started in; those in f-strings stay."""
    anywhere = {text for call, text in started if not call}
    todo: list[tuple[ast.AST, str]] = [(tree, "")]
    while todo:
        node, call = todo.pop()
        if isinstance(node, ast.JoinedStr):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value in anywhere or (call and (call, node.value) in started):
                yield node
            continue
        for child in ast.iter_child_nodes(node):
            inner = child.value if isinstance(child, ast.keyword) else child
            first = isinstance(node, ast.Call) and inner is not node.func
            todo.append((inner, _called(node) if first else ""))


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return str(getattr(function, "attr", getattr(function, "id", "")))


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


def _rows(path: str, names: Mapping[str, str], depth: int, root: str) -> list[str]:
    here = f"{path}(__file__).resolve().parents[{depth}]"
    what = "this file; the data that it reads lies beside it"
    what = what if len(names) == 1 else "these files; the data that is read lies beside them"
    started = [
        "",
        "# What the monolith looks for in the folder that it is started in lies below this.",
        f'{root} = str({here}) + "/"',
    ]
    return [
        f"from pathlib import Path as {path}",
        *(started if root else ()),
        *(("", f"# Where the monolith has {what}.") if names else ()),
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

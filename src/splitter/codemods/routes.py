"""Routes marked as deprecated where they are defined; nothing else of the file changes."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Marked:
    """The file as it is then, which of the endpoints have their routes marked in it, and which of
    these had none that was marked before."""

    source: bytes
    endpoints: frozenset[str]
    added: frozenset[str] = field(default=frozenset(), compare=False)


def mark_deprecated(
    source: bytes, *, module: str, is_package: bool, endpoints: Collection[str]
) -> Marked:
    """`deprecated=True` in the decorators and `add_api_route` calls of the endpoints.

    An endpoint is `module:qualname`; `module` is the file's own name. What says `deprecated=`
    already is left; so is a call with `**`, which might say it, and a file that does not parse.
    """
    import libcst as cst

    from splitter.codemods.inserting import encoded
    from splitter.codemods.marking import Marker

    try:
        tree = cst.parse_module(source)
        marker = Marker(module, _names(source, module, is_package), endpoints)
    except (cst.ParserSyntaxError, SyntaxError, UnicodeDecodeError):
        return Marked(source, frozenset())
    changed = tree.visit(marker)
    same = changed.deep_equals(tree)
    text = source if same else encoded(changed, source)
    return Marked(text, frozenset(marker.marked), frozenset(marker.marked - marker.known))


def _names(source: bytes, module: str, is_package: bool) -> Mapping[str, str]:
    """What the file's names stand for, in dotted names: its imports, functions and classes."""
    names: dict[str, str] = {}
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(node, module, is_package)
            names |= {a.asname or a.name: f"{origin}.{a.name}" for a in node.names}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[statement.name] = f"{module}.{statement.name}"
    return names


def _origin(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """The absolute name of the module that is imported from."""
    parts = module.split(".")
    above = parts[: len(parts) - node.level + is_package] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])

"""A call that takes the application, added where the application is made."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SUITES = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True, slots=True)
class Target:
    """What the application is called in its module; with `factory`, the function that makes it."""

    attribute: str
    factory: bool = False


def install(source: bytes, target: Target, *, module: str, function: str) -> bytes | None:
    """`from MODULE import FUNCTION`, and `FUNCTION(APP)` right after APP is made.

    The file as it is where FUNCTION is called in it already; `None` where no place is found.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    if any(isinstance(n, ast.Call) and _called(n) == function for n in ast.walk(tree)):
        return source
    place = _place(tree, target)
    if place is None:
        return None
    name, line = place
    imported = _last_import(tree, line)
    return _with_lines(
        source,
        {
            imported: [f"from {module} import {function}"],
            line: [f"{function}({name})"],
        }
        if imported != line
        else {line: [f"from {module} import {function}", f"{function}({name})"]},
    )


def _place(tree: ast.Module, target: Target) -> tuple[str, int] | None:
    """The application's local name, and the line of the statement after which it is there."""
    if not target.factory:
        made = _made(tree.body, {target.attribute})
        return made or _imported(tree, target.attribute)
    for node in _statements(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name == target.attribute:
            return _made(node.body, _returned(node))
    return None


def _made(body: Sequence[ast.stmt], names: set[str]) -> tuple[str, int] | None:
    """The first assignment of a call to one of the names; one of `FastAPI()` before all others."""
    found = [
        (_called(value) != "FastAPI", node.lineno, name)
        for node in _statements(body)
        for name, value in _assigned(node)
        if name in names and isinstance(value, ast.Call)
    ]
    return (min(found)[2], min(found)[1]) if found else None


def _assigned(node: ast.stmt) -> list[tuple[str, ast.expr | None]]:
    if isinstance(node, ast.Assign):
        return [(target.id, node.value) for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [(node.target.id, node.value)]
    return []


def _imported(tree: ast.Module, name: str) -> tuple[str, int] | None:
    """An application that is made elsewhere is there after the module's last import."""
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    if any(name == (alias.asname or alias.name) for node in imports for alias in node.names):
        return name, imports[-1].lineno
    return None


def _returned(function: ast.FunctionDef) -> set[str]:
    returns = (n.value for n in _statements(function.body) if isinstance(n, ast.Return))
    return {value.id for value in returns if isinstance(value, ast.Name)}


def _statements(body: Sequence[ast.AST]) -> Iterator[ast.stmt]:
    """The statements, with those of the blocks among them, but not of functions and classes."""
    for node in body:
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for suite in SUITES:
                yield from _statements(getattr(node, suite, ()))


def _last_import(tree: ast.Module, before: int) -> int:
    """The line of the statement that a further import goes after; 0 for the top."""
    lines = [0]
    for place, node in enumerate(tree.body):
        docstring = (
            place == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )
        if node.lineno <= before and (docstring or isinstance(node, ast.Import | ast.ImportFrom)):
            lines.append(node.lineno)
    return lines[-1]


def _called(node: ast.expr | None) -> str:
    """The last name of the function that is called."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _with_lines(source: bytes, added: dict[int, list[str]]) -> bytes | None:
    """The source with these statements after the ones that start on the given lines."""
    import libcst as cst

    from splitter.codemods.inserting import inserted

    try:
        return inserted(source, added)
    except cst.ParserSyntaxError:
        return None

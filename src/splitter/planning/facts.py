"""What a statement says by itself of routers and imports, read once for all plans."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass

from splitter.discovery.modules import ADDITIONS, INCLUSIONS, ROUTE_METHODS, registers_route
from splitter.discovery.trees import walk

_NOTICE, _DYNAMIC = "announce_deprecations", frozenset({"import_module", "__import__"})
_SPACE = r"[\s\\]*"
_SIGNS = tuple(word.encode() for word in sorted({*ADDITIONS, *INCLUSIONS, *_DYNAMIC, _NOTICE}))
_WORDS = re.compile(rb"\b(?:" + b"|".join(_SIGNS) + rb")\b")
_DECORATORS = re.compile(
    rf"@[^#(@]*\.{_SPACE}(?:{'|'.join(sorted(ROUTE_METHODS))}){_SPACE}\(".encode()
)
_DECORATED = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Parts of a statement.

    `dynamic` are calls that import by string, `additions` those that add a route, `routed` the
    functions and classes with a decorator that does; `notices` announce deprecated routes, which is
    the monolith's own affair.
    """

    inclusions: tuple[tuple[ast.Expr, ast.Call], ...] = ()
    notices: tuple[ast.Expr, ...] = ()
    dynamic: tuple[ast.Call, ...] = ()
    additions: tuple[ast.Call, ...] = ()
    routed: tuple[ast.AST, ...] = ()


NONE = Facts()


def may_have_facts(source: bytes) -> bool:
    """Whether a module's text holds a word that could become a fact."""
    if any(sign in source for sign in _SIGNS) and _WORDS.search(source):
        return True
    return _DECORATORS.search(source) is not None


def facts_of(node: ast.stmt) -> Facts:
    """The facts of a statement, with all that is in it."""
    inclusions: list[tuple[ast.Expr, ast.Call]] = []
    notices: list[ast.Expr] = []
    calls: list[ast.Call] = []
    routed: list[ast.AST] = []
    for part in walk(node):
        if isinstance(part, ast.Call):
            calls.append(part)
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            if _is_method(part.value, INCLUSIONS):
                inclusions.append((part, part.value))
            elif _called(part.value) == _NOTICE:
                notices.append(part)
        elif part.__class__ in _DECORATED and any(
            map(registers_route, part.decorator_list)  # type: ignore[attr-defined]
        ):
            routed.append(part)
    if not (inclusions or notices or routed or calls):
        return NONE
    dynamic = tuple(call for call in calls if _called(call) in _DYNAMIC)
    additions = tuple(call for call in calls if _is_method(call, ADDITIONS))
    return Facts(tuple(inclusions), tuple(notices), dynamic, additions, tuple(routed))


def _is_method(call: ast.Call, names: Collection[str]) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in names


def _called(call: ast.Call) -> str:
    """The last part of what is called: `include` of `a.b().include()`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""

"""What a statement says by itself of routers and imports, read once for all plans."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from splitter.discovery.modules import ADDITIONS, INCLUSIONS, ROUTE_METHODS, registers_route
from splitter.discovery.trees import walk

_NOTICE, _DYNAMIC = "announce_deprecations", frozenset({"import_module", "__import__"})
_LIES, _GET_MODULE, _THERE = "__module__", "getmodule", "."
_SPACE = r"[\s\\]*"
_SIGNS = tuple(
    word.encode()
    for word in sorted({*ADDITIONS, *INCLUSIONS, *_DYNAMIC, _NOTICE, _LIES, _GET_MODULE})
)
_SHARED = tuple(
    (part, tuple(sign for sign in _SIGNS if part in sign))
    for part in (b"_route", b"module", b"mount", b"__import__", b"announce_")
)
"""Parts of the signs, few for many: what has none of them has no sign."""
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
    the monolith's own affair. `lodged` ask in which module something lies, each with the text that
    the name is compared with (empty: none).
    """

    inclusions: tuple[tuple[ast.Expr, ast.Call], ...] = ()
    notices: tuple[ast.Expr, ...] = ()
    dynamic: tuple[ast.Call, ...] = ()
    additions: tuple[ast.Call, ...] = ()
    routed: tuple[ast.AST, ...] = ()
    lodged: tuple[tuple[ast.expr, str], ...] = ()


NONE = Facts()


def may_have_facts(source: bytes) -> bool:
    """Whether a module's text holds a word that could become a fact."""
    has_signs = any(part in source and any(s in source for s in signs) for part, signs in _SHARED)
    if has_signs and _WORDS.search(source):
        return True
    return _DECORATORS.search(source) is not None


def facts_of(node: ast.stmt) -> Facts:
    """The facts of a statement, with all that is in it."""
    inclusions: list[tuple[ast.Expr, ast.Call]] = []
    notices: list[ast.Expr] = []
    calls: list[ast.Call] = []
    routed: list[ast.AST] = []
    parts = list(walk(node))
    lodged = tuple(_lodged(parts))
    for part in parts:
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
    if not (inclusions or notices or routed or calls or lodged):
        return NONE
    dynamic = tuple(call for call in calls if _called(call) in _DYNAMIC)
    additions = tuple(call for call in calls if _is_method(call, ADDITIONS))
    return Facts(tuple(inclusions), tuple(notices), dynamic, additions, tuple(routed), lodged)


def _lodged(parts: Sequence[ast.AST]) -> Iterator[tuple[ast.expr, str]]:
    """What asks for the module that something lies in, but to get at that very module."""
    found = [p for p in parts if isinstance(p, ast.Attribute | ast.Call) and _asks_where(p)]
    against: dict[ast.AST, str] = {}
    for part in parts if found else ():
        if isinstance(part, ast.Compare):
            sides = (part.left, *part.comparators)
            texts = [text for side in sides if (text := _text(side))]
            against |= dict.fromkeys(sides, texts[0]) if texts else {}
        elif isinstance(part, ast.Call) and _called(part) == "startswith" and part.args:
            against |= dict.fromkeys(ast.iter_child_nodes(part.func), _text(part.args[0]))
        elif isinstance(part, ast.Subscript) and ast.unparse(part.value) == "sys.modules":
            against[part.slice] = _THERE
        elif isinstance(part, ast.Call) and _takes_a_module(part):
            against |= dict.fromkeys(part.args, _THERE)
    return ((node, against.get(node, "")) for node in found if against.get(node) != _THERE)


def _takes_a_module(call: ast.Call) -> bool:
    return _called(call) in _DYNAMIC or ast.unparse(call.func) == "sys.modules.get"


def _asks_where(node: ast.Attribute | ast.Call) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == _LIES and isinstance(node.ctx, ast.Load)
    called = _called(node)
    if called == "getattr":
        return any(_text(argument) == _LIES for argument in node.args)
    return called == _GET_MODULE


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_method(call: ast.Call, names: Collection[str]) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in names


def _called(call: ast.Call) -> str:
    """The last part of what is called: `include` of `a.b().include()`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""

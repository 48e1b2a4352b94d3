"""Names in strings: modules, and objects in them, that code asks for while it runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from splitter.discovery.modules import ModuleView
from splitter.discovery.scopes import Chain, chain_of

RESOURCES = frozenset(
    {"files", "PackageLoader", "get_data", "resource_filename", "resource_string"}
    | {"read_text", "read_binary", "open_text", "open_binary", "is_resource", "contents"}
)
"""The last names of functions whose first argument is the package that data lies in."""

_NAME = re.compile(r"[^\W\d]\w*(?:[.:][^\W\d]\w*)+")
_SILENT = {"getLogger", "get_logger", "get_run_logger"}
_OWN = {"__name__", "__package__"}


class Code(Protocol):
    """The monolith's code, as far as names are looked up in it."""

    def is_module(self, name: str) -> bool: ...

    def binds(self, module: str, name: str) -> bool: ...


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A piece of code that says a name, as `a.b`, `a.b:c` or `a.b.c`.

    `place`: it is a package, and only where it lies matters.
    """

    node: ast.expr
    name: str
    place: bool = False


def spoken(parts: Iterable[ast.AST], view: ModuleView) -> Iterator[Spoken]:
    """What the nodes of a statement say; names of loggers name no module, and prose does not."""
    silent: set[ast.AST] = set()
    for part in parts:
        if isinstance(part, ast.Expr):
            silent.add(part.value)
        elif isinstance(part, ast.Call) and part.args:
            called = _called(part)
            if called in _SILENT:
                silent.update(part.args)
            elif called in RESOURCES:
                name = package_named(part.args[0], view)
                if name:
                    silent.add(part.args[0])
                    yield Spoken(part.args[0], name, place=True)
        elif isinstance(part, ast.Name) and part.id in ("__package__", "__spec__"):
            if part not in silent:
                yield Spoken(part, view.package, place=True)
        elif isinstance(part, ast.Constant) and part not in silent and _is_name(part.value):
            yield Spoken(part, str(part.value))


def package_named(node: ast.expr, view: ModuleView) -> str:
    """The package that the first argument of one of `RESOURCES` names; empty if it is unknown."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name) and node.id in _OWN:
        return view.package
    return ""


def leads(program: Code, name: str) -> tuple[str, Chain]:
    """The module of the monolith that a spoken name leads to, and what is in it; else empty."""
    for module, chain in _parted(name):
        if program.is_module(module) and (
            ":" in name or not chain or program.binds(module, chain[0])
        ):
            return module, chain
    return "", ()


def _parted(name: str) -> Iterator[tuple[str, Chain]]:
    """What a spoken name may mean: a module, and what is in it; the longest module first."""
    module, colon, rest = name.partition(":")
    if colon:
        yield module, tuple(re.split("[.:]", rest))
        return
    steps = module.split(".")
    for count in range(len(steps), 0, -1):
        yield ".".join(steps[:count]), tuple(steps[count:])


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value))


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return (chain_of(call.func) or ("",))[-1]

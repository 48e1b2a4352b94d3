"""What stands in the way of calling a function in another process."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator

from splitter.discovery.modules import ModuleView
from splitter.discovery.scopes import Chain, chain_of
from splitter.discovery.trees import walk
from splitter.model.monolith import RunningApp
from splitter.planning.findings.kinds import last_name
from splitter.planning.findings.touching import Touch, touch_of
from splitter.planning.program import Place, Program
from splitter.planning.purity import Purity
from splitter.planning.travelling import Function, Travel

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_TRANSPARENT = frozenset({"lru_cache", "cache", "alru_cache", "cached"})


class Obstacles:
    """Looks at functions that are not pure."""

    def __init__(self, program: Program, purity: Purity, running: RunningApp) -> None:
        self._program = program
        self._purity = purity
        self._running = running
        self._travel = Travel(program)

    def to(self, place: Place, function: Function) -> str:
        """The first reason why a function cannot be called; empty if it can."""
        view = self._program.views[place[0]]
        if view.bindings.get(function.name) != (place[1],):
            return "its name is bound more than once"
        if any(isinstance(part, ast.Yield | ast.YieldFrom) for part in _own_parts(function)):
            return "it is a generator"
        variable = self._purity.of_the_request(place)
        return (
            self._decorated(view, function)
            or (f"it reads {variable}, which belongs to the request" if variable else "")
            or self._travel.of(view, function)
            or self._changed_argument(function)
            or self._gives_state(view, function)
            or self._not_called(place, function)
            or self._lacking()
        )

    def classes(self, module: str, node: ast.expr) -> Iterator[tuple[str, str]]:
        """The classes of the monolith that an expression names or makes an object of."""
        chain = chain_of(node.func if isinstance(node, ast.Call) else node)
        for made, name in self._program.origins(module, chain) if chain else ():
            view = self._program.views[made]
            for index in view.bindings.get(name, ()):
                if isinstance(view.statements[index].node, ast.ClassDef):
                    yield made, name

    def _decorated(self, view: ModuleView, function: Function) -> str:
        for decorator in function.decorator_list:
            name = decorator.func if isinstance(decorator, ast.Call) else decorator
            if last_name(name) not in _TRANSPARENT and not self._passes_on(view, chain_of(name)):
                return f"its decorator {last_name(name)} may change what it takes"
        return ""

    def _passes_on(self, view: ModuleView, chain: Chain) -> bool:
        """Whether a decorator of the monolith makes functions that take whatever they are given."""
        for module, name in self._program.origins(view.name, chain) if chain else ():
            inner = self._program.views[module]
            for index in inner.bindings.get(name, ()):
                for part in ast.walk(inner.statements[index].node):
                    if isinstance(part, FUNCTIONS) and any(
                        last_name(getattr(d, "func", d)) == "wraps" for d in part.decorator_list
                    ):
                        spec = part.args
                        return bool(spec.vararg and spec.kwarg and not spec.args)
        return False

    @staticmethod
    def _changed_argument(function: Function) -> str:
        parameters = [p.arg for p in ast.walk(function.args) if isinstance(p, ast.arg)]
        for name in parameters:
            for part in function.body:
                touch = touch_of(part, (name,), {}, rebinds=False)
                if touch & (Touch.FILL | Touch.EMPTY) or _sets_attribute(part, name):
                    return f"it changes {name}, which its caller would not see"
        return ""

    def _gives_state(self, view: ModuleView, function: Function) -> str:
        """A changing object that is returned itself would be a copy at the caller's."""
        for part in _own_parts(function):
            if not isinstance(part, ast.Return) or part.value is None:
                continue
            chain = chain_of(part.value)
            for module, name in self._program.origins(view.name, chain) if chain else ():
                for index in self._program.views[module].bindings.get(name, ()):
                    value = getattr(
                        self._program.statement((module, index)).node, "value", ast.Constant(0)
                    )
                    if not isinstance(value, ast.Constant):
                        return f"it returns {name} itself, which its caller could change"
        return ""

    def _not_called(self, place: Place, function: Function) -> str:
        """An attribute of the function is used, which only the function itself has."""
        for name, view in self._program.views.items():
            if function.name.encode() not in self._program.sources[view.path]:
                continue
            for statement in view.statements:
                for chain in self._program.uses((name, statement.index)).free:
                    for made, found in self._program.origins(name, chain):
                        first, dot, rest = found.partition(".")
                        if (made, first) == (place[0], function.name) and dot:
                            return f"{view.path}:{statement.line} uses its attribute {rest}"
        return ""

    def _lacking(self) -> str:
        versions = self._running.versions
        if re.match(r"1\.", versions.get("pydantic", "")):
            return "pydantic 1 cannot carry its values; 2 can"
        if versions and not ({"httpx", "httpx2"} & versions.keys()):
            return "the monolith's environment has no httpx to ask with: pip install httpx"
        return ""


def without_body(function: Function) -> Function:
    """The signature alone, as a function that does nothing."""
    bare = copy.copy(function)
    bare.body, bare.decorator_list = [ast.Pass()], []
    return bare


def _own_parts(function: Function) -> Iterator[ast.AST]:
    """All of a function's body but for functions and classes in it."""
    todo: list[ast.AST] = [*function.body]
    while todo:
        part = todo.pop()
        yield part
        if not isinstance(part, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            todo.extend(ast.iter_child_nodes(part))


def _sets_attribute(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(part, ast.Attribute)
        and not isinstance(part.ctx, ast.Load)
        and chain_of(part)[:1] == (name,)
        for part in walk(node)
    )

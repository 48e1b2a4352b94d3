"""Which model's objects the names and expressions of a module stand for, as far as can be seen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager

from splitter.discovery.mapping import Model, Models
from splitter.discovery.names import Definition
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import by_level

_ASKING = frozenset(
    {"select", "query", "get", "get_one", "scalar", "scalars", "execute", "exec", "one", "first"}
    | {"list", "sorted", "next", "iter", "reversed", "tuple", "set", "enumerate", "merge", "update"}
    | {"delete", "insert", "one_or_none", "all", "stream", "stream_scalars", "cast"}
)
_DEEPEST = 4
_WORD = re.compile(r"[A-Za-z_]\w*")


class Kinds:
    """Models by name, and the local variables of one module, function by function."""

    def __init__(self, models: Models, module: str) -> None:
        self._models = models
        self._module = module
        self._locals: dict[str, Model | None] = {}
        self._known: dict[tuple[str, ...], tuple[Model, tuple[str, ...]] | None] = {}
        self._imports: dict[str, tuple[str, tuple[str, ...]]] = {}

    def imported(self, node: ast.Import | ast.ImportFrom, path: str) -> None:
        """An import anywhere in the module: its names count in all of it."""
        self._imports.update(self._models.names.imported(node, path))

    def model(self, node: ast.expr) -> Model | None:
        """The model that `node` names; `None` if it is more, or less, than that."""
        found = self._find(chain_of(node))
        return found[0] if found and not found[1] else None

    def member(self, node: ast.expr) -> tuple[Model, str] | None:
        """Model and attribute, for `Model.attribute`."""
        found = self._find(chain_of(node))
        return (found[0], found[1][0]) if found and len(found[1]) == 1 else None

    def constant(self, node: ast.expr) -> tuple[str, str] | None:
        """Module and text of a constant, `TABLE` or `settings.TABLE`, that holds a text."""
        found = self._definition(chain_of(node))
        value = found[0].node if found and not found[1] else None
        if found is None or not isinstance(value, ast.Constant) or not isinstance(value.value, str):
            return None
        return found[0].module, value.value

    def related(self, node: ast.expr) -> Model | None:
        """What `user.accounts` leads to, if that is a relationship."""
        if not isinstance(node, ast.Attribute):
            return None
        owner = self.of(node.value)
        return self._models.related(owner, node.attr) if owner else None

    def association(self, node: ast.expr) -> Model | None:
        """The association table that is between, if `user.groups` has one."""
        if not isinstance(node, ast.Attribute):
            return None
        owner = self.of(node.value)
        return self._models.association(owner, node.attr) if owner else None

    def of(self, node: ast.expr | None) -> Model | None:
        """The model of which `node` is an object, or a list or query of objects."""
        match node:
            case ast.Name():
                return self._locals.get(node.id)
            case ast.Await() | ast.Starred() | ast.Subscript() | ast.NamedExpr():
                return self.of(node.value)
            case ast.Attribute():
                return self.related(node)
            case ast.Call():
                return self._of_call(node)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self.of(node.elt)
            case ast.IfExp():
                return self.of(node.body) or self.of(node.orelse)
            case ast.BoolOp():
                return next(filter(None, map(self.of, node.values)), None)
            case ast.List() | ast.Tuple() | ast.Set():
                return next(filter(None, map(self.of, node.elts)), None)
        return None

    def annotated(self, node: ast.expr | None, *, module: str = "", depth: int = 0) -> Model | None:
        """The first model in an annotation: `User`, `list["User"]`, an alias for `Annotated[…]`."""
        for part in by_level(node) if node is not None and depth < _DEEPEST else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                found = self._quoted(part.value, module, depth)
            elif isinstance(part, ast.Name | ast.Attribute):
                found = self._named(chain_of(part), module, depth)
            else:
                continue
            if found is not None:
                return found
        return None

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """Give the names in an assignment's target the kind of its value."""
        if isinstance(target, ast.Name):
            self._locals[target.id] = self.of(value)
        elif isinstance(target, ast.Tuple | ast.List):
            same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
            values = value.elts if same and isinstance(value, ast.Tuple | ast.List) else ()
            for position, each in enumerate(target.elts):
                self.bind(each, values[position] if values else value)

    def declare(self, name: str, annotation: ast.expr | None) -> None:
        """A parameter or variable with an annotation; a plain one hides an outer name."""
        self._locals[name] = self.annotated(annotation) or (
            self._locals.get(name) if annotation is not None else None
        )

    @contextmanager
    def inside(self) -> Iterator[None]:
        """A function: what it binds is gone after it."""
        outer = self._locals
        self._locals = dict(outer)
        try:
            yield
        finally:
            self._locals = outer

    def _of_call(self, node: ast.Call) -> Model | None:
        made = self.model(node.func)
        if made is not None:
            return made
        if isinstance(node.func, ast.Attribute):
            found = self.of(node.func.value)
            member = self.member(node.func)
            found = found or (member[0] if member else None)
            if found is not None:
                return found
        chain = chain_of(node.func)
        last = node.func.attr if isinstance(node.func, ast.Attribute) else "".join(chain[-1:])
        if last in _ASKING:
            for argument in node.args[:2]:
                found = self.model(argument) or self.of(argument)
                if found is not None:
                    return found
        return self._returned(chain)

    def _returned(self, chain: tuple[str, ...]) -> Model | None:
        found = self._definition(chain)
        node = found[0].node if found and not found[1] else None
        if found is None or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return None
        return self.annotated(node.returns, module=found[0].module)

    def _quoted(self, text: str, module: str, depth: int) -> Model | None:
        if not any(word in self._models.by_name for word in _WORD.findall(text)):
            return None
        try:
            inner = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError):
            return None
        return self.annotated(inner, module=module, depth=depth + 1)

    def _named(self, chain: tuple[str, ...], module: str, depth: int) -> Model | None:
        if module and module != self._module:
            direct = self._models.find(module, chain)
            alias = self._models.names.find(module, chain)
        else:
            direct, alias = self._find(chain), self._definition(chain)
        if direct is not None:
            return direct[0] if not direct[1] else None
        if alias is None or not isinstance(alias[0].node, ast.Subscript):
            return None
        return self.annotated(alias[0].node, module=alias[0].module, depth=depth + 1)

    def _find(self, chain: tuple[str, ...]) -> tuple[Model, tuple[str, ...]] | None:
        if not chain or self._locals.get(chain[0]) is not None:
            return None
        if chain not in self._known:
            found = self._definition(chain)
            model = self._models.by_definition.get(found[0].dotted) if found else None
            self._known[chain] = (model, found[1]) if found and model else None
        return self._known[chain]

    def _definition(self, chain: tuple[str, ...]) -> tuple[Definition, tuple[str, ...]] | None:
        if not chain:
            return None
        module, start = self._imports.get(chain[0], (self._module, chain[:1]))
        return self._models.names.find(module, start + chain[1:])

"""Whether what a function takes and gives can be sent as JSON and be the same at the other end."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from splitter.discovery.modules import ModuleView
from splitter.discovery.scopes import Chain, chain_of
from splitter.planning.parting import is_for_types
from splitter.planning.program import Program
from splitter.planning.travellers import Kind, name_of, reason_of, told_as_text

Function = ast.FunctionDef | ast.AsyncFunctionDef
_CLASS_SIGNS = frozenset(
    {"field_serializer", "model_serializer", "PrivateAttr", "WrapSerializer", "PlainSerializer"}
)
_FIELD_SIGNS = frozenset({"exclude", "validation_alias", "serialization_alias", "init"})


class Travel:
    """Judges annotations by what their names lead to. Each answer is a reason, empty if it can."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._classes: dict[tuple[str, str], str] = {}

    def of(self, view: ModuleView, function: Function) -> str:
        """Why a function cannot be called from another process."""
        for parameter, default in _parameters(function):
            if parameter.annotation is None:
                return f"{parameter.arg} has no annotation"
            reason = self._annotation(view, parameter.annotation) or self._default(view, default)
            if reason:
                return f"{parameter.arg}: {reason}"
        if function.returns is None:
            return "its result has no annotation"
        reason = self._annotation(view, function.returns)
        return f"its result: {reason}" if reason else ""

    def _annotation(self, view: ModuleView, node: ast.expr) -> str:
        if isinstance(node, ast.Constant):
            return self._constant(view, node)
        if isinstance(node, ast.BinOp):
            return self._union(view, [node.left, node.right])
        if isinstance(node, ast.Subscript):
            return self._subscript(view, node)
        chain = chain_of(node)
        return self._named(view, chain) if chain else f"{ast.unparse(node)} is no type"

    def _constant(self, view: ModuleView, node: ast.Constant) -> str:
        if node.value is None:
            return ""
        try:
            return self._annotation(view, ast.parse(str(node.value), mode="eval").body)
        except SyntaxError:
            return f"{node.value!r} is no type"

    def _union(self, view: ModuleView, members: list[ast.expr]) -> str:
        texts = [m for m in _flat(members) if self._is_text(view, m)]
        if len(texts) > 1:
            both = " and ".join(ast.unparse(m) for m in texts[:2])
            return f"{both} are both told as text, so one would become the other"
        return next(filter(None, (self._annotation(view, m) for m in members)), "")

    def _subscript(self, view: ModuleView, node: ast.Subscript) -> str:
        outer = self._foreign(view, chain_of(node.value))
        inner = [*node.slice.elts] if isinstance(node.slice, ast.Tuple) else [node.slice]
        kind = Kind.of(outer)
        if kind is Kind.LITERAL:
            return ""
        if kind is Kind.ANNOTATED:
            return self._annotation(view, inner[0])
        if kind is Kind.UNION:
            return self._union(view, inner)
        if kind is not Kind.CONTAINER:
            return reason_of(outer) or f"{ast.unparse(node)} is not known to travel"
        given = (n for n in inner if not (isinstance(n, ast.Constant) and n.value is ...))
        return next(filter(None, (self._annotation(view, n) for n in given)), "")

    def _named(self, view: ModuleView, chain: Chain) -> str:
        if self._only_for_types(view, chain[0]):
            return f"{chain[0]} is only imported for type checkers"
        foreign = self._foreign(view, chain)
        if foreign:
            return reason_of(foreign)
        for module, name in self._program.origins(view.name, chain):
            return self._own(module, name)
        return f"{'.'.join(chain)} is not known"

    def _own(self, module: str, name: str) -> str:
        """What a name of the monolith stands for: a class, or another name for a type."""
        key = (module, name)
        if key not in self._classes:
            self._classes[key] = ""  # a class may mention itself
            self._classes[key] = self._defined(module, name)
        return self._classes[key]

    def _defined(self, module: str, name: str) -> str:
        view = self._program.views[module]
        places = view.bindings.get(name, ())
        node = view.statements[places[0]].node if len(places) == 1 else None
        if isinstance(node, ast.ClassDef):
            return self._class(view, node)
        value = getattr(node, "value", None)
        if isinstance(value, ast.Call) and chain_of(value.func)[-1:] == ("NewType",):
            return self._annotation(view, value.args[1])
        if isinstance(value, ast.expr) and not isinstance(value, ast.Call):
            return self._annotation(view, value)
        return f"{name} is no class"

    def _class(self, view: ModuleView, node: ast.ClassDef) -> str:
        """A model, dataclass, typed dict, named tuple or enumeration, and all of its fields."""
        if any(k.arg == "table" for k in node.keywords):
            return f"{node.name} is a row of a table, which belongs to a session"
        bases = [self._base(view, base) for base in node.bases]
        decorators = {chain_of(getattr(d, "func", d))[-1:] for d in node.decorator_list}
        kinds = {kind for kind, _ in bases} | ({"data"} if ("dataclass",) in decorators else set())
        if "table" in kinds:
            return f"{node.name} is a row of a table, which belongs to a session"
        if "enum" in kinds:
            return ""
        if "data" not in kinds:
            return f"{node.name} is a class of its own making"
        odd = _odd_part(node)
        if odd:
            return f"{node.name} is not read as it is written ({odd})"
        fields = (p.annotation for p in node.body if isinstance(p, ast.AnnAssign))
        reasons = (self._annotation(view, f) for f in fields if not _is_class_variable(f))
        own = next((f"{node.name}: {reason}" for reason in reasons if reason), "")
        return own or next(filter(None, (reason for _, reason in bases)), "")

    def _base(self, view: ModuleView, node: ast.expr) -> tuple[str, str]:
        """What sort of class a base makes (data, enum, table or none), and why it cannot travel."""
        while isinstance(node, ast.Subscript):
            node = node.value
        foreign = self._foreign(view, chain_of(node))
        if foreign:
            return Kind.of_base(foreign), ""
        for module, name in self._program.origins(view.name, chain_of(node)):
            inner = self._program.views[module]
            for index in inner.bindings.get(name, ()):
                found = inner.statements[index].node
                if isinstance(found, ast.ClassDef):
                    return self._sort(inner, found), self._own(module, name)
                if "declarative_base" in ast.unparse(found):
                    return "table", ""
        return "", ""

    def _sort(self, view: ModuleView, node: ast.ClassDef) -> str:
        if any(chain_of(getattr(d, "func", d))[-1:] == ("dataclass",) for d in node.decorator_list):
            return "data"
        kinds = {self._base(view, base)[0] for base in node.bases}
        return next((kind for kind in ("table", "enum", "data") if kind in kinds), "")

    def _default(self, view: ModuleView, node: ast.expr | None) -> str:
        """A default is put in by the caller, so it has to be a plain value, and no marker."""
        if node is None:
            return ""
        for part in ast.walk(node):
            if isinstance(part, ast.Call):
                last = chain_of(part.func)[-1:]
                return f"its default is made by {last[0] if last else 'a call'}"
            chain = chain_of(part)
            for module, name in self._program.origins(view.name, chain) if chain else ():
                inner = self._program.views[module]
                for index in inner.bindings.get(name.partition(".")[0], ()):
                    if isinstance(getattr(inner.statements[index].node, "value", None), ast.Call):
                        return f"its default, {'.'.join(chain)}, is an object of the module"
        return ""

    def _is_text(self, view: ModuleView, node: ast.expr) -> bool:
        if isinstance(node, ast.Subscript):
            return Kind.of(self._foreign(view, chain_of(node.value))) is Kind.LITERAL
        return told_as_text(self._foreign(view, chain_of(node)))

    def _foreign(self, view: ModuleView, chain: Chain) -> str:
        """The dotted name of what does not come from the monolith; empty if it does."""
        if not chain:
            return ""
        for _, imported in view.imports.get(chain[0], ()):
            if self._program.is_own(imported.module):
                return ""
            return name_of(imported, chain[1:])
        return "" if chain[0] in view.bindings else ".".join(("builtins", *chain))

    def _only_for_types(self, view: ModuleView, name: str) -> bool:
        places = view.bindings.get(name, ())
        return bool(places) and all(is_for_types(view.statements[i].node) for i in places)


def _parameters(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    spec = function.args
    plain = [*spec.posonlyargs, *spec.args]
    missing = [None] * (len(plain) - len(spec.defaults))
    yield from zip(plain, [*missing, *spec.defaults], strict=True)
    yield from zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    yield from ((rest, None) for rest in (spec.vararg, spec.kwarg) if rest is not None)


def _flat(members: list[ast.expr]) -> Iterator[ast.expr]:
    for member in members:
        if isinstance(member, ast.BinOp):
            yield from _flat([member.left, member.right])
        else:
            yield member


def _is_class_variable(node: ast.expr) -> bool:
    while isinstance(node, ast.Subscript):
        node = node.value
    return chain_of(node)[-1:] == ("ClassVar",)


def _odd_part(node: ast.ClassDef) -> str:
    """What makes a class write itself otherwise than it reads itself."""
    for part in ast.walk(node):
        name = getattr(part, "id", getattr(part, "attr", ""))
        if name in _CLASS_SIGNS:
            return str(name)
        if isinstance(part, ast.keyword) and part.arg in _FIELD_SIGNS:
            return f"{part.arg}="
    return ""

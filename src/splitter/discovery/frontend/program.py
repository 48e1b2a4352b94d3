"""All modules of a frontend together: what a name means where it stands, across files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ast_grep_py import SgNode

from splitter.discovery.frontend.specifiers import Specifiers
from splitter.discovery.frontend.trees import (
    FUNCTIONS,
    Declared,
    Imported,
    Module,
    callee_of,
    enclosing,
    last_name,
    patterns,
    span,
)

CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})


class Program:
    """The modules by path, and how they name each other's exports."""

    def __init__(self, modules: Mapping[str, Module], specifiers: Specifiers) -> None:
        self.modules = modules
        self._specifiers = specifiers
        self._exporters: dict[str, list[tuple[Module, SgNode]]] = defaultdict(list)
        self.children: dict[str, list[tuple[Module, SgNode]]] = defaultdict(list)
        self.calls: dict[str, list[tuple[Module, SgNode]]] = defaultdict(list)
        for module in modules.values():
            self._enter(module)

    def exported(self, path: str, name: str, depth: int = 0) -> tuple[Module, SgNode] | str | None:
        """Where what a module exports under a name is; a path if it is a module as a whole."""
        module = self.modules.get(path)
        if module is None or depth > 12:
            return None
        found = module.exports.get(name)
        if isinstance(found, Imported):
            if not found.specifier:
                return self._local(module, found.name, depth)
            return self.imported(module, found, depth + 1)
        if found is not None:
            return module, _named(found, name)
        for star in module.stars:
            inner = self._specifiers.file(star, path)
            passed = self.exported(inner, name, depth + 1) if inner and name != "default" else None
            if passed is not None:
                return passed
        return path if name == "default" and module.exports else None

    def imported(
        self, module: Module, what: Imported, depth: int = 0
    ) -> tuple[Module, SgNode] | str | None:
        """Where an imported name is; `None` if it comes from a package."""
        path = self._specifiers.file(what.specifier, module.path)
        if path is None:
            return None
        return path if what.name == "*" else self.exported(path, what.name, depth)

    def anywhere(self, name: str) -> tuple[Module, SgNode] | None:
        """What exactly one module exports under a name: tools such as Nuxt import by themselves."""
        found = self._exporters.get(name, [])
        return found[0] if len(found) == 1 else None

    def aliases(self, module: Module, node: SgNode, name: str) -> set[str]:
        """The names under which calls may name a function: its own, and those of imports."""
        names = {name} if name else set()
        value = module.exports.get("default")
        is_default = isinstance(value, SgNode) and (
            span(value) == span(node) or value.text() == name
        )
        for other in self.modules.values():
            for local, what in other.imports.items():
                if what.name == name or (is_default and what.name == "default"):
                    names.add(local)
        return names

    def _local(self, module: Module, name: str, depth: int) -> tuple[Module, SgNode] | str | None:
        if name in module.imports:
            return self.imported(module, module.imports[name], depth + 1)
        found = module.declared.get(name)
        return (module, found[0].node) if found else None

    def _enter(self, module: Module) -> None:
        for name, found in module.exports.items():
            if isinstance(found, SgNode) and name != "default":
                self._exporters[name].append((module, _named(found, name)))
        for node in module.classes:
            for heritage in node.children():
                if heritage.kind() == "class_heritage":
                    self.children[parent_name(heritage)].append((module, node))
        for call in module.calls:
            callee = callee_of(call)
            if callee is not None:
                self.calls[last_name(callee)].append((module, call))


def parent_name(heritage: SgNode) -> str:
    """The name of the class that a class extends."""
    for clause in [heritage, *heritage.children()]:
        value = clause.field("value") if clause.kind() == "extends_clause" else None
        if value is not None:
            return last_name(value)
        if clause.kind() == "identifier":
            return clause.text()
    return ""


def declaration(module: Module, name: str, at: SgNode) -> Declared | None:
    """What binds a name where a node stands: the innermost, a function's parameters included.

    The markup of a page sees what the functions of its script return.
    """
    place = span(at)[0]
    around = [d for d in module.declared.get(name, ()) if d.start <= place <= d.end]
    best = min(around, key=lambda d: d.end - d.start, default=None)
    if best is None and module.page is not None and len(module.declared.get(name, ())) == 1:
        best = module.declared[name][0]
    for function in enclosing(at, FUNCTIONS):
        start, end = span(function)
        if best is not None and best.end - best.start < end - start:
            break
        found = parameter(function, name)
        if found is not None:
            return Declared(start, end, function, (str(found[0]), *found[1]))
    return best


def parameter(function: SgNode, name: str) -> tuple[int, tuple[str, ...]] | None:
    """The place of a parameter that binds a name, and the properties that lead to it."""
    single = function.field("parameter")
    if single is not None:
        return (0, ()) if single.text() == name else None
    listed = function.field("parameters")
    if listed is None or name not in listed.text():
        return None
    for place, node in enumerate(parameters_of(function)):
        for bound, keys in patterns(pattern_of(node)):
            if bound == name:
                return place, keys
    return None


def parameters_of(function: SgNode) -> list[SgNode]:
    listed = function.field("parameters")
    nodes = listed.named_children() if listed is not None else []
    return [n for n in nodes if n.kind() != "comment" and not n.text().startswith("this:")]


def pattern_of(node: SgNode) -> SgNode:
    """The pattern of a parameter, without its type and default."""
    return node.field("pattern") or node


def default_of(function: SgNode, index: int) -> SgNode | None:
    """The default of a parameter."""
    nodes = parameters_of(function)
    if index >= len(nodes):
        return None
    return nodes[index].field("value") or nodes[index].field("right")


def _named(node: SgNode, name: str) -> SgNode:
    """Of a declaration of several variables the one with the name."""
    if node.kind() in ("lexical_declaration", "variable_declaration"):
        for part in node.named_children():
            bound = part.field("name")
            if bound is not None and bound.text() == name:
                return part
    return node

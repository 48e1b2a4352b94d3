"""The modules of a frontend as syntax trees, with what each declares, exports and calls."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ast_grep_py import SgNode, SgRoot

from splitter.discovery.frontend.files import PAGES
from splitter.discovery.frontend.pages import Page, read_page

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function_declaration",
        "generator_function",
    }
)
_SCOPES = FUNCTIONS | {"program", "statement_block", "for_statement", "for_in_statement"}
_DECLARING = (
    "variable_declarator",
    "function_declaration",
    "generator_function_declaration",
    "class_declaration",
    "abstract_class_declaration",
    "enum_declaration",
)
_AROUND = {
    "await_expression",
    "non_null_expression",
    "parenthesized_expression",
    "instantiation_expression",
}
Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Declared:
    """A name is bound between `start` and `end`: to a declaration, or to part of a pattern."""

    start: int
    end: int
    node: SgNode
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """A local name stands for `name` of a module (`*`: all of it)."""

    specifier: str
    name: str


@dataclass
class Module:
    """One file. `exports` maps a name to a node, or to what is imported and passed on."""

    path: str
    text: str
    roots: tuple[SgNode, ...]
    has_jsx: bool = True
    page: Page | None = None
    declared: dict[str, list[Declared]] = field(default_factory=dict)
    assigned: dict[str, list[SgNode]] = field(default_factory=dict)
    imports: dict[str, Imported] = field(default_factory=dict)
    exports: dict[str, SgNode | Imported] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    calls: list[SgNode] = field(default_factory=list)
    classes: list[SgNode] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def line(self, offset: int) -> int:
        """The line, counted from 1, of an offset."""
        if not self._starts:
            self._starts = [0, *(i + 1 for i, c in enumerate(self.text) if c == "\n")]
        return bisect.bisect_right(self._starts, offset)

    def key(self, node: SgNode) -> Key:
        return (self.path, *span(node))


def read_module(path: str, text: str) -> Module:
    """The module in a file; what cannot be parsed in it is left out of the tree by the parser."""
    page = read_page(text, vue=path.endswith(".vue")) if path.endswith(PAGES) else None
    plain = page.typed if page is not None else path.endswith((".ts", ".mts", ".cts"))
    codes = (page.script, page.markup) if page is not None else (text,)
    language = "typescript" if plain else "tsx"
    roots = tuple(SgRoot(code, language).root() for code in codes if code.strip())
    module = Module(path, text, roots, not plain, page)
    for root in roots:
        _index(module, root)
    return module


def span(node: SgNode) -> tuple[int, int]:
    found = node.range()
    return found.start.index, found.end.index


def enclosing(node: SgNode, kinds: frozenset[str]) -> Iterator[SgNode]:
    """The nodes of these kinds around a node, the nearest first."""
    return (above for above in node.ancestors() if above.kind() in kinds)


def string_of(node: SgNode | None) -> str:
    """What a string literal says, without its quotes."""
    return node.text()[1:-1] if node is not None else ""


def callee_of(call: SgNode) -> SgNode | None:
    """What is called or made; the parser takes `await a.b<T>()` for a call of `await a.b`."""
    found = call.field("function") or call.field("constructor")
    while found is not None and found.kind() in _AROUND:
        inner = found.named_children()
        found = inner[0] if inner else None
    return found


def last_name(node: SgNode) -> str:
    """The name at the end of `a`, `a.b`, `a?.b`; `""` if there is none."""
    if node.kind() == "identifier":
        return node.text()
    found = node.field("property") if node.kind() == "member_expression" else None
    return found.text() if found is not None else ""


def patterns(node: SgNode, keys: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names that a pattern binds, each with the properties that lead to its value."""
    kind = node.kind()
    if kind in ("identifier", "shorthand_property_identifier_pattern"):
        yield node.text(), keys + ((node.text(),) if kind != "identifier" else ())
    elif kind in ("assignment_pattern", "object_assignment_pattern"):
        left = node.field("left")
        if left is not None:
            yield from patterns(left, keys)
    elif kind == "object_pattern":
        for part in node.named_children():
            yield from patterns(part, keys)
    elif kind == "pair_pattern":
        name, value = node.field("key"), node.field("value")
        if name is not None and value is not None:
            yield from patterns(value, (*keys, name.text()))
    elif kind == "array_pattern":
        for place, part in enumerate(node.named_children()):
            yield from patterns(part, (*keys, str(place)))


def _index(module: Module, root: SgNode) -> None:
    for kind in _DECLARING:
        for node in root.find_all(kind=kind):
            _declare(module, node)
            if "class" in kind:
                module.classes.append(node)
    module.classes += root.find_all(kind="class")
    for kind in ("assignment_expression", "augmented_assignment_expression"):
        for node in root.find_all(kind=kind):
            left = node.field("left")
            if left is not None:
                module.assigned.setdefault(left.text(), []).append(node)
    for node in root.find_all(kind="import_statement"):
        _import(module, node)
    for node in root.find_all(kind="export_statement"):
        _export(module, node)
    for name, nodes in module.assigned.items():
        common = re.fullmatch(r"(?:module\.)?exports(?:\.(\w+))?", name)
        value = nodes[0].field("right") if common else None
        if common and value is not None:
            module.exports[common[1] or "default"] = value
    for kind in ("call_expression", "new_expression"):
        module.calls += root.find_all(kind=kind)


def _declare(module: Module, node: SgNode) -> None:
    name = node.field("name")
    if name is None:
        return
    around = next(enclosing(node, _SCOPES), None)
    start, end = span(around) if around is not None else (0, len(module.text))
    for bound, keys in patterns(name) if "pattern" in name.kind() else [(name.text(), ())]:
        module.declared.setdefault(bound, []).append(Declared(start, end, node, keys))
    if node.kind() == "variable_declarator":
        _require(module, node)


def _require(module: Module, node: SgNode) -> None:
    value, name = node.field("value"), node.field("name")
    if value is None or name is None or not value.text().startswith("require("):
        return
    called = value.find(kind="string")
    if called is not None:
        for bound, keys in patterns(name):
            module.imports[bound] = Imported(string_of(called), keys[0] if keys else "default")


def _import(module: Module, node: SgNode) -> None:
    source = string_of(node.field("source"))
    clause = next((c for c in node.children() if c.kind() == "import_clause"), None)
    for part in clause.named_children() if clause is not None else ():
        if part.kind() == "identifier":
            module.imports[part.text()] = Imported(source, "default")
        elif part.kind() == "namespace_import":
            module.imports[part.named_children()[0].text()] = Imported(source, "*")
        else:
            for name, alias in _specifiers(part):
                module.imports[alias] = Imported(source, name)


def _specifiers(node: SgNode) -> Iterator[tuple[str, str]]:
    for part in node.named_children():
        name, alias = part.field("name"), part.field("alias")
        if name is not None:
            yield name.text(), (alias or name).text()


def _export(module: Module, node: SgNode) -> None:
    source, declaration, value = (node.field(f) for f in ("source", "declaration", "value"))
    words = {c.kind() for c in node.children()}
    if "default" in words:
        found = value or declaration
        if found is not None:
            module.exports["default"] = found
    elif declaration is not None:
        for name in _declared_names(declaration):
            module.exports[name] = declaration
    for clause in node.children():
        if clause.kind() == "namespace_export" and source is not None:
            name = clause.named_children()[0].text()
            module.exports[name] = Imported(string_of(source), "*")
        elif clause.kind() == "export_clause":
            for name, alias in _specifiers(clause):
                module.exports[alias] = Imported(string_of(source) if source else "", name)
    if "*" in words and source is not None:
        module.stars.append(string_of(source))


def _declared_names(node: SgNode) -> Iterator[str]:
    if node.kind() in ("lexical_declaration", "variable_declaration"):
        for part in node.named_children():
            name = part.field("name")
            if name is not None:
                yield from (bound for bound, _ in patterns(name))
    else:
        name = node.field("name")
        if name is not None:
            yield name.text()

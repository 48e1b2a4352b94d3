"""The import statements of a file: what each name meant in the monolith, and means now."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from splitter.codemods.imports.mapping import ImportMap

_ABOVE = "the dots reach above the top of the monolith; it was left"
_BODIES = ("body", "orelse", "handlers", "finalbody", "cases")
_KINDS: tuple[type[ast.AST], ...] = (
    *ast.stmt.__subclasses__(),
    ast.ExceptHandler,
    ast.match_case,
)
_COMPOUND = {
    kind: bodies
    for kind in _KINDS
    if (bodies := tuple(name for name in _BODIES if name in kind._fields))
}
"""The fields with statements of every kind of node that stands among statements and has some."""
_IMPORTS = (ast.Import, ast.ImportFrom)


class Home(NamedTuple):
    """Where a file came from and where it stands, as dotted names of its module."""

    origin: str
    place: str
    is_package: bool

    @property
    def package(self) -> str:
        """What one dot meant in the monolith."""
        return self.origin if self.is_package else self.origin.rpartition(".")[0]

    @property
    def moved(self) -> bool:
        return self.origin != self.place

    def absolute(self, level: int, module: str | None) -> str | None:
        """The module that an import with `level` dots names; None if that is above the top."""
        parts = self.package.split(".") if self.package else []
        if level > len(parts):
            return None
        parts = parts[: len(parts) - level + 1]
        return ".".join([*parts, module] if module else parts)


@dataclass(slots=True, eq=False)
class Imported:
    """One name of an import statement; `old` and `new` are absolute, `alias` what follows `as`.

    `root` is set for a plain import without `as`: its first part, which is what it binds.
    """

    node: ast.alias
    old: str
    new: str
    alias: str | None
    root: str = ""

    @property
    def local(self) -> str:
        """The name it binds in the file as it is."""
        return self.root or self.node.asname or self.node.name

    @property
    def means(self) -> str:
        """What its local name stands for in the file as it is."""
        return self.root or self.old

    @property
    def is_root(self) -> bool:
        """A plain import of one part, which keeps the name that it binds."""
        return self.root == self.old

    @property
    def drops_root(self) -> bool:
        """A dotted import that has moved: it no longer binds the name that it did."""
        return bool(self.root) and self.root != self.old != self.new


@dataclass(slots=True, eq=False)
class Statement:
    """An import statement. `module` is absolute, and empty for a plain `import`.

    `absolute` says that the statement's dots have to go. `extra` are statements to be added
    after it; `left` is why it is left as it is although something of it has moved.
    """

    node: ast.Import | ast.ImportFrom
    module: str
    names: list[Imported]
    level: int = 0
    absolute: bool = False
    extra: list[str] = field(default_factory=list)
    left: str = ""

    @property
    def due(self) -> bool:
        return bool(self.extra) or self.absolute or any(n.old != n.new for n in self.names)


def read_statements(
    tree: ast.Module, imports: ImportMap, home: Home, *, everything: bool
) -> list[Statement]:
    """The import statements of the file that the map can touch, or `everything` there is."""
    found = []
    for node in _import_nodes(tree):
        if isinstance(node, ast.ImportFrom):
            module = home.absolute(node.level, node.module) if node.level else node.module
            if everything or node.level or module is None or imports.touches(module):
                found.append(_from(node, module, imports, home))
        elif everything or any(imports.touches(a.name.partition(".")[0]) for a in node.names):
            found.append(Statement(node, "", [_plain(alias, imports) for alias in node.names]))
    return found


def _import_nodes(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    found: list[ast.Import | ast.ImportFrom] = []
    ahead: list[list[ast.AST]] = [list(tree.body)]
    while ahead:
        for node in ahead.pop():
            kind = type(node)
            if kind in _COMPOUND:
                ahead += [getattr(node, name) for name in _COMPOUND[kind]]
            elif isinstance(node, _IMPORTS):
                found.append(node)
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _plain(alias: ast.alias, imports: ImportMap) -> Imported:
    old, given = alias.name, alias.asname
    new = imports.target(old)
    if given:
        return Imported(alias, old, new, _alias(given, given, old, old, new))
    root, dot, _ = old.partition(".")
    return Imported(alias, old, new, None if dot or new == old else old, root)


def _from(node: ast.ImportFrom, module: str | None, imports: ImportMap, home: Home) -> Statement:
    if module is None:
        names = [Imported(a, "", "", a.asname) for a in node.names]
        return Statement(node, "", names, node.level, left=_ABOVE)
    news = imports.targets(module, [alias.name for alias in node.names])
    names = [
        _from_name(alias, f"{module}.{alias.name}", new)
        for alias, new in zip(node.names, news, strict=True)
    ]
    absolute = bool(node.level) and home.moved
    return Statement(node, module, names, node.level, absolute)


def _from_name(alias: ast.alias, old: str, new: str) -> Imported:
    given = alias.asname
    return Imported(alias, old, new, _alias(given or alias.name, given, alias.name, old, new))


def _alias(local: str, given: str | None, name: str, old: str, new: str) -> str | None:
    """What follows `as` afterwards: as given, added for a new name, dropped if it became idle."""
    if new == old:
        return given
    last = new if name == old else new.rpartition(".")[2]
    if last == name:
        return given
    return None if last == local else local

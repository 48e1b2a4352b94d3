"""Which classes and variables stand for which table, and how tables refer to each other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from splitter.discovery.names import Definition, Names
from splitter.discovery.parsing import Parsed
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import by_level, walk

_SIGNS = (
    *(b"__table", b"Table(", b"table=True", b"table = True"),
    *(b"olumn", b"Mapped[", b"elationship("),
)
_RELATIONS = frozenset({"relationship", "Relationship", "dynamic_loader", "relation"})
_MIGRATION = re.compile(rb"^down_revision\b", re.M)
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(slots=True, eq=False)
class Model:
    """A mapped class, or a `Table(...)` in a variable.

    `own` is false where the table is that of a base class. `relations`: attribute → class name;
    `through`: attribute → association table; `deletes`: attributes whose objects are deleted with
    this one; `deleted_with`: tables, or classes, with whose rows the database deletes these.
    """

    definition: Definition
    table: str
    file: str
    line: int
    own: bool = True
    relations: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    chains: list[tuple[str, ...]] = field(default_factory=list)
    through: dict[str, str] = field(default_factory=dict)
    deletes: set[str] = field(default_factory=set)
    deleted_with: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """A table is read or written at a line of a module."""

    table: str
    module: str
    line: int
    mode: str
    how: str


class Models:
    """All models of the project, by the dotted name of their definition."""

    def __init__(self, parsed: Parsed, names: Names) -> None:
        self.names = names
        self._parsed = parsed
        self._tables: dict[str, str | None] = {}
        self.by_definition: dict[str, Model] = {}
        self.by_name: dict[str, Model] = {}
        for module, path in parsed.names.items():
            source = parsed.sources[path]
            if any(sign in source for sign in _SIGNS) and not is_migration(source):
                for definition in self.names.top_level(module).values():
                    self._add(definition, path)

    def find(self, module: str, chain: tuple[str, ...]) -> tuple[Model, tuple[str, ...]] | None:
        """The model that `chain`, as written in `module`, names, and the parts left over."""
        found = self.names.find(module, chain)
        model = self.by_definition.get(found[0].dotted) if found else None
        return (model, found[1]) if found and model else None

    def named(self, module: str, name: str) -> Model | None:
        """The model that SQLAlchemy's registry has under a class name, as seen from `module`."""
        last = name.rpartition(".")[2]
        near = self.find(module, (last,))
        return near[0] if near else self.by_name.get(last)

    def related(self, model: Model, attribute: str) -> Model | None:
        """What a relationship of `model` leads to."""
        name = model.relations.get(attribute)
        return self.named(model.definition.module, name) if name else None

    def association(self, model: Model, attribute: str) -> Model | None:
        """The association table through which a relationship leads."""
        return self.at(model, model.through.get(attribute, ""))

    def at(self, model: Model, name: str) -> Model | None:
        """What a model means by the name of a table, a class or a variable that holds a table."""
        if not name:
            return None
        found = self.named(model.definition.module, name)
        return found or next((m for m in self.by_definition.values() if m.table == name), None)

    def cascades(self, model: Model) -> Iterator[str]:
        """The tables of which rows are deleted with one of this model's."""
        for attribute in model.deletes:
            other = self.related(model, attribute)
            if other is not None:
                yield other.table
        for each in self.by_definition.values():
            for name in each.deleted_with:
                found = self.at(each, name)
                if name == model.table or found is model:
                    yield each.table

    def references(self, model: Model) -> Iterator[str]:
        """The tables that a model's foreign keys and relationships name."""
        yield from model.keys
        for chain in model.chains:
            found = self.find(model.definition.module, chain)
            if found is not None:
                yield found[0].table
        for attribute in model.relations:
            other = self.related(model, attribute)
            if other is not None:
                yield other.table

    def _add(self, definition: Definition, path: str) -> None:
        node = definition.node
        table = self._table(definition)
        if table is None:
            return
        own = all(self._table(base) != table for base in self._bases(definition))
        model = Model(definition, table, path, node.lineno, own)
        for part in self._parts(definition):
            _collect(part, model)
        self.by_definition[definition.dotted] = model
        self.by_name.setdefault(definition.name, model)

    def _parts(self, definition: Definition) -> Iterator[ast.AST]:
        """The class and those of its bases that have columns of their own but no table."""
        yield definition.node
        for base in self._bases(definition):
            if self._table(base) is None:
                yield from self._parts(base)

    def _bases(self, definition: Definition) -> Iterator[Definition]:
        if isinstance(definition.node, ast.ClassDef):
            for base in definition.node.bases:
                inner = base.value if isinstance(base, ast.Subscript) else base
                found = self.names.find(definition.module, chain_of(inner))
                if found and not found[1] and found[0].dotted != definition.dotted:
                    yield found[0]

    def _table(self, definition: Definition) -> str | None:
        key = definition.dotted
        if key not in self._tables:
            self._tables[key] = None
            node = definition.node
            if isinstance(node, ast.ClassDef):
                self._tables[key] = self._table_of_class(definition, node)
            elif isinstance(node, ast.Call) and chain_of(node.func)[-1:] == ("Table",):
                self._tables[key] = self._text(node.args[0], definition) if node.args else None
        return self._tables[key]

    def _table_of_class(self, definition: Definition, node: ast.ClassDef) -> str | None:
        assigned = _assigned(node)
        if "__tablename__" in assigned:
            return self._text(assigned["__tablename__"], definition)
        if "__table__" in assigned:
            return self._of_table(assigned["__table__"], definition)
        abstract = assigned.get("__abstract__")
        if isinstance(abstract, ast.Constant) and abstract.value is True:
            return None
        if any(k.arg == "table" and getattr(k.value, "value", 0) is True for k in node.keywords):
            return node.name.lower()
        if _names_tables(node) is not None:
            return None
        return self._inherited(definition, node)

    def _of_table(self, value: ast.expr, definition: Definition) -> str | None:
        found = self.names.find(definition.module, chain_of(value))
        if found:
            return self._table(found[0])
        given = value.args if isinstance(value, ast.Call) else ()
        return self._text(given[0], definition) if given else None

    def _inherited(self, definition: Definition, node: ast.ClassDef) -> str | None:
        """The table of a mapped base, or the name that a base gives to the tables of all."""
        for base in self._bases(definition):
            table = self._table(base)
            if table is not None:
                return table
        rule = self._rule(definition)
        if rule is None or not _has_columns(node):
            return None
        body = ast.unparse(rule)
        return node.name.lower() if ".lower()" in body and "re." not in body else _snake(node.name)

    def _rule(self, definition: Definition) -> ast.AST | None:
        for base in self._bases(definition):
            node = base.node
            found = _names_tables(node) if isinstance(node, ast.ClassDef) else None
            found = found or self._rule(base)
            if found is not None:
                return found
        return None

    def _text(self, node: ast.expr, definition: Definition) -> str | None:
        """A table's name: a text, or a constant that holds one."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            parts = [self._text(_inner(part), definition) for part in node.values]
            return "".join(filter(None, parts)) if None not in parts else None
        if isinstance(node, ast.BinOp):
            parts = [self._text(side, definition) for side in (node.left, node.right)]
            return "".join(filter(None, parts)) if None not in parts else None
        found = self.names.find(definition.module, chain_of(node))
        if found and isinstance(found[0].node, ast.Constant):
            return self._text(found[0].node, found[0])
        return None


def is_migration(source: bytes) -> bool:
    """Whether a file is a revision of Alembic's, which belongs to no part of the application."""
    return b"down_revision" in source and _MIGRATION.search(source) is not None


def _collect(node: ast.AST, model: Model) -> None:
    """Add the foreign keys and relationships in a class or a `Table(...)` to its model."""
    for part in by_level(node):
        for target in _keys(part) if isinstance(part, ast.Call) else ():
            if _deletes(part, "ondelete"):
                model.deleted_with.add(_told_table(target))
            if isinstance(target, ast.Constant) and isinstance(target.value, str):
                parts = target.value.split(".")
                model.keys.add(parts[-2] if len(parts) > 1 else parts[0])
            elif chain_of(target):
                model.chains.append(chain_of(target))
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            _relate(part.target.id, part.value, part.annotation, model)
        elif isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            _relate(part.targets[0].id, part.value, None, model)


def _keys(node: ast.Call) -> list[ast.expr]:
    """What `ForeignKey(…)`, `ForeignKeyConstraint(…)`, `foreign_key=` and `secondary=` name."""
    name = chain_of(node.func)[-1:]
    if name == ("ForeignKey",):
        return node.args[:1]
    if name == ("ForeignKeyConstraint",) and len(node.args) > 1:
        return list(getattr(node.args[1], "elts", ()))
    return [k.value for k in node.keywords if k.arg in ("foreign_key", "secondary")]


def _told_table(node: ast.expr) -> str:
    """The table, or the class, that a key or `secondary=` names."""
    if isinstance(node, ast.Constant):
        parts = str(node.value).split(".")
        return parts[-2] if len(parts) > 1 else parts[0]
    chain = chain_of(node.body if isinstance(node, ast.Lambda) else node)
    return chain[0] if chain else ""


def _deletes(node: ast.AST, option: str) -> bool:
    """Whether `ondelete="CASCADE"` or `cascade="all, delete-orphan"` is said."""
    return any(
        k.arg == option
        and isinstance(k.value, ast.Constant)
        and any(
            w in {"CASCADE", "ALL", "DELETE"} for w in _WORD.findall(str(k.value.value).upper())
        )
        for k in getattr(node, "keywords", ())
    )


def _relate(
    attribute: str, value: ast.expr | None, annotation: ast.expr | None, model: Model
) -> None:
    if not isinstance(value, ast.Call) or chain_of(value.func)[-1:] not in _RELATION_CHAINS:
        return
    target: ast.AST | None = value.args[0] if value.args else None
    target = next((k.value for k in value.keywords if k.arg == "argument"), target)
    if isinstance(target, ast.Lambda):
        target = target.body
    if isinstance(target, ast.Constant) and isinstance(target.value, str):
        words = _WORD.findall(target.value)
    elif target is not None:
        words = list(chain_of(target))
    else:
        words = _WORD.findall(ast.unparse(annotation)) if annotation else []
    if words:
        model.relations[attribute] = words[-1]
    if _deletes(value, "cascade"):
        model.deletes.add(attribute)
    for keyword in value.keywords:
        if keyword.arg in ("secondary", "link_model"):
            model.through[attribute] = _told_table(keyword.value)


_RELATION_CHAINS = frozenset((name,) for name in _RELATIONS)
_COLUMN_CHAINS = _RELATION_CHAINS | {("Column",), ("mapped_column",)}


def _assigned(node: ast.ClassDef) -> Mapping[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for part in node.body:
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            found[part.targets[0].id] = part.value
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and part.value:
            found[part.target.id] = part.value
    return found


def _names_tables(node: ast.ClassDef) -> ast.AST | None:
    """The method by which a class names the tables of its subclasses."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__tablename__":
            return part
    return None


def _has_columns(node: ast.ClassDef) -> bool:
    return any(
        isinstance(part, ast.Call) and chain_of(part.func)[-1:] in _COLUMN_CHAINS
        for part in walk(node)
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _inner(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.FormattedValue) else node

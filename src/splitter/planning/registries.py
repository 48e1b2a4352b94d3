"""What is found by more than its name: mapped classes, subclasses, what decorators put away."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from splitter.discovery.modules import Kind, Statement
from splitter.discovery.mutations import changed_outside
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import walk
from splitter.planning.program import Place, Program, Router

_IDENTITY = "polymorphic_identity"
_FUNCTIONS = frozenset({"GenericFunction", "ReturnTypeFromArgs", "AnsiFunction"})


class Registries:
    """The registries of a program, indexed once for all plans.

    `classes` and `tables` are those that SQLAlchemy maps, `functions` those of its SQL functions
    that the monolith defines, by their names; only what the running monolith imports counts.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.classes: dict[str, list[Place]] = {}
        self.tables: dict[str, list[Place]] = {}
        self.functions: dict[str, list[Place]] = {}
        self._subclasses: dict[Place, list[Place]] = {}
        self._puts: dict[Place, frozenset[Router]] = {}
        self._filled: dict[str, frozenset[Router]] = {}
        self._polymorphic: set[Place] = set()
        for name in sorted(program.loaded):
            for statement in program.views[name].statements:
                self._index(statement)
        self.mapped = {place for places in self.classes.values() for place in places}

    def subclasses(self, place: Place, *, polymorphic: bool = False) -> Iterator[Place]:
        """The classes that inherit from the class of a place, directly or not.

        `polymorphic`: only those that SQLAlchemy loads in the place of the class.
        """
        for inner in self._subclasses.get(place, ()):
            if not polymorphic or inner in self._polymorphic:
                yield inner
            yield from self.subclasses(inner, polymorphic=polymorphic)

    def asked_for_subclasses(self, place: Place) -> Iterator[Place]:
        """The classes of which a statement asks for `__subclasses__()`."""
        statement = self.program.statement(place)
        for part in walk(statement.node) if self._says(place, b"__subclasses__") else ():
            if isinstance(part, ast.Attribute) and part.attr == "__subclasses__":
                chain = chain_of(part.value)
                if chain in {("cls",), ("self",)}:
                    yield place
                elif chain:
                    yield from self._definitions(self.program.origins(statement.module, chain))

    def called_in_sql(self, place: Place) -> Iterator[Place]:
        """The SQL functions of the monolith that a statement calls by `func.name`."""
        if not self.functions or not self._says(place, b"func"):
            return
        for part in walk(self.program.statement(place).node):
            if isinstance(part, ast.Attribute) and "func" in chain_of(part)[:-1]:
                yield from self.functions.get(part.attr.lower(), ())

    def put_into(self, place: Place) -> frozenset[Router]:
        """The objects into which a definition is put when it is made.

        By a decorator of the monolith, or by the class that it inherits from.
        """
        if place not in self._puts:
            self._puts[place] = frozenset(self._put_into(self.program.statement(place)))
        return self._puts[place]

    def filled_by(self, module: str) -> frozenset[Router]:
        """The objects of other modules into which a module puts its definitions."""
        if module not in self._filled:
            view = self.program.views.get(module)
            statements = view.statements if view is not None else ()
            found = {r for s in statements for r in self.put_into((module, s.index))}
            self._filled[module] = frozenset(r for r in found if r[0] != module)
        return self._filled[module]

    def _says(self, place: Place, word: bytes) -> bool:
        """Whether the module of a place has a word in its text."""
        return word in self.program.sources[self.program.views[place[0]].path]

    def _put_into(self, statement: Statement) -> Iterator[Router]:
        node = statement.node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for chain in statement.decorators:
                for maker in self.program.origins(statement.module, chain):
                    yield from self._changed_by(maker)
        if isinstance(node, ast.ClassDef):
            for base in self._bases(statement):
                for place in self._definitions([base]):
                    yield from self._put_by_inheritance(place, base)

    def _changed_by(self, maker: Router) -> Iterator[Router]:
        """What a function changes, or the object whose method it is."""
        module, _, name = maker[0], "", maker[1]
        first, _, method = name.partition(".")
        for place in self._definitions([(module, first)]):
            node = self.program.statement(place).node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from self._outside(module, (module, first), node)
            elif method and isinstance(node, ast.Assign | ast.AnnAssign):
                made = chain_of(node.value.func) if isinstance(node.value, ast.Call) else ()
                for kind in self._definitions(self.program.origins(module, made)):
                    inner = _method(self.program.statement(kind).node, method)
                    if inner is not None:
                        yield from self._outside(kind[0], (module, first), inner)

    def _outside(self, module: str, owner: Router, node: ast.AST) -> Iterator[Router]:
        for chain in sorted(changed_outside(node)):
            if chain[0] in ("self", "cls"):
                yield owner
            for found, name in self.program.origins(module, chain):
                yield found, name.partition(".")[0]

    def _put_by_inheritance(self, place: Place, base: Router) -> Iterator[Router]:
        """A class that looks at its subclasses when they are made, itself or by its metaclass."""
        node = self.program.statement(place).node
        if not isinstance(node, ast.ClassDef):
            return
        meta = [k for k in node.keywords if k.arg == "metaclass"]
        metas = [r for k in meta for r in self.program.origins(place[0], chain_of(k.value))]
        if _method(node, "__init_subclass__") is not None or any(self._definitions(metas)):
            yield base
        for inner in self._bases(self.program.statement(place)):
            for above in self._definitions([inner]):
                yield from self._put_by_inheritance(above, base)

    def _bases(self, statement: Statement) -> Iterator[Router]:
        for base in getattr(statement.node, "bases", ()):
            yield from self.program.origins(statement.module, chain_of(base))

    def _definitions(self, origins: Iterable[Router]) -> Iterator[Place]:
        for module, name in origins:
            for index in self.program.views[module].bindings.get(name, ()):
                if self.program.views[module].statements[index].kind is not Kind.IMPORT:
                    yield module, index

    def _index(self, statement: Statement) -> None:
        place, node = (statement.module, statement.index), statement.node
        if isinstance(node, ast.ClassDef):
            table = _table_of(node)
            if table is not None:
                self.classes.setdefault(node.name, []).append(place)
                self.tables.setdefault(table or node.name.lower(), []).append(place)
            for base in self._definitions(self._bases(statement)):
                if base != place:
                    self._subclasses.setdefault(base, []).append(place)
            if any(_last(base) in _FUNCTIONS for base in node.bases):
                self.functions.setdefault(_sql_name(node).lower(), []).append(place)
            if self._says(place, _IDENTITY.encode()) and _is_polymorphic(node):
                self._polymorphic.add(place)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            name = (chain_of(node.value.func) or ("",))[-1]
            first = node.value.args[0] if node.value.args else None
            if name == "Table" and isinstance(first, ast.Constant):
                self.tables.setdefault(str(first.value), []).append(place)


def _method(node: ast.AST, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for part in getattr(node, "body", ()):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name == name:
            return part
    return None


def _last(base: ast.expr) -> str:
    """The last part of the name of a base class, type arguments left out."""
    return (chain_of(base.value if isinstance(base, ast.Subscript) else base) or ("",))[-1]


def _sql_name(node: ast.ClassDef) -> str:
    """What a function is called in `func`: its `name`, else that of the class."""
    for part in node.body:
        target = part.targets[0] if isinstance(part, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id == "name":
            value = getattr(part, "value", None)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return value.value
    return node.name


def _is_polymorphic(node: ast.AST) -> bool:
    return any(
        (isinstance(part, ast.Constant) and part.value == _IDENTITY)
        or (isinstance(part, ast.keyword) and part.arg == _IDENTITY)
        for part in walk(node)
    )


def _table_of(node: ast.ClassDef) -> str | None:
    """The table that a class maps; `""` where the name is not written; `None` if it maps none."""
    for part in node.body:
        targets = part.targets if isinstance(part, ast.Assign) else []
        if isinstance(part, ast.AnnAssign):
            targets = [part.target]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in {"__tablename__", "__table__"}:
                value = getattr(part, "value", None)
                return str(value.value) if isinstance(value, ast.Constant) else ""
    if any(k.arg == "table" and isinstance(k.value, ast.Constant) for k in node.keywords):
        return ""
    return None

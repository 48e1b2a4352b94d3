"""Which lines of a module read or write which tables, through the ORM or in raw SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator

from splitter.discovery import sql
from splitter.discovery.kinds import Kinds
from splitter.discovery.literals import EXECUTES, Literals
from splitter.discovery.mapping import Model, Models, Use
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import children, walk

_READS = frozenset(
    {"select", "query", "get", "get_one", "get_or_404", "join", "outerjoin", "aliased", "exists"}
    | {"select_from", "scalar", "scalars", "with_polymorphic", "refresh", "count"}
)
_WRITES = frozenset({"insert", "update", "delete", "upsert"})
_STORES = frozenset({"add", "add_all", "delete", "merge", "bulk_save_objects", "setattr"})
_BULK = frozenset({"bulk_insert_mappings", "bulk_update_mappings"})
_OF_OBJECTS = frozenset({"save", "delete", "update", "sqlmodel_update", "create", "insert"})
_OF_LISTS = frozenset({"append", "remove", "extend", "clear", "add", "pop", "insert"})
_TYPES_ONLY = frozenset(
    {"isinstance", "issubclass", "cast", "Depends", "TypeAdapter", "TypeVar", "inspect", "type"}
    | {"class_mapper", "super", "list", "set", "dict", "NewType", "configure_mappers", "getattr"}
    | {"hasattr", "listens_for", "listen", "get_type_hints", "Security", "create_model", "append"}
)
_NO_QUERY = re.compile(r"__\w+__|metadata|model_\w+|from_orm|parse_\w+|schema(_\w+)?|construct")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def uses_in(
    models: Models, module: str, path: str, tree: ast.Module, source: bytes, names: Iterable[str]
) -> Iterator[Use]:
    """Every use of a table that can be seen in a module.

    A function that has neither any of `names` nor SQL in its source is passed over.
    """
    reader = _Reader(models, module, _Text(source, names))
    for node in models.names.imports(path):
        reader.kinds.imported(node, path)
    for statement in tree.body:
        reader.visit(statement)
    yield from sorted(reader.uses)


class _Text:
    """The lines of a file, searched for what a piece of code would have to contain."""

    def __init__(self, source: bytes, names: Iterable[str]) -> None:
        self._lines = source.split(b"\n")
        self._may_hold_sql = sql.may_hold_sql(source)
        known = "|".join(map(re.escape, sorted(names))).encode()
        self._known = re.compile(rb"\b(?:" + known + rb")\b") if known else None

    def may_use_tables(self, node: ast.stmt) -> bool:
        text = b"\n".join(self._lines[node.lineno - 1 : node.end_lineno])
        if self._known and self._known.search(text):
            return True
        return self._may_hold_sql and sql.may_hold_sql(text)


class _Reader:
    """Goes through a module in its order; annotations are no uses."""

    def __init__(self, models: Models, module: str, text: _Text) -> None:
        self.kinds = Kinds(models, module)
        self.uses: set[Use] = set()
        self._literals = Literals(self.kinds, module, self.uses)
        self._models = models
        self._module = module
        self._text = text

    def visit(self, node: ast.AST) -> None:
        """What `node` and all below it use."""
        visitor = _VISITORS.get(type(node))
        if visitor is not None:
            visitor(self, node)
        else:
            self._below(node)

    def _below(self, node: ast.AST) -> None:
        for part in children(node):
            self.visit(part)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if not self._text.may_use_tables(node):
            return
        spec = node.args
        self._all([*spec.defaults, *filter(None, spec.kw_defaults), *node.decorator_list])
        with self.kinds.inside():
            for parameter in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs):
                self.kinds.declare(parameter.arg, parameter.annotation)
            self._all(node.body)

    def _class(self, node: ast.ClassDef) -> None:
        mapped = f"{self._module}:{node.name}" in self._models.by_definition
        for base in () if mapped else node.bases:
            for part in walk(base) if isinstance(base, ast.Subscript) else ():
                self._repository(part, base)
        with self.kinds.inside():
            self._all(n for n in node.body if not mapped or isinstance(n, _FUNCTIONS))

    def _expression(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.visit(node.value)

    def _assignment(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._assign(target, node.value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self._assign(node.target, node.value)
        if isinstance(node.target, ast.Name):
            self.kinds.declare(node.target.id, node.annotation)

    def _augmented(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        self._store(node.target)

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.kinds.bind(node.target, node.iter)
        self._all([*node.body, *node.orelse])

    def _context(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        if node.optional_vars is not None:
            self.kinds.bind(node.optional_vars, node.context_expr)

    def _collection(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._comprehension(node.generators, node.elt)

    def _dictionary(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, node.key, node.value)

    def _literal(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._literals.statement(node)

    def _f_string(self, node: ast.JoinedStr) -> None:
        self._literals.statement(node)
        self._all(part.value for part in node.values if isinstance(part, ast.FormattedValue))

    def _operation(self, node: ast.BinOp) -> None:
        if not (isinstance(node.op, ast.Add | ast.Mod) and self._literals.statement(node)):
            self._below(node)

    def _attribute(self, node: ast.Attribute) -> None:
        member = self.kinds.member(node)
        if member is not None:
            if _is_query(member[1]):
                self._use(member[0], node, "read", ".".join(chain_of(node)[-2:]))
                self._joined(*member, node)
            return
        related = self.kinds.related(node)
        if related is not None:
            self._use(related, node, "read", ast.unparse(node))
            self._between(node, "read")
        self.visit(node.value)

    def _call(self, node: ast.Call) -> None:
        name = str(getattr(node.func, "attr", getattr(node.func, "id", "")))
        made = self.kinds.model(node.func)
        if made is not None:
            self._use(made, node, "write", f"{name}(…)")
            for keyword in node.keywords:
                table = self._models.association(made, keyword.arg or "")
                if table is not None:
                    self._use(table, node, "write", f"{name}({keyword.arg}=…)")
        elif not self._on_object(node, name):
            self.visit(node.func)
        for position, argument in enumerate(node.args):
            self._argument(node, name, position, argument)
        for keyword in node.keywords:
            if not (name in EXECUTES and self._literals.executed(keyword.value, node)):
                self.visit(keyword.value)

    def _on_object(self, node: ast.Call, name: str) -> bool:
        """`Model.method(…)`, `query.delete()`, `user.accounts.append(…)`; whether it was one."""
        if not isinstance(node.func, ast.Attribute):
            return False
        member = self.kinds.member(node.func)
        if member is not None:
            writes = name in _OF_OBJECTS or name.split("_")[0] in _OF_OBJECTS
            if _is_query(name):
                how = f"{member[0].definition.name}.{name}"
                self._use(member[0], node, "write" if writes else "read", how)
            return True
        target = self.kinds.model(node.func.value)
        related = self.kinds.related(node.func.value)
        if related is not None and name in _OF_LISTS:
            self._use(related, node, "write", f"{ast.unparse(node.func)}")
            self._between(node.func.value, "write")
        owner = self.kinds.of(node.func.value)
        if target is None and owner is not None and name in _OF_OBJECTS:
            self._use(owner, node, "write", f"{owner.definition.name} .{name}()")
        return False

    def _argument(self, node: ast.Call, name: str, position: int, argument: ast.expr) -> None:
        model = self.kinds.model(argument)
        if model is not None:
            writes = (name in _WRITES or name in _BULK) and position == 0
            if writes or name not in _TYPES_ONLY:
                self._use(model, node, "write" if writes else "read", f"{name}({_short(argument)})")
            return
        stored = self.kinds.of(argument) if name in _STORES and position == 0 else None
        if stored is not None:
            self._use(stored, node, "write", f"{name}({stored.definition.name})")
            if name == "delete":
                self._cascade(stored, node)
        if not (name in EXECUTES and self._literals.executed(argument, node)):
            self.visit(argument)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        self._store(target)
        self.kinds.bind(target, value)
        named = self.kinds.model(value)
        if named is not None and getattr(target, "id", getattr(target, "attr", "")) == "model":
            self._use(named, value, "read", "model = …")
            self._use(named, value, "write", "model = …")

    def _store(self, target: ast.expr) -> None:
        for each in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
            owner = self.kinds.of(each.value) if isinstance(each, ast.Attribute) else None
            if owner is not None:
                self._use(owner, each, "write", f"{ast.unparse(each)} = …")
                self._between(each, "write")

    def _cascade(self, model: Model, node: ast.expr) -> None:
        """An object that is deleted takes others with it."""
        for table in set(self._models.cascades(model)):
            how = f"delete({model.definition.name}) cascades"
            self.uses.add(Use(table, self._module, node.lineno, "write", how))

    def _joined(self, model: Model, attribute: str, node: ast.expr) -> None:
        """`Model.attribute` in a query, where that is a relationship."""
        for found in (
            self._models.related(model, attribute),
            self._models.association(model, attribute),
        ):
            if found is not None:
                self._use(found, node, "read", ".".join(chain_of(node)[-2:]))

    def _between(self, node: ast.expr, mode: str) -> None:
        """A relationship of many to many uses the table between, too."""
        table = self.kinds.association(node)
        if table is not None:
            self._use(table, node, mode, ast.unparse(node))

    def _repository(self, part: ast.AST, base: ast.expr) -> None:
        """`class Users(Repository[User])`: what such a class does is not seen, so it does both."""
        model = self.kinds.model(part) if isinstance(part, ast.expr) else None
        if model is not None:
            for mode in ("read", "write"):
                self._use(model, base, mode, _short(base))

    def _use(self, model: Model, node: ast.expr, mode: str, how: str) -> None:
        self.uses.add(Use(model.table, self._module, node.lineno, mode, how))

    def _comprehension(self, generators: Iterable[ast.comprehension], *made: ast.expr) -> None:
        for generator in generators:
            self.visit(generator.iter)
            self.kinds.bind(generator.target, generator.iter)
            self._all(generator.ifs)
        self._all(made)

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


def _is_query(attribute: str) -> bool:
    """Whether `Model.attribute` asks the database; what the class knows of itself does not."""
    return _NO_QUERY.fullmatch(attribute) is None


def _nothing(reader: _Reader, node: ast.AST) -> None:
    """Names and signs alone use nothing."""


def _short(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 40 else text[:39] + "…"


_VISITORS: dict[type[ast.AST], Callable[..., None]] = {
    ast.FunctionDef: _Reader._function,
    ast.AsyncFunctionDef: _Reader._function,
    ast.ClassDef: _Reader._class,
    ast.Expr: _Reader._expression,
    ast.Assign: _Reader._assignment,
    ast.AnnAssign: _Reader._annotated,
    ast.AugAssign: _Reader._augmented,
    ast.For: _Reader._loop,
    ast.AsyncFor: _Reader._loop,
    ast.withitem: _Reader._context,
    ast.ListComp: _Reader._collection,
    ast.SetComp: _Reader._collection,
    ast.GeneratorExp: _Reader._collection,
    ast.DictComp: _Reader._dictionary,
    ast.Constant: _Reader._literal,
    ast.JoinedStr: _Reader._f_string,
    ast.BinOp: _Reader._operation,
    ast.Attribute: _Reader._attribute,
    ast.Call: _Reader._call,
    ast.Name: _nothing,
    ast.Import: _nothing,
    ast.ImportFrom: _nothing,
    ast.arguments: _nothing,
    ast.Pass: _nothing,
}

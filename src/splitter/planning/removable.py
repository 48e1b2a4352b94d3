"""Which definitions may go when nothing asks for them any more: those that do nothing by being."""

from __future__ import annotations

import ast
from collections.abc import Collection

from splitter.discovery.modules import Kind, Statement, registers_route
from splitter.discovery.scopes import chain_of, last_name
from splitter.discovery.trees import walk
from splitter.planning.program import Place, Program

_PLAIN = frozenset(
    {"dataclass", "cache", "lru_cache", "contextmanager", "asynccontextmanager", "wraps"}
    | {"unique", "total_ordering", "final", "overload", "field_validator", "model_validator"}
)
_KINDS = frozenset(
    {"object", "BaseModel", "Enum", "StrEnum", "IntEnum", "Flag", "IntFlag", "str", "int", "dict"}
    | {"list", "Exception", "ValueError", "Generic", "Protocol", "NamedTuple", "TypedDict"}
    | {"HTTPException", "JSONResponse", "Response", "ABC"}
)
_EFFECTS = frozenset({"Table", "register", "listen", "connect", "start", "subscribe", "setup"})


def is_removable(program: Program, place: Place, tables: Collection[Place]) -> bool:
    """Whether a definition has no effect but its name. Tables have: they are created by it."""
    statement = program.statement(place)
    if statement.kind not in (Kind.DEFINITION, Kind.REGISTRATION) or place in tables:
        return False
    node = statement.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return all(_is_plain(d) for d in node.decorator_list)
    if isinstance(node, ast.ClassDef):
        return all(_is_plain(d) for d in node.decorator_list) and _is_of_a_kind(
            program, statement, set()
        )
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not any(isinstance(n, ast.Call) and last_name(n) in _EFFECTS for n in walk(node))
    return type(node).__name__ == "TypeAlias"


def _is_plain(decorator: ast.expr) -> bool:
    return last_name(decorator) in _PLAIN or bool(registers_route(decorator))


def _is_of_a_kind(program: Program, statement: Statement, seen: set[Place]) -> bool:
    """Whether a class comes of such as take no notice of those that come of them."""
    node = statement.node
    assert isinstance(node, ast.ClassDef)
    seen.add((statement.module, statement.index))
    if node.keywords or any(_binds_hook(part) for part in node.body):
        return False
    for base in node.bases:
        base = base.value if isinstance(base, ast.Subscript) else base
        own = [
            program.views[module].statements[index]
            for module, name in program.origins(statement.module, chain_of(base))
            for index in program.views[module].bindings.get(name, ())
        ]
        if not own and last_name(base) not in _KINDS:
            return False
        for found in own:
            if (found.module, found.index) in seen:
                continue
            if not isinstance(found.node, ast.ClassDef) or not _is_of_a_kind(program, found, seen):
                return False
    return True


def _binds_hook(node: ast.AST) -> bool:
    return getattr(node, "name", "") == "__init_subclass__"

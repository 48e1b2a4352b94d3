"""What stands in the way of a split, or is worth to know before it, by file and line."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from splitter.discovery.modules import Kind, ModuleView, Statement
from splitter.discovery.scopes import chain_of
from splitter.model.changes import Note
from splitter.model.monolith import Table, TableUse
from splitter.planning.needs import Needs
from splitter.planning.parting import FOUNDATION
from splitter.planning.plan import Blueprint
from splitter.planning.program import Program

_CHANGES = frozenset(
    {"append", "add", "update", "pop", "popitem", "clear", "remove", "discard", "extend", "insert"}
    | {"setdefault", "put", "put_nowait", "set", "appendleft", "popleft"}
)
_CONTAINERS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)


def findings(blueprint: Blueprint, tables: Iterable[Table]) -> tuple[Note, ...]:
    """Notes on state, circles and tables, for all planned services together."""
    found = {*_shared_state(blueprint), *_circles(blueprint.program), *_tables(blueprint, tables)}
    return tuple(sorted(found))


def _shared_state(blueprint: Blueprint) -> Iterator[Note]:
    parts = blueprint.division.parts.get(FOUNDATION, {})
    for module, part in parts.items():
        view = blueprint.program.views[module]
        users = sorted(
            o for o, needs in blueprint.needs.items() if o != FOUNDATION and module in needs.kept
        )
        for index in sorted(part.statements):
            statement = view.statements[index]
            name = _container(statement)
            if name and len(users) > 1 and _is_changed(view, name):
                what = f"{name} is changed by functions, and each of {_listed(users)} gets its own"
                yield Note(view.path, statement.line, "SPL012", what)


def _container(statement: Statement) -> str:
    """The name of a container that a statement makes at module level."""
    value = getattr(statement.node, "value", None)
    if statement.kind is not Kind.DEFINITION or len(statement.binds) != 1:
        return ""
    name = next(iter(statement.binds))
    if isinstance(value, _CONTAINERS):
        return name
    made = (chain_of(value.func) or ("",))[-1] if isinstance(value, ast.Call) else ""
    words = ("dict", "list", "set", "deque", "cache", "counter", "queue", "registry", "store")
    return name if any(word in made.lower() for word in words) and made != "lru_cache" else ""


def _is_changed(view: ModuleView, name: str) -> bool:
    return any(
        _changes(node, name)
        for statement in view.statements
        if isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for node in ast.walk(statement.node)
    )


def _changes(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Global):
        return name in node.names
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return chain_of(node.func)[:1] == (name,) and node.func.attr in _CHANGES
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return chain_of(node.value)[:1] == (name,)
    return False


def _circles(program: Program) -> Iterator[Note]:
    """Each circle of modules that import one another at module level, told once."""
    for circle in _components({n: _imported(program, v) for n, v in program.views.items()}):
        first = program.views[min(circle)]
        line = next((s.line for s in first.statements if s.kind is Kind.IMPORT), 0)
        yield Note(first.path, line, "SPL015", f"{_listed(sorted(circle))} import one another")


def _imported(program: Program, view: ModuleView) -> set[str]:
    found: set[str] = set()
    for targets in view.imports.values():
        for index, target in targets:
            if _is_for_types(view.statements[index].node):
                continue
            inner = f"{target.module}.{target.name}"
            found.add(inner if inner in program.views else target.module)
    return (found & program.views.keys()) - {view.name}


def _is_for_types(node: ast.stmt) -> bool:
    """`if TYPE_CHECKING:` does not run."""
    return isinstance(node, ast.If) and chain_of(node.test)[-1:] == ("TYPE_CHECKING",)


def _components(graph: Mapping[str, set[str]]) -> Iterator[set[str]]:
    """The strongly connected components of two nodes or more (Tarjan, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    held: set[str] = set()
    for root in graph:
        work = [(root, iter(sorted(graph[root])))] if root not in index else []
        while work:
            node, edges = work[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                stack.append(node)
                held.add(node)
            following = next((n for n in edges if n not in index or n in held), None)
            if following is not None and following not in index:
                work.append((following, iter(sorted(graph[following]))))
                continue
            if following is not None:
                low[node] = min(low[node], index[following])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == index[node]:
                circle = set(stack[stack.index(node) :])
                del stack[stack.index(node) :]
                held -= circle
                if len(circle) > 1:
                    yield circle


def _tables(blueprint: Blueprint, tables: Iterable[Table]) -> Iterator[Note]:
    """Tables that several services write, start-up code aside, which all of them have."""
    services = {o: needs for o, needs in blueprint.needs.items() if o != FOUNDATION}
    for table in tables:
        writers: set[str] = set()
        for use in table.uses:
            keepers = {o for o, n in services.items() if _keeps(blueprint, n, use)}
            if use.mode == "write" and keepers != services.keys():
                writers |= keepers
        if len(writers) > 1 and table.file:
            what = f"table {table.name} is written by {_listed(sorted(writers))}"
            yield Note(table.file, table.line, "SPL016", what)


def _keeps(blueprint: Blueprint, needs: Needs, use: TableUse) -> bool:
    """Whether a service keeps the statement in which a table is used."""
    statements = (
        blueprint.program.views[use.module].statements[index]
        for index in needs.kept.get(use.module, ())
    )
    return any(s.line <= use.line <= s.end_line for s in statements)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

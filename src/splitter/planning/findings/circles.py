"""Modules that import one another, where the cut goes between them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from splitter.discovery.modules import Kind, ModuleView
from splitter.discovery.scopes import chain_of
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.parties import listed
from splitter.planning.parting import FOUNDATION
from splitter.planning.plan import Blueprint
from splitter.planning.program import Program


def circles_across(blueprint: Blueprint) -> Iterator[Finding]:
    """Each circle of imports at module level whose modules do not all go to the same places."""
    program = blueprint.program
    for circle in _components({n: _imported(program, v) for n, v in program.views.items()}):
        homes = {name: _homes(blueprint, name) for name in sorted(circle)}
        moving = [name for name, found in homes.items() if found]
        if len({homes[name] for name in moving}) < 2 and not any(map(_is_parted, homes.values())):
            continue
        first = program.views[moving[0]]
        line = next((s.line for s in first.statements if s.kind is Kind.IMPORT), 0)
        what = f"{listed(moving)} import one another and do not go to one place"
        owners = {owner for found in homes.values() for owner in found} - {FOUNDATION}
        yield finding(first.path, line, "SPL015", what, owners)


def _homes(blueprint: Blueprint, module: str) -> frozenset[str]:
    return frozenset(o for o, parts in blueprint.division.parts.items() if module in parts)


def _is_parted(homes: frozenset[str]) -> bool:
    """Whether some of a module is shared and some is a service's own."""
    return FOUNDATION in homes and len(homes) > 1


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

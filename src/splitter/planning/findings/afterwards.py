"""Work that is done after the answer was sent."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from splitter.discovery.trees import children
from splitter.model.monolith import RunningApp
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.findings.kinds import last_name
from splitter.planning.parties import Parties

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def late_commits(parties: Parties, running: RunningApp) -> Iterator[Finding]:
    """Dependencies that commit after their `yield`, where FastAPI runs that after the answer."""
    if not parties.planned or not _runs_late(running):
        return
    for piece in sorted({p for party in parties.members for p in party.answering.pieces}):
        node = parties.reaching.facts(piece).node
        line = _commits_late(node)
        if line:
            users = parties.with_piece(piece)
            name = getattr(node, "name", "")
            what = f"{name} commits after the answer was sent, for {parties.told(users)}"
            yield finding(parties.program.views[piece[0]].path, line, "SPL025", what, users)


def _runs_late(running: RunningApp) -> bool:
    """FastAPI 0.106 to 0.117 ran it before the answer was sent."""
    found = re.match(r"(\d+)\.(\d+)", running.versions.get("fastapi", ""))
    return found is None or not (0, 106) <= (int(found[1]), int(found[2])) < (0, 118)


def _commits_late(node: ast.AST) -> int:
    """The line of a commit after the `yield` of a generator that is no context manager."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return 0
    if any("contextmanager" in last_name(d) for d in node.decorator_list):
        return 0
    parts = list(_own(node))
    yields = [p.lineno for p in parts if isinstance(p, ast.Yield)]
    if len(yields) != 1:
        return 0
    for part in parts:
        if isinstance(part, ast.Call) and _is_commit(part, yields[0]):
            return part.lineno
        if isinstance(part, ast.With | ast.AsyncWith) and _begins(part, yields[0]):
            return part.lineno
    return 0


def _is_commit(node: ast.Call, after: int) -> bool:
    return last_name(node.func) == "commit" and node.lineno > after


def _begins(node: ast.With | ast.AsyncWith, line: int) -> bool:
    """`with session.begin(): yield session`."""
    names = {
        last_name(i.context_expr.func) for i in node.items if isinstance(i.context_expr, ast.Call)
    }
    return "begin" in names and node.lineno <= line <= (node.end_lineno or 0)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    for child in children(node):
        if not isinstance(child, _FUNCTIONS):
            yield child
            yield from _own(child)

"""The calls in the code that is reached, by the name of what they call."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from splitter.discovery.modules import ModuleView
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import walk
from splitter.planning.findings.kinds import last_name
from splitter.planning.parties import Parties
from splitter.planning.pieces import Piece


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A call, where it stands, and the decorated function if it is a decorator."""

    piece: Piece
    call: ast.Call
    view: ModuleView
    decorated: str = ""

    @property
    def line(self) -> int:
        return self.call.lineno

    @property
    def chain(self) -> tuple[str, ...]:
        return chain_of(self.call.func)


class Calls:
    """Every call that a party runs, indexed once by the last part of its name."""

    def __init__(self, parties: Parties) -> None:
        self.parties = parties
        self._by_name: dict[str, list[tuple[Piece, ast.Call, str]]] = defaultdict(list)
        self._foreign: dict[str, frozenset[str]] = {}
        for piece in sorted({p for party in parties.members for p in party.pieces}):
            for call, decorated in self._in(piece):
                self._by_name[last_name(call.func)].append((piece, call, decorated))

    def named(self, *names: str) -> Iterator[Sight]:
        """The calls of something of one of these names, by place."""
        views = self.parties.program.views
        found = {
            call: Sight(piece, call, views[piece[0]], decorated)
            for name in names
            for piece, call, decorated in self._by_name.get(name, ())
        }
        yield from sorted(found.values(), key=lambda s: (s.view.path, s.line))

    def imports(self, sight: Sight, *libraries: str) -> bool:
        """Whether a module imports one of some libraries, anywhere."""
        view = sight.view
        if view.name not in self._foreign:
            tree = self.parties.program.views[view.name].statements
            nodes = (p for s in tree for p in walk(s.node))
            self._foreign[view.name] = frozenset(_roots(nodes))
        return not self._foreign[view.name].isdisjoint(libraries)

    def _in(self, piece: Piece) -> Iterator[tuple[ast.Call, str]]:
        methods = {*self.parties.reaching.methods((piece[0], piece[1])).values()}
        reading = self.parties.reaching.facts(piece).reading
        for call in reversed(reading.calls):
            yield call, reading.decorating.get(call, "")
        for part in reading.skipped:
            if part not in methods:
                yield from ((p, "") for p in walk(part) if isinstance(p, ast.Call))


def literal(node: ast.AST | None) -> str | None:
    """The text of a constant."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def argument(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    """An argument by its position or one of its names."""
    if len(call.args) > position:
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg in names), None)


def _roots(nodes: Iterator[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]

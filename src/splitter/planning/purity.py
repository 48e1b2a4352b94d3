"""What a function rests on besides its arguments: state of a module, the database, the application.

A function that rests on none of these is pure: every process may have a copy of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from splitter.discovery.modules import Kind, Statement
from splitter.discovery.scopes import chain_of
from splitter.model.monolith import Route
from splitter.planning.findings.decorating import decorating
from splitter.planning.findings.kinds import is_cache, last_name, methods_of
from splitter.planning.findings.touching import NOTHING, Touch, during, touches
from splitter.planning.owning import Owner, Owners
from splitter.planning.pieces import Piece
from splitter.planning.program import Place, Program
from splitter.planning.reaching import Reach, Reaching
from splitter.planning.travellers import name_of

_DATABASES = frozenset(
    {"psycopg", "psycopg2", "asyncpg", "aiosqlite", "sqlite3", "pymongo", "motor", "redis"}
    | {"pymysql", "aiomysql", "databases", "tortoise", "peewee", "beanie"}
)
_OF_SQLALCHEMY = frozenset(
    {"create_engine", "create_async_engine", "sessionmaker", "async_sessionmaker", "Engine"}
    | {"scoped_session", "Session", "AsyncSession", "Connection", "AsyncConnection", "AsyncEngine"}
)


class Purity:
    """Looks at functions with all that they reach. What was once found out is kept."""

    def __init__(self, program: Program, routes: Sequence[Route], owners: Owners) -> None:
        self._program = program
        self._routes = routes
        self._owners = owners
        self._reaching = Reaching(program)
        self._changing: dict[Place, bool] = {}

    def of(self, place: Place, owner: Owner) -> str:
        """Why a function of an owner is not pure; empty if it is.

        Where nobody named the owner, only state that the owner has in its route modules counts,
        and no cache: the database is shared, and a cache fills again.
        """
        pieces = self.pieces(place)
        states = sorted({t for piece in pieces for t in self._reaching.facts(piece).targets})
        for state in states:
            statement = self._program.statement(state)
            if self._counts(state, statement, owner) and self.changes(state):
                return f"uses {min(statement.binds)}, which changes"
        return self._outside(pieces) if owner.named else ""

    def pieces(self, place: Place) -> frozenset[Piece]:
        """All code that runs when a function is called, by name."""
        return self._reaching.reach([(*place, "")]).pieces

    def changes(self, place: Place) -> bool:
        """Whether a statement makes an object that code changes while requests are answered."""
        if place not in self._changing:
            self._changing[place] = self._is_changed(place)
        return self._changing[place]

    def of_the_request(self, place: Place) -> str:
        """The variable of the request's own context that a function reads; empty if none."""
        for piece in sorted(self.pieces(place)):
            for target in sorted(self._reaching.facts(piece).targets):
                value = getattr(self._program.statement(target).node, "value", None)
                if isinstance(value, ast.Call) and last_name(value.func) == "ContextVar":
                    return min(self._program.statement(target).binds)
        return ""

    def in_threads(self, place: Place) -> bool:
        """Whether the monolith runs a function in threads: for an endpoint that is no coroutine."""
        return (*place, "") in self._threads

    def _counts(self, place: Place, statement: Statement, owner: Owner) -> bool:
        if statement.kind is not Kind.DEFINITION or len(statement.binds) != 1:
            return False
        if owner.named:
            return True
        of = self._owners.of(place)
        cache = isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef)
        cache = cache or is_cache(min(statement.binds), statement)
        return of is not None and of.service == owner.service and not cache

    def _is_changed(self, place: Place) -> bool:
        statement = self._program.statement(place)
        methods = methods_of(self._reaching, statement)
        if methods is None or len(statement.binds) != 1:
            return False
        name = min(statement.binds)
        for piece in self._answering:
            facts = self._reaching.facts(piece)
            if place not in facts.targets or piece[:2] == place:
                continue
            parts = [*during(facts.node, depth=self._decorating.get(piece[:2], 0))]
            touch = touches(self._reaching, piece, parts, (place, name), methods)
            if Touch.PASS in touch:
                touch |= self._by_others(methods)
            if touch & (Touch.FILL | Touch.EMPTY) or self._rebinds(facts.node, name, place, piece):
                return True
        return False

    def _by_others(self, methods: object) -> Touch:
        """What may become of an object that is handed on."""
        found = NOTHING
        assert isinstance(methods, dict)
        for name in methods.keys() & self._attributes:
            found |= methods[name]
        return found

    @staticmethod
    def _rebinds(node: ast.AST, name: str, place: Place, piece: Piece) -> bool:
        """Whether a function gives the module's name something that it was given itself."""
        if place[0] != piece[0] or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return False
        if not any(isinstance(p, ast.Global) and name in p.names for p in ast.walk(node)):
            return False
        given = {p.arg for p in ast.walk(node.args) if isinstance(p, ast.arg)}
        return any(
            isinstance(part, ast.Assign)
            and any(isinstance(t, ast.Name) and t.id == name for t in part.targets)
            and any(isinstance(n, ast.Name) and n.id in given for n in ast.walk(part.value))
            for part in ast.walk(node)
        )

    def _outside(self, pieces: frozenset[Piece]) -> str:
        for piece in sorted(pieces):
            if next(self._of_databases(piece), None):
                return "uses the database"
            node = self._reaching.facts(piece).node
            if any(chain_of(p)[-3:-1] == ("app", "state") for p in ast.walk(node)):
                return "uses the application's state"
        return ""

    def _of_databases(self, piece: Piece) -> Iterator[str]:
        view, uses = self._program.views[piece[0]], self._reaching.facts(piece).uses
        found = [(i, c[1:]) for c in uses.free for _, i in view.imports.get(c[0], ())]
        for imported, rest in (*found, *uses.imported):
            name = name_of(imported, rest)
            root = name.partition(".")[0]
            by_orm = root in ("sqlalchemy", "sqlmodel") and re.split(r"\.", name)
            if not self._program.is_own(imported.module) and (
                root in _DATABASES or (by_orm and not _OF_SQLALCHEMY.isdisjoint(by_orm))
            ):
                yield name

    @cached_property
    def _answering(self) -> list[Piece]:
        return sorted(self._reach.pieces)

    @cached_property
    def _attributes(self) -> frozenset[str]:
        return self._reach.attributes

    @cached_property
    def _decorating(self) -> dict[Place, int]:
        return decorating(self._reaching, self._reach.pieces)

    @cached_property
    def _reach(self) -> Reach:
        return self._reaching.reach(self._reaching.roots(self._routes))

    @cached_property
    def _threads(self) -> frozenset[Piece]:
        roots = [
            piece
            for piece in self._reaching.roots(self._routes)
            if isinstance(self._reaching.facts(piece).node, ast.FunctionDef)
        ]
        return self._reaching.reach(roots).pieces

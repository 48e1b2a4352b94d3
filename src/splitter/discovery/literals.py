"""SQL in the texts of a module: those that are statements, and those that are executed."""

from __future__ import annotations

import ast

from splitter.discovery import sql
from splitter.discovery.kinds import Kinds
from splitter.discovery.mapping import Use

EXECUTES = frozenset(
    {"text", "execute", "executemany", "exec", "exec_driver_sql", "executescript", "fetch", "raw"}
    | {"fetchrow", "fetchval", "fetchone", "fetchall", "fetch_all", "fetch_one", "fetch_val"}
    | {"read_sql", "read_sql_query", "scalar", "scalars", "mogrify", "SQL", "DDL"}
)
_LITERALS = (ast.Constant, ast.JoinedStr, ast.BinOp)


class Literals:
    """Adds what the statements in a module use to `uses`."""

    def __init__(self, kinds: Kinds, module: str, uses: set[Use]) -> None:
        self._kinds = kinds
        self._module = module
        self._uses = uses

    def executed(self, node: ast.expr, call: ast.Call) -> bool:
        """What is surely executed; a constant of another module is used here too."""
        if isinstance(node, _LITERALS):
            return self.statement(node, surely=True)
        found = self._kinds.constant(node)
        if found is not None and found[0] != self._module:
            return self._told(found[1], call, surely=True)
        return False

    def statement(self, node: ast.expr, *, surely: bool = False) -> bool:
        """Whether the text that `node` makes is SQL, which is then taken account of."""
        text = sql.text_of(node, self._inner_text)
        return text is not None and self._told(text, node, surely=surely)

    def _told(self, text: str, node: ast.expr, *, surely: bool) -> bool:
        if not sql.is_sql(text, surely=surely):
            return False
        for touch in sql.touches(text):
            how = f"SQL {touch.verb}"
            self._uses.add(Use(touch.table, self._module, node.lineno, touch.mode, how))
        return True

    def _inner_text(self, node: ast.expr) -> str | None:
        """What is put into a statement: the name of a model's table, or a constant text."""
        member = self._kinds.member(node)
        if member is not None and member[1] in ("__tablename__", "name", "__table__"):
            return member[0].table
        found = self._kinds.constant(node)
        return found[1] if found else None

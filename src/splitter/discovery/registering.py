"""Names that code gives to SQLAlchemy, which looks them up in a registry of its own."""

from __future__ import annotations

import ast

from splitter.discovery.scopes import Uses, chain_of

_RELATIONS = frozenset({"relationship", "Relationship", "backref", "relation"})
_COLUMNS = frozenset({"Field", "mapped_column", "Column"})
REGISTERING = _RELATIONS | _COLUMNS | {"ForeignKey"}


def registered(name: str, call: ast.Call, uses: Uses) -> None:
    """Add what a call names in `relationship("User")`, `ForeignKey("users.id")` and the like.

    `name`: one of `REGISTERING`, the last of what is called.
    """
    if not chain_of(call.func):
        return
    first = call.args[0] if call.args else None
    if name in _RELATIONS:
        _class(first, uses)
        for keyword in call.keywords:
            if keyword.arg in {"argument", "secondary"}:
                _class(keyword.value, uses)
    elif name == "ForeignKey":
        _table(first, uses)
    elif name in _COLUMNS:
        for keyword in call.keywords:
            if keyword.arg == "foreign_key":
                _table(keyword.value, uses)


def _class(node: ast.AST | None, uses: Uses) -> None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        uses.classes.add(node.value.rpartition(".")[2])
        uses.tables.add(node.value)


def _table(node: ast.AST | None, uses: Uses) -> None:
    if isinstance(node, ast.Constant):
        uses.tables.add(str(node.value).rpartition(".")[0])

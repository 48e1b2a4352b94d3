"""Raw SQL in the source: which tables a statement reads and which it writes."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

HOLE = "hole_in_sql"
UNKNOWN = "…"
"""The name of a table that only the running program knows."""

_STATEMENT = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:SELECT\b.*\bFROM\b|WITH\b.*\bSELECT\b|INSERT\b.*\bINTO\b|REPLACE\s+INTO\b"
    r"|UPDATE\s.*\bSET\b|DELETE\s+FROM\b|MERGE\s+INTO\b|TRUNCATE\b|(?:CREATE|DROP|ALTER)\b.*\bTABLE\b)",
    re.S,
)
_ANY_CASE = re.compile(_STATEMENT.pattern, re.S | re.I)
_MAYBE = re.compile(
    rb"[\"'](?:\s|\\n|--[^\n]*\n)*"
    rb"(?:select|with|insert|replace|update|delete|merge|truncate|create|drop|alter)\s",
    re.I,
)
_SIGNS = (
    *(b"SELECT", b"INTO", b"UPDATE", b"DELETE", b"TABLE"),
    *(b"execute", b"text(", b"fetch", b"raw("),
)
_COMMON = re.compile(r"(?i)([\w\"`]+)\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(")
_PARAMETER = re.compile(r"%\(\w+\)s|%s|\$\d+|(?<![:\w]):\w+|\?")
_DIALECTS = ("postgres", "sqlite", "mysql", None)
_SYSTEM = re.compile(r"(?i)^(information_schema|pg_catalog)\.|^(sqlite_|pg_)\w+$")
_NAMED = re.compile(
    r"(?i)\b(INSERT\s+INTO|REPLACE\s+INTO|MERGE\s+INTO|UPDATE|DELETE\s+FROM|FROM|JOIN)\s+([\w.\"`]+)"
)


@dataclass(frozen=True, slots=True, order=True)
class Touch:
    """A statement's use of a table: `mode` is `read` or `write`, `verb` the statement's."""

    table: str
    mode: str
    verb: str


def may_hold_sql(source: bytes) -> bool:
    """Whether a piece of a file could hold SQL at all; small letters only where it is executed."""
    if any(sign in source for sign in _SIGNS):
        return _MAYBE.search(source) is not None
    return False


def is_sql(text: str, *, surely: bool = False) -> bool:
    """Whether a text is a statement: in capital letters, or in any if it is `surely` executed."""
    return (_ANY_CASE if surely else _STATEMENT).match(text) is not None


def text_of(node: ast.expr, value: Callable[[ast.expr], str | None]) -> str | None:
    """The text that a literal, f-string, sum or `format` call makes; `value` tells inner parts."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr():
            parts = [text_of(part, value) for part in node.values]
            return "".join(HOLE if part is None else part for part in parts)
        case ast.FormattedValue():
            return value(node.value) or HOLE
        case ast.BinOp(op=ast.Add()):
            left, right = text_of(node.left, value), text_of(node.right, value)
            known = left is not None or right is not None
            return (left or HOLE) + (right or HOLE) if known else None
        case ast.Name() | ast.Attribute():
            return value(node)
        case ast.BinOp(op=ast.Mod()):
            return text_of(node.left, value)
        case ast.Call(func=ast.Attribute(attr="format" | "strip" | "replace", value=inner)):
            made = text_of(inner, value)
            return None if made is None else re.sub(r"{\w*}", HOLE, made)
    return None


def touches(statement: str) -> tuple[Touch, ...]:
    """The tables that the statements in a text use, without those of system catalogues."""
    plain = _PARAMETER.sub("NULL", statement)
    try:
        found = set(_parsed(plain))
    except _NotParsedError:
        found = set(_searched(plain))
    named = {Touch(UNKNOWN, t.mode, t.verb) if t.table == HOLE else t for t in found}
    return tuple(sorted(t for t in named if HOLE not in t.table and not _SYSTEM.match(t.table)))


class _NotParsedError(Exception):
    pass


def _parsed(statement: str) -> Iterator[Touch]:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    for dialect in _DIALECTS:
        try:
            trees = sqlglot.parse(statement, dialect=dialect)
        except (SqlglotError, RecursionError):
            continue
        if not any(isinstance(tree, exp.Command) for tree in trees):
            for tree in trees:
                if tree is not None:
                    yield from _of_tree(tree)
            return
    raise _NotParsedError


def _of_tree(tree: exp.Expr) -> Iterator[Touch]:
    from sqlglot import exp

    common = {each.alias_or_name for each in tree.find_all(exp.CTE)}
    written: dict[int, str] = {}
    for node in tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.TruncateTable):
        for table in _targets(node):
            written[id(table)] = node.key.upper().removesuffix("TABLE")
    if isinstance(tree, exp.Create | exp.Drop | exp.Alter):
        target = tree.find(exp.Table)
        if target is not None and str(tree.args.get("kind", "TABLE")).upper() == "TABLE":
            written[id(target)] = tree.key.upper()
    for table in tree.find_all(exp.Table):
        name = f"{table.db}.{table.name}" if _SYSTEM.match(f"{table.db}.") else table.name
        verb = written.get(id(table))
        if name and (verb or name not in common):
            yield Touch(name, "write" if verb else "read", verb or "SELECT")


def _targets(node: exp.Expr) -> Iterator[exp.Table]:
    from sqlglot import exp

    if isinstance(node, exp.TruncateTable):
        yield from (table for table in node.expressions if isinstance(table, exp.Table))
        return
    target = node.this
    if isinstance(target, exp.Schema):
        target = target.this
    if isinstance(target, exp.Table):
        yield target


def _searched(statement: str) -> Iterator[Touch]:
    """What can be told of a statement that no dialect takes."""
    common = {name.strip('"`') for name in _COMMON.findall(statement)}
    for verb, name in _NAMED.findall(statement):
        first = verb.split()[0].upper()
        mode = "read" if first in ("FROM", "JOIN") else "write"
        table = name.rpartition(".")[2].strip('"`')
        if table not in common:
            yield Touch(table, mode, "SELECT" if mode == "read" else first)

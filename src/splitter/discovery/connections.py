"""Which environment variable names the monolith's database, and what it is by default."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import walk

_URL = re.compile(r"^(sqlite|postgres(ql)?|mysql|mariadb|oracle|mssql)(\+\w+)?://")
_NAME = re.compile(r"(?i)((database|db|sqlalchemy)\w*(url|uri|dsn))$|^dsn$")


def find_database(trees: Iterable[ast.Module], reads: Mapping[str, str | None]) -> tuple[str, str]:
    """The variable (empty if none names a database) and its default (empty if it has none).

    `reads` are the variables that the monolith read, with what they were set to. The default is
    looked for in the code: `os.getenv(NAME, default)`, or a field of a settings class.
    """
    defaults = dict(_defaults(trees))
    for name, value in {**dict.fromkeys(defaults), **reads}.items():
        default = defaults.get(name.upper(), "")
        if _URL.match(value or "") or _URL.match(default) or _NAME.search(name):
            return name.upper(), default if _URL.match(default) else ""
    return "", ""


def _defaults(trees: Iterable[ast.Module]) -> Iterator[tuple[str, str]]:
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, ast.Call) and len(node.args) == 2:
                chain = chain_of(node.func)
                if chain[-1:] == ("getenv",) or chain[-2:] == ("environ", "get"):
                    yield from _pair(node.args[0], node.args[1])
            elif isinstance(node, ast.ClassDef):
                yield from _fields(node)


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    bases = {(chain_of(base) or ("",))[-1] for base in node.bases}
    if not any(base.endswith("Settings") for base in bases):
        return
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            value = part.value
            if isinstance(value, ast.Call):
                named = [k.value for k in value.keywords if k.arg == "default"]
                value = next(iter([*named, *value.args]), None)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield part.target.id.upper(), value.value


def _pair(name: ast.expr, default: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(name, ast.Constant) and isinstance(default, ast.Constant):
        yield str(name.value).upper(), str(default.value)

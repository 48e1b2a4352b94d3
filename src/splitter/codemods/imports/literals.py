"""String literals whose text can be looked into, and edited where it stands."""

from __future__ import annotations

import ast
import re
import warnings

from splitter.codemods.imports.text import Places

_PLAIN = re.compile(rb"""[rRuU]?('''|\"\"\"|'|")(.*)\1""", re.DOTALL)


def contents(data: bytes, start: int, end: int, value: str) -> int | None:
    """Where the text of a literal starts, if it stands there just as its value has it."""
    match = _PLAIN.fullmatch(data, start, end)
    if match is None or match.group(2) != value.encode("utf-8", "surrogatepass"):
        return None
    return match.start(2)


def expression_in(value: str, base: int) -> tuple[ast.expr, Places] | None:
    """The expression that a string holds, and its places, if it holds one; `base`: its start."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(f"({value})", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree.body, Places(value.encode(), base=base, lead=1)

"""Which requests a route's path takes, as Starlette decides it."""

from __future__ import annotations

import re
from functools import cache
from itertools import zip_longest

PARAMETER = re.compile(r"{[a-zA-Z_][a-zA-Z0-9_]*(?::([a-zA-Z_][a-zA-Z0-9_]*))?}")
CONVERTERS = {
    "str": "[^/]+",
    "path": ".*",
    "int": "[0-9]+",
    "float": r"[0-9]+(?:\.[0-9]+)?",
    "uuid": "[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}",
}


@cache
def pattern(path: str) -> str:
    """A regular expression, for Python as for PCRE, that must match the whole of a path.

    A parameter whose converter is not one of Starlette's takes one element of the path.
    """
    parts, end = [], 0
    for found in PARAMETER.finditer(path):
        converter = CONVERTERS.get(found[1] or "str", CONVERTERS["str"])
        parts += [_escaped(path[end : found.start()]), converter]
        end = found.end()
    return "".join([*parts, _escaped(path[end:])])


def unknown_converters(path: str) -> list[str]:
    """The converters that are the application's own: what they match is not known here."""
    names = (found[1] for found in PARAMETER.finditer(path))
    return [name for name in names if name and name not in CONVERTERS]


def overlap(one: str, other: str) -> bool:
    """Whether some path may match both; in doubt, yes."""
    for a, b in zip_longest(one.split("/"), other.split("/")):
        if "{" in f"{a}{b}" and any(_endless(part) for part in (a, b)):
            return True
        if a is None or b is None or not _alike(a, b):
            return False
    return True


def _escaped(text: str) -> str:
    return re.sub(r"[.^$*+?{}\[\]\\|()]", r"\\\g<0>", text)


def _endless(part: str | None) -> bool:
    return part is not None and CONVERTERS["path"] in pattern(part)


def _alike(a: str, b: str) -> bool:
    if a == b or ("{" in a and "{" in b):
        return True
    if "{" not in a and "{" not in b:
        return False
    return bool(re.fullmatch(pattern(a), b) or re.fullmatch(pattern(b), a))

"""What a service has to have installed, at the versions that the monolith runs with."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence

from splitter.model.monolith import RunningApp

_SERVER = ("uvicorn",)

_UNIMPORTED: Mapping[str, str] = {
    "python-multipart": r"\b(Form|File|UploadFile|OAuth2PasswordRequestForm\w*)\b",
    "email-validator": r"\b(EmailStr|NameEmail|validate_email)\b",
    "jinja2": r"\bJinja2Templates\b",
    "itsdangerous": r"\bSessionMiddleware\b",
    "greenlet": r"\bsqlalchemy\.ext\.asyncio\b",
    "orjson": r"\bORJSONResponse\b",
    "ujson": r"\bUJSONResponse\b",
    "psycopg": r"postgres(ql)?\+psycopg\b(?!2)|postgresql://",
    "psycopg-binary": r"postgres(ql)?\+psycopg\b(?!2)|postgresql://",
    "psycopg2": r"postgres(ql)?(\+psycopg2)?://",
    "psycopg2-binary": r"postgres(ql)?(\+psycopg2)?://",
    "asyncpg": r"\+asyncpg\b",
    "aiosqlite": r"\+aiosqlite\b",
    "aiomysql": r"\+aiomysql\b",
    "pymysql": r"\+pymysql\b",
    "mysqlclient": r"\+mysqldb\b|mysql://",
}
"""Distributions that code needs without importing them, and what gives the need away."""


def requirements(
    imports: Iterable[str], code: Iterable[str], running: RunningApp
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Pinned lines of a requirements file, and the imports that no distribution provides.

    `imports` are dotted names as the code imports them; `code` is the text of what moves. First
    what is needed directly, then everything that this requires in turn.
    """
    direct: set[str] = set()
    unknown: set[str] = set()
    for name in sorted(set(imports)):
        if name.partition(".")[0] in sys.stdlib_module_names:
            continue
        found = _providers(name, running)
        direct.update(found)
        if not found:
            unknown.add(name.partition(".")[0])
    text = "\n".join(code)
    direct.update(
        name
        for name, pattern in _UNIMPORTED.items()
        if name in running.versions and re.search(pattern, text)
    )
    direct.update(name for name in _SERVER if name in running.versions)
    indirect = _closure(direct, running) - direct
    pinned = [*_pins(direct, running)]
    if indirect:
        pinned += ["# what these require", *_pins(indirect, running)]
    return tuple(pinned), tuple(sorted(unknown))


def _providers(name: str, running: RunningApp) -> Sequence[str]:
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        found = running.distributions.get(".".join(parts[:count]))
        if found:
            known = [_normal(f) for f in found if _normal(f) in running.versions]
            return _best(known, parts[0])
    return ()


def _best(found: list[str], root: str) -> list[str]:
    """Of several distributions that share a folder, the one that is called like it, else all."""
    exact = [f for f in found if f.replace("-", "_") == root.lower()]
    return exact or found


def _closure(names: Iterable[str], running: RunningApp) -> set[str]:
    found, todo = set(names), list(names)
    while todo:
        for required in running.requires.get(todo.pop(), ()):
            name = _normal(required)
            if name not in found and name in running.versions:
                found.add(name)
                todo.append(name)
    return found


def _pins(names: Iterable[str], running: RunningApp) -> Iterable[str]:
    return (f"{name}=={running.versions[name]}" for name in sorted(names))


def _normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()

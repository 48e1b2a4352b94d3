"""What a service has to have installed, at the versions that the monolith runs with."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from splitter.discovery.declarations import normalised
from splitter.model.monolith import RunningApp

_SERVER = "uvicorn"

_UNIMPORTED: Mapping[str, str] = {
    "python-multipart": r"\b(Form|File|UploadFile|OAuth2PasswordRequestForm\w*)\b|\.form\(",
    "email-validator": r"\b(EmailStr|NameEmail|validate_email)\b",
    "jinja2": r"\bJinja2Templates\b",
    "itsdangerous": r"\bSessionMiddleware\b",
    "greenlet": r"\.ext\.asyncio\b|\bcreate_async_engine\b",
    "orjson": r"\bORJSONResponse\b",
    "ujson": r"\bUJSONResponse\b",
    "websockets": r"\bWebSocket\b|\.websocket\(",
    "wsproto": r"\bWebSocket\b|\.websocket\(",
    "redis": r"\brediss?://",
    "bcrypt": r"[\"']bcrypt",
    "argon2-cffi": r"[\"']argon2",
    "cryptography": r"[\"'](RS|ES|PS)(256|384|512)[\"']|\bEdDSA\b",
    "tzdata": r"\bZoneInfo\b",
    "psycopg": r"postgres(ql)?://",
    "psycopg2": r"postgres(ql)?://",
    "psycopg2-binary": r"postgres(ql)?://",
    "mysqlclient": r"\bmysql://",
    "pyodbc": r"\bmssql://",
    "oracledb": r"\boracle://",
    "cx-oracle": r"\boracle://",
}
"""Distributions that code needs without importing them, and what gives the need away."""

_DRIVER = re.compile(r"\b(?:postgres(?:ql)?|sqlite|mysql|mariadb|oracle|mssql)\+(\w+)")
_DRIVERS: Mapping[str, str] = {
    "mysqldb": "MySQLdb",
    "mysqlconnector": "mysql.connector",
    "psycopg_async": "psycopg",
    "oracledb_async": "oracledb",
    "pysqlcipher": "sqlcipher3",
}
"""Drivers that a database's URL calls otherwise than their module."""

_WITH: Mapping[str, tuple[str, ...]] = {
    "psycopg": ("psycopg-binary", "psycopg-c"),
    "starlette.testclient": ("httpx2", "httpx"),
    "fastapi.testclient": ("httpx2", "httpx"),
}
"""A module that cannot be imported without one of some distributions, the first that is there."""


def requirements(
    imports: Iterable[str], code: Iterable[str], running: RunningApp
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Pinned lines of a requirements file, and the imports that no distribution provides.

    `imports` are dotted names as the code imports them; `code` is the text of what moves. First
    what is needed directly, then everything that this requires in turn.
    """
    named = sorted(set(imports))
    direct = {found for name in named for found in providers(name, running)}
    direct.update(_unimported(code, running))
    modules = {*named, *(("psycopg",) if "psycopg" in direct else ())}
    direct.update(_companions(modules, running))
    unknown = {_root(n) for n in named if not _is_standard(n) and not providers(n, running)}
    direct.update({_SERVER} & running.versions.keys())
    indirect = required_by(direct, running) - direct
    pinned = [*_pins(direct, running)]
    if running.versions and _SERVER not in running.versions:
        pinned.append(_SERVER)
    if indirect:
        pinned += ["# what these require", *_pins(indirect, running)]
    return tuple(pinned), tuple(sorted(unknown))


def providers(name: str, running: RunningApp) -> Sequence[str]:
    """The installed distributions that provide a dotted name; none for the standard library."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        found = running.distributions.get(".".join(parts[:count]))
        if found and not _is_standard(name):
            known = [normalised(f) for f in found if normalised(f) in running.versions]
            return _best(known, parts[0])
    return ()


def required_by(names: Iterable[str], running: RunningApp) -> set[str]:
    """Distributions, and all that they require in turn, as far as it is installed."""
    todo = list(names)
    found = set(todo)
    while todo:
        for required in running.requires.get(todo.pop(), ()):
            name = normalised(required)
            if name not in found and name in running.versions:
                found.add(name)
                todo.append(name)
    return found


def distributions_of(lines: Iterable[str]) -> set[str]:
    """The distributions that lines of a requirements file name."""
    return {line.partition("==")[0] for line in lines if not line.startswith("#")}


def _unimported(code: Iterable[str], running: RunningApp) -> Iterator[str]:
    there = {name: pattern for name, pattern in _UNIMPORTED.items() if name in running.versions}
    patterns = tuple(sorted({*there.values()}))
    given_away = [_given_away(text, patterns) for text in code]
    told = {pattern for found, _ in given_away for pattern in found}
    yield from (name for name, pattern in there.items() if pattern in told)
    for driver in sorted({driver for _, drivers in given_away for driver in drivers}):
        yield from providers(_DRIVERS.get(driver, driver), running)


@cache
def _given_away(text: str, patterns: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """What a piece of code gives away: which of some patterns are in it, and drivers.

    Services have most of their code in common, so each piece is read once.
    """
    found = (pattern for pattern in patterns if re.search(pattern, text))
    return frozenset(found), frozenset(_DRIVER.findall(text) if "+" in text else ())


def _companions(modules: Iterable[str], running: RunningApp) -> Iterator[str]:
    for module, wanted in _WITH.items():
        if any(f"{name}.".startswith(f"{module}.") for name in modules):
            yield from [name for name in wanted if name in running.versions][:1]


def _best(found: list[str], root: str) -> list[str]:
    """Of several distributions that share a folder, the one that is called like it, else all."""
    exact = [f for f in found if f.replace("-", "_") == root.lower()]
    return exact or found


def _pins(names: Iterable[str], running: RunningApp) -> Iterable[str]:
    return (f"{name}=={running.versions[name]}" for name in sorted(names))


def _is_standard(name: str) -> bool:
    return _root(name) in sys.stdlib_module_names


def _root(name: str) -> str:
    return name.partition(".")[0]

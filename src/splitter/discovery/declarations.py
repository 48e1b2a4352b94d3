"""Which distributions the monolith's own files ask for, and which versions they pin or lock."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_LISTS = re.compile(r"(requirements[^/]*|requirements/[^/]+)\.(txt|in)")
_FOR_WORK = re.compile(r"(?i)(^|[/._-])(dev|develop\w*|tests?|testing|lint\w*|docs?|ci|build)\b")
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
_VERSION = re.compile(r"===?\s*([^*,;\s]+)$")


@dataclass(frozen=True, slots=True, order=True)
class Declaration:
    """A distribution, by its normalised name, is asked for at a place.

    `version` is the only one that is allowed, if there is only one.
    """

    name: str
    path: str
    line: int
    version: str = ""


def declarations(sources: Mapping[str, bytes]) -> tuple[Declaration, ...]:
    """What the files at the project's root ask for at run time, each distribution once.

    Files for development, tests and documentation, and optional groups, do not count.
    """
    found: dict[str, Declaration] = {}
    for path in sorted(sources):
        if _LISTS.fullmatch(path) and not _FOR_WORK.search(path.removesuffix(".txt")):
            for one in _listed(path, _text(sources, path)):
                found.setdefault(one.name, one)
    for one in _of_project(_text(sources, "pyproject.toml")):
        found.setdefault(one.name, one)
    return tuple(sorted(found.values()))


def locked(sources: Mapping[str, bytes]) -> tuple[Declaration, ...]:
    """The versions that a lock file at the project's root has; none where it has several."""
    found: dict[str, list[Declaration]] = {}
    for path in _LOCKS:
        for package in _table(_text(sources, path)).get("package", ()):
            name, version = package.get("name"), package.get("version")
            if isinstance(name, str) and isinstance(version, str):
                one = Declaration(normalised(name), path, 0, version)
                found.setdefault(one.name, []).append(one)
    return tuple(sorted(ones[0] for ones in found.values() if len(ones) == 1))


def normalised(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _listed(path: str, text: str) -> Iterator[Declaration]:
    for number, line in enumerate(text.splitlines(), 1):
        yield from _declared(re.split(r"(?:^|\s)#", line)[0], path, number)


def _of_project(text: str) -> Iterator[Declaration]:
    table = _table(text)
    asked = table.get("project", {}).get("dependencies", ())
    poetry = table.get("tool", {}).get("poetry", {}).get("dependencies", {})
    for line in asked if isinstance(asked, list) else ():
        yield from _declared(str(line), "pyproject.toml", _line(text, str(line)))
    for name, wanted in poetry.items():
        if name != "python" and not (isinstance(wanted, dict) and wanted.get("optional")):
            yield Declaration(normalised(name), "pyproject.toml", _line(text, name))


def _declared(line: str, path: str, number: int) -> Iterator[Declaration]:
    from packaging.requirements import InvalidRequirement, Requirement

    text = line.split(" --", 1)[0].rstrip(" \\").strip()
    if not text or text.startswith("-"):
        return
    try:
        wanted = Requirement(text)
    except InvalidRequirement:
        return
    exact = _VERSION.fullmatch(str(wanted.specifier))
    yield Declaration(normalised(wanted.name), path, number, exact[1] if exact else "")


def _line(text: str, wanted: str) -> int:
    lines: Iterable[tuple[int, str]] = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if wanted in line), 0)


def _text(sources: Mapping[str, bytes], path: str) -> str:
    return sources.get(path, b"").decode("utf-8-sig", "replace")


def _table(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}

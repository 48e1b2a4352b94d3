"""What installed distributions require of each other, in the monolith's own environment."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_FILES = ("requirements*.txt", "requirements*.in", "requirements/*.txt", "requirements/*.in")
_EXTRAS = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*\[([A-Za-z0-9._, -]+)\]\s*(?=[\"'<>=!~;@#\s]|$)"
)
_POETRY = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*=\s*{.*extras\s*=\s*\[([^\]]*)\]", re.M)


def required(
    requires: Mapping[str, Sequence[str]],
    *,
    markers: Mapping[str, str],
    asked: Mapping[str, frozenset[str]],
) -> dict[str, tuple[str, ...]]:
    """Normalised names of what each distribution requires where `markers` hold.

    `requires` has the requirement lines as their distributions tell them. An extra's requirements
    count if it is in `asked`, or if another distribution asks for it.
    """
    parsed = {name: tuple(_parsed(lines)) for name, lines in requires.items()}
    extras: dict[str, set[str]] = defaultdict(set)
    for name, wanted in asked.items():
        extras[name] |= wanted
    while True:
        found = {
            name: [line for line in lines if _applies(line, markers, extras[name])]
            for name, lines in parsed.items()
        }
        more = [(_normalised(r.name), set(r.extras)) for lines in found.values() for r in lines]
        if all(names <= extras[name] for name, names in more):
            return {
                name: tuple(sorted({_normalised(r.name) for r in lines} - {name}))
                for name, lines in found.items()
            }
        for name, names in more:
            extras[name] |= names


def asked_extras(root: Path) -> dict[str, frozenset[str]]:
    """The extras that the project's own requirement files ask for, by normalised name."""
    extras: dict[str, set[str]] = defaultdict(set)
    for path in [path for pattern in _FILES for path in root.glob(pattern)]:
        for name, listed in _EXTRAS.findall(path.read_text("utf-8", "replace")):
            extras[_normalised(name)].update(_names(listed))
    for path in (root / "pyproject.toml", root / "Pipfile", root / "setup.cfg", root / "setup.py"):
        if path.is_file():
            text = path.read_text("utf-8", "replace")
            for name, listed in _EXTRAS.findall(text) + _POETRY.findall(text):
                extras[_normalised(name)].update(_names(listed))
    return {name: frozenset(names) for name, names in extras.items()}


def _parsed(lines: Sequence[str]) -> Iterator[Requirement]:
    from packaging.requirements import InvalidRequirement, Requirement

    for line in lines:
        try:
            yield Requirement(line)
        except InvalidRequirement:
            continue


def _applies(line: Requirement, markers: Mapping[str, str], extras: set[str]) -> bool:
    if line.marker is None:
        return True
    return any(line.marker.evaluate({**markers, "extra": extra}) for extra in ("", *extras))


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _names(listed: str) -> list[str]:
    return [name.strip(" \"'") for name in listed.split(",") if name.strip(" \"'")]

"""What is installed for this interpreter: which distribution provides which import name."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata

_SUFFIXES = (".py", ".so", ".pyd")


def installed() -> dict[str, object]:
    """Import names, versions and requirements, by normalised distribution name."""
    provides: dict[str, set[str]] = {}
    versions: dict[str, str] = {}
    requires: dict[str, list[str]] = {}
    for distribution in metadata.distributions():
        head = _head(distribution)
        name = normalised((head.get("name") or [""])[0])
        if not name or name in versions:
            continue
        versions[name] = (head.get("version") or [""])[0]
        requires[name] = head.get("requires-dist") or _by_egg(distribution)
        for imported in _import_names(distribution):
            provides.setdefault(imported, set()).add(name)
    return {
        "distributions": {name: sorted(found) for name, found in sorted(provides.items())},
        "versions": dict(sorted(versions.items())),
        "requires": dict(sorted(requires.items())),
    }


def marker_environment() -> dict[str, str]:
    """The variables that environment markers may name, as this interpreter has them."""
    implementation = sys.implementation
    version = ".".join(str(number) for number in implementation.version[:3])
    if implementation.version.releaselevel != "final":
        version += implementation.version.releaselevel[0] + str(implementation.version.serial)
    return {
        "implementation_name": implementation.name,
        "implementation_version": version,
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _head(distribution: metadata.Distribution) -> dict[str, list[str]]:
    """The header fields alone: a description may be long and is not parsed."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    fields: dict[str, list[str]] = {}
    for line in text.split("\n\n", 1)[0].splitlines():
        key, colon, value = line.partition(":")
        if colon and not key.startswith((" ", "\t")):
            fields.setdefault(key.lower(), []).append(value.strip())
    return fields


def _by_egg(distribution: metadata.Distribution) -> list[str]:
    """What requires.txt says; only eggs have it, and a wheel's metadata would be read once more."""
    is_wheel = distribution.read_text("METADATA") is not None
    return [] if is_wheel else list(distribution.requires or ())


def _import_names(distribution: metadata.Distribution) -> set[str]:
    names = _recorded((distribution.read_text("RECORD") or "").splitlines())
    names = names or set((distribution.read_text("top_level.txt") or "").split())
    return names or _recorded(str(path) for path in distribution.files or ())


def _recorded(lines: Iterable[str]) -> set[str]:
    files = [path for path in map(_path, lines) if path.endswith(_SUFFIXES)]
    packages = {os.path.dirname(path) for path in files if "/__init__." in path}
    return {name for path in files for name in _importable(path, packages)}


def _path(line: str) -> str:
    return line[1:].partition('"')[0] if line.startswith('"') else line.partition(",")[0]


def _importable(path: str, packages: set[str]) -> Iterator[str]:
    """The top-level name, and where that is a namespace the first regular package below it too."""
    *folders, file = path.split("/")
    stem = file.partition(".")[0]
    if any(not part.isidentifier() for part in folders) or stem.startswith("__editable__"):
        return
    if not folders:
        yield stem
        return
    yield folders[0]
    for depth in range(1, len(folders) + 1):
        if "/".join(folders[:depth]) in packages:
            yield ".".join(folders[:depth])
            return
    yield ".".join([*folders, stem])

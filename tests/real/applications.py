"""What is known of the public applications: applications.toml as frozen dataclasses."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("applications.toml")


@dataclass(frozen=True)
class Source:
    """A folder of a public repository at a tag."""

    repository: str
    tag: str
    folder: str = ""


@dataclass(frozen=True)
class Application:
    """An application as applications.toml has it; its head says what the fields mean."""

    name: str
    about: str
    version: str
    install: tuple[str, ...]
    package: str = ""
    source: Source | None = None
    app: str = ""
    factory: bool = False
    postgres: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: tuple[tuple[str, ...], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    together: Mapping[str, list[str]] = field(default_factory=dict)
    ci: tuple[str, ...] = ()


def applications() -> dict[str, Application]:
    """All of them by name, in the order of the file."""
    table = tomllib.loads(PATH.read_text("utf-8"))
    return {name: _application(name, entry) for name, entry in table.items()}


def _application(name: str, entry: dict[str, Any]) -> Application:
    source = Source(**entry["source"]) if "source" in entry else None
    lists = {key: tuple(entry.get(key, ())) for key in ("install", "ci")}
    prepare = tuple(tuple(words) for words in entry.get("prepare", ()))
    return Application(name, **{**entry, **lists, "source": source, "prepare": prepare})

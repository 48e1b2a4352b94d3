"""Which environment variables the monolith asks for, one by one or through its settings classes."""

from __future__ import annotations

import _collections_abc
import linecache
import os
import sys
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import TYPE_CHECKING

from .places import Project

_MAPPINGS = {
    os.__file__,
    _collections_abc.__file__,
    "<frozen os>",
    "<frozen _collections_abc>",
}

if TYPE_CHECKING:
    _Spot = tuple[CodeType, int]


class Reads:
    """The names looked up in `os.environ` since this was made, with the value and the place."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._values: dict[str, str | None] = {}
        self._spots: dict[_Spot, set[str]] = {}
        self._places: dict[tuple[str, _Spot], str] = {}
        self._watch()

    def values(self) -> dict[str, str | None]:
        """Name → value seen (`None`: not set); a copy of the whole environment is no reading."""
        single = {name for names in self._single().values() for name in names}
        found = {name: self._values[name] for name in single}
        for name, _ in self._settings():
            found.setdefault(name, _value(name))
        return dict(sorted(found.items()))

    def places(self) -> dict[str, str]:
        """Name → `file:line`, for what the project's own code asks for or declares."""
        found: dict[str, str] = {}
        for spot, names in self._single().items():
            for name in names:
                place = self._places[name, spot]
                if place:
                    found.setdefault(name, place)
        for name, place in self._settings():
            found.setdefault(name, place)
        return dict(sorted(found.items()))

    def _watch(self) -> None:
        kind = type(os.environ)
        look_up = kind.__getitem__

        def watched(environ: object, key: object) -> object:
            try:
                value = look_up(environ, key)  # type: ignore[arg-type]
            except KeyError:
                self._note(key, None)
                raise
            self._note(key, value)
            return value

        kind.__getitem__ = watched  # type: ignore[method-assign, assignment]

    def _note(self, key: object, value: object) -> None:
        name = os.fsdecode(key) if isinstance(key, bytes) else key
        if not isinstance(name, str):
            return
        seen = os.fsdecode(value) if isinstance(value, bytes) else value
        if isinstance(seen, str) or name not in self._values:
            self._values[name] = seen if isinstance(seen, str) else None
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename in _MAPPINGS:
            frame = frame.f_back
        if frame is not None:
            spot = (frame.f_code, frame.f_lasti)
            self._spots.setdefault(spot, set()).add(name)
            self._places.setdefault((name, spot), self._asker(frame, name))

    def _asker(self, asking: FrameType, name: str) -> str:
        """Where the project asks, itself or by a library's function that it gives the name to.

        What a library reads on its own account, imported or called, is not the project's.
        """
        frame: FrameType | None = asking
        while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
            below = self._project.relative(frame.f_code.co_filename)
            if below:
                own = frame is asking or _names(frame.f_code.co_filename, name)
                return f"{below}:{frame.f_lineno}" if own else ""
            frame = frame.f_back
        return ""

    def _single(self) -> dict[_Spot, set[str]]:
        everything = set(os.environ)
        return {spot: names for spot, names in self._spots.items() if not names >= everything}

    def _settings(self) -> Iterator[tuple[str, str]]:
        for kind in _settings_classes():
            below, line = self._project.definition(kind)
            if below:
                for name in _variables(kind):
                    yield name, f"{below}:{line}"


def _names(path: str, name: str) -> bool:
    return any(name in line for line in linecache.getlines(path))


def _value(name: str) -> str | None:
    spelled = {key.upper(): value for key, value in os.environ.items()}
    return os.environ.get(name, spelled.get(name.upper()))


def _settings_classes() -> Iterator[type]:
    for module in ("pydantic_settings", "pydantic.v1", "pydantic"):
        try:
            roots = [getattr(sys.modules[module], "BaseSettings")]  # noqa: B009 - pydantic 2 raises
        except Exception:
            continue
        while roots:
            kind = roots.pop()
            roots.extend(kind.__subclasses__())
            yield kind


def _variables(kind: type) -> list[str]:
    fields = getattr(kind, "model_fields", None)
    if fields is None:
        return _variables_v1(kind)
    config = getattr(kind, "model_config", {})
    names: list[str] = []
    for name, field in fields.items():
        aliases = _aliases(getattr(field, "validation_alias", None))
        names += aliases or [str(config.get("env_prefix") or "") + name]
    return names if config.get("case_sensitive") else [name.upper() for name in names]


def _variables_v1(kind: type) -> list[str]:
    names: list[str] = []
    for field in getattr(kind, "__fields__", {}).values():
        names += sorted(field.field_info.extra.get("env_names", ()))
    sensitive = getattr(getattr(kind, "__config__", None), "case_sensitive", False)
    return names if sensitive else [name.upper() for name in names]


def _aliases(alias: object) -> list[str]:
    if isinstance(alias, str):
        return [alias]
    choices = getattr(alias, "choices", None)
    if choices is not None:
        return [name for choice in choices for name in _aliases(choice)]
    path = getattr(alias, "path", None)
    return [str(path[0])] if path else []

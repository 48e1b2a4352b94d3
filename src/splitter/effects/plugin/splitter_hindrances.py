"""What a test does to the monolith that no request of its own does, so that it cannot be replayed.

Part of the plugin: nothing but Python 3.8. What is looked at is looked at while a request runs.
"""

from __future__ import annotations

import functools
import os
import re
import sys
import time
import weakref
from typing import Any

_CLOCK = (time.perf_counter, time.time(), time.perf_counter())
"""In a tuple, since libraries that freeze the time replace what modules are seen to hold."""
_AWAY = 5
"""A clock that is wrong by fewer seconds is taken for the real one."""
_DATABASE = re.compile(r"db|database|session|connection|engine|cursor|uow|unit_?of_?work", re.I)
_WRITES = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|MERGE\s+INTO"
    r"|TRUNCATE(?:\s+TABLE)?|COPY)\s+([\w.\"`\[\]]+)",
    re.I,
)

_monkeypatches: weakref.WeakSet[Any] = weakref.WeakSet()
_mocks: list[Any] = []


def watch() -> None:
    """Follow pytest's monkeypatch and unittest.mock from now on."""
    from unittest import mock

    from _pytest.monkeypatch import MonkeyPatch

    _follow_monkeypatch(MonkeyPatch)
    _follow_mock(mock._patch)
    _follow_mock(mock._patch_dict)


def clock() -> str:
    """Says that the time is not the real one, or nothing."""
    perf_counter, began, counter = _CLOCK
    told = time.time()
    if abs(told - (began + perf_counter() - counter)) <= _AWAY:
        return ""
    moment = time.strftime("%Y-%m-%d %H:%M", time.gmtime(told))
    return f"the test sets the time (to {moment} UTC)"


def patches() -> list[str]:
    """What is patched at the moment, beyond tests and the environment."""
    found = [text for patch in list(_monkeypatches) for text in _of_monkeypatch(patch)]
    found += [text for patch in list(_mocks) for text in _of_mock(patch)]
    return sorted(set(found))


def overrides(scope: Any, outermost: Any) -> tuple[list[str], list[str]]:
    """Dependencies of the route that the test overrides: those that give the database, others.

    Another database is no hindrance: each side of a comparison has one of its own anyhow.
    """
    used = _used(scope)
    databases: set[str] = set()
    others: set[str] = set()
    for app in {id(a): a for a in (outermost, scope.get("app", outermost))}.values():
        for original in list(getattr(app, "dependency_overrides", None) or ()):
            if used is None or original in used:
                (databases if _gives_database(original) else others).add(_name(original))
    return sorted(databases), sorted(others)


def writes(statement: str) -> str:
    """The table that a statement writes; empty for any other."""
    found = _WRITES.match(statement)
    return found.group(1).strip('"`[]') if found else ""


def _follow_monkeypatch(kind: Any) -> None:
    begin = kind.__init__

    @functools.wraps(begin)
    def followed(self: Any, *args: Any, **named: Any) -> None:
        begin(self, *args, **named)
        _monkeypatches.add(self)

    kind.__init__ = followed


def _follow_mock(kind: Any) -> None:
    enter, leave = kind.__enter__, kind.__exit__

    @functools.wraps(enter)
    def entered(self: Any) -> Any:
        value = enter(self)
        _mocks.append(self)
        return value

    @functools.wraps(leave)
    def left(self: Any, *details: Any) -> Any:
        _mocks[:] = [patch for patch in _mocks if patch is not self]
        return leave(self, *details)

    kind.__enter__, kind.__exit__ = entered, left


def _of_monkeypatch(patch: Any) -> list[str]:
    changed = [_told(target, name) for target, name, *_ in getattr(patch, "_setattr", [])]
    items = [
        f"the test sets {name!r} in a mapping of the application"
        for mapping, name, *_ in getattr(patch, "_setitem", [])
        if mapping is not os.environ and mapping is not sys.modules
    ]
    return [text for text in changed if text] + items


def _of_mock(patch: Any) -> list[str]:
    if hasattr(patch, "in_dict"):
        is_environment = patch.in_dict in (os.environ, "os.environ")
        return [] if is_environment else ["the test patches a mapping of the application"]
    told = _told(getattr(patch, "target", None), getattr(patch, "attribute", ""))
    return [told] if told else []


def _told(target: Any, name: str) -> str:
    """What a patch changes; nothing where it is the test's own, or has to do with no answer."""
    module = getattr(target, "__module__", None)
    owner = getattr(target, "__name__", None)
    if module is None and owner is None:
        module = type(target).__module__
    place = ".".join(part for part in (module, owner) if isinstance(part, str) and part)
    place = place or type(target).__name__
    first = place.split(".")[0]
    if first in ("sys", "os", "_pytest", "pytest", "warnings", "conftest", "tests", "test"):
        return ""
    if any(part.startswith("test_") or part == "conftest" for part in place.split(".")):
        return ""
    return f"the test patches {place}.{name}"


def _used(scope: Any) -> set[Any] | None:
    """What the route that answered depends on; `None` where that cannot be told."""
    own = scope.get("fastapi")
    own = own if isinstance(own, dict) else {}
    effective = own.get("effective_route_context")
    if effective is None and "included_router" in own:
        context = getattr(own["included_router"], "include_context", None)
        if context is None or getattr(context, "dependencies", None):
            return None
    return _calls(getattr(effective or scope.get("route"), "dependant", None))


def _calls(dependant: Any) -> set[Any] | None:
    """Every function that the route depends on; `None` where that is not known."""
    if dependant is None:
        return None
    found: set[Any] = set()
    rest: list[Any] = [dependant]
    while rest:
        one = rest.pop()
        call = getattr(one, "call", None)
        if call is not None:
            try:
                found.add(call)
            except TypeError:
                return None
        rest += getattr(one, "dependencies", None) or []
    return found


def _gives_database(dependency: Any) -> bool:
    """By its name, or by what it says that it returns."""
    returned = getattr(dependency, "__annotations__", {}).get("return", "")
    name = getattr(dependency, "__name__", type(dependency).__name__)
    words = name.lower().split("_")
    return bool(
        any(_DATABASE.fullmatch(word) for word in words)
        and not any(word in ("user", "token", "auth", "current") for word in words)
    ) or bool(re.search(r"\b(Async)?(Session|Connection|Engine)\b", str(returned)))


def _name(call: Any) -> str:
    module = getattr(call, "__module__", "")
    name = getattr(call, "__qualname__", None) or type(call).__qualname__
    return f"{module}.{name}" if module else name

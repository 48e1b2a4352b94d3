"""The skeleton of a service: what starts it, tests it, pins it and packs it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from splitter.actions.asking import NOTHING_ASKED, Asked
from splitter.actions.ownership import keep_edits, remove
from splitter.actions.rendering import render
from splitter.model.changes import ChangeSet
from splitter.model.plan import Service
from splitter.planning.former import NOTHING_FORMER, FormerNames

FILES = {
    "main.py": "service/main.py.jinja",
    "requirements.txt": "service/requirements.txt.jinja",
    "tests/test_health.py": "service/test_health.py.jinja",
    "Dockerfile": "service/Dockerfile.jinja",
    "Dockerfile.dockerignore": "service/Dockerfile.dockerignore.jinja",
    "README.md": "service/README.md.jinja",
}
ENVIRONMENT = {".env.example": "service/env.example.jinja"}
FORMAT = {"call_format.py": "service/call_format.py.jinja"}
CALLS = {"remote_calls.py": "service/remote_calls.py.jinja"}
ANSWERS = {"internal_calls.py": "service/internal_calls.py.jinja"}
FORMER = {"former_names.py": "service/former_names.py.jinja"}
PERHAPS = ENVIRONMENT | FORMAT | CALLS | ANSWERS | FORMER


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What the files of a service's skeleton depend on, apart from the service itself.

    `application` is `module:attribute` of the service's own application (empty: `application:app`
    in its package), called without arguments if it is a `factory`. `engine` is `module:attribute`
    of the SQLAlchemy engine, sync or async, that /health/ready asks. `registrations` are modules
    to import for what they register. `kept` are the (method, path) pairs, `WEBSOCKET` for a
    method too, that are left of the application when it starts; empty: all. `environment` names
    the variables that the monolith reads. `former` are the monolith's names for modules that its
    code is told as text. `left_out` are names that the owner leaves out. `asked` has the
    functions that services ask one another for. `first` are modules to import before all others.
    """

    requirements: tuple[str, ...]
    python_version: str
    application: str = ""
    factory: bool = False
    engine: str = ""
    registrations: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    environment: tuple[str, ...] = ()
    former: FormerNames = NOTHING_FORMER
    asked: Asked = NOTHING_ASKED
    left_out: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


def scaffold(
    service: Service,
    skeleton: Skeleton,
    *,
    templates: Mapping[str, str],
    before: Mapping[str, bytes],
    recorded: Mapping[str, str],
    provided: Collection[str] = (),
    again: bool = False,
) -> ChangeSet:
    """The service's skeleton, in place of what is in `before`; the empty packages it lies in.

    `recorded` maps a path to the SHA-256 of what splitter last wrote there: what the user has
    edited since is left, with a note. Paths in `provided` are somebody else's to write. What the
    service no longer has is removed. `again`: what the user has removed is not written anew.
    """
    title = f"scaffold {service.name}"
    texts = {
        path: text
        for path, text in (*_packages(service, before), *_files(service, skeleton, templates))
        if path not in provided and not (again and path in recorded and path not in before)
    }
    old = {p for p in (f"{service.folder}/{name}" for name in PERHAPS) if p in before}
    left = old & recorded.keys() - texts.keys() - {*provided}
    return keep_edits(title, before, texts, recorded) + remove(
        title, sorted(left), before, recorded
    )


def _packages(service: Service, before: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    """The `__init__.py` files that are not there yet; one that is there says what it says."""
    folders = ("services", "shared", *(f"{service.folder}{f}" for f in ("", "/routes", "/tests")))
    paths = (f"{folder}/__init__.py" for folder in folders)
    return [(path, b"") for path in paths if path not in before]


def _files(
    service: Service, skeleton: Skeleton, templates: Mapping[str, str]
) -> list[tuple[str, bytes]]:
    values: dict[str, object] = {
        "service": service,
        "application": _application(service, skeleton),
        "engine": _Imported.named(skeleton.engine, "engine") if skeleton.engine else None,
        "registrations": sorted(skeleton.registrations),
        "kept": [(_literal(method), _literal(path)) for method, path in sorted(skeleton.kept)],
        "requirements": skeleton.requirements,
        "environment": sorted(skeleton.environment),
        "python_version": _minor(skeleton.python_version),
        "former": skeleton.former,
        "left_out": skeleton.left_out,
        "first": skeleton.first,
        "internal": bool(skeleton.asked.answers),
        **skeleton.asked.values(),
    }
    files = FILES | (ENVIRONMENT if skeleton.environment else {})
    files |= FORMER if skeleton.former else {}
    files |= FORMAT if skeleton.asked else {}
    files |= CALLS if skeleton.asked.calls else {}
    files |= ANSWERS if skeleton.asked.answers else {}
    return [
        (f"{service.folder}/{path}", render(templates, name, **values).encode())
        for path, name in files.items()
    ]


def _application(service: Service, skeleton: Skeleton) -> _Imported:
    name = skeleton.application or f"{service.package}.application:app"
    local = "create_app" if skeleton.factory else "application"
    return _Imported.named(name, local, call=skeleton.factory)


@dataclass(frozen=True, slots=True)
class _Imported:
    """A value as the templates write it: `from MODULE import IMPORTED`, then VALUE.

    The local name is fixed, so that it cannot be one that the template itself defines.
    """

    module: str
    imported: str
    value: str

    @classmethod
    def named(cls, name: str, local: str, *, call: bool = False) -> _Imported:
        """From `module:attribute`, where the attribute may be dotted."""
        module, _, attribute = name.partition(":")
        first, dot, rest = attribute.partition(".")
        imported = first if local == first else f"{first} as {local}"
        return cls(module, imported, f"{local}{dot}{rest}" + "()" * call)


def _literal(text: str) -> str:
    """The text as Python writes it, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _minor(version: str) -> str:
    found = re.match(r"\d+\.\d+", version)
    return found[0] if found else version

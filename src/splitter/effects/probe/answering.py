"""The probe's whole course: what is installed, what the import does, what the application says.

The answer is lines of JSON in a file of its own, each a part that the next adds to, so that what
is known when the monolith hangs or exits is not lost.
"""

from __future__ import annotations

import atexit
import faulthandler
import json
import os
import platform
import sys
from collections.abc import Sequence
from typing import Any

from .guarding import keep_tree_clean, note_written, refuse_network, report_exit
from .importing import NotAnApplicationError, load
from .packages import installed, marker_environment
from .places import Project
from .reading import Reads
from .walking import Walk, dotted, innermost, unwrapped, wrappers

_PATIENCE = 10.0


def answer(request_path: str) -> None:
    """Answer the request in the JSON file `request_path`, and end the process."""
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    said = _Answer(request["answer"])
    said.part(_interpreter())
    project = Project(request["root"])
    leave = report_exit(project, lambda what: said.part({"error": what}))
    keep_tree_clean(project)
    sys.path.insert(0, request["root"])
    sys.argv[:] = ["uvicorn", request["app"]]
    _Asking(request, project, said).ask()
    said.part({"done": True})
    # What the monolith has registered may hang, too.
    faulthandler.dump_traceback_later(_PATIENCE, exit=True)
    atexit._run_exitfuncs()
    leave(0)


class _Answer:
    def __init__(self, path: str) -> None:
        self._path = path

    def part(self, part: dict[str, Any]) -> None:
        line = json.dumps(part, default=str).encode("ascii")
        target = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(target, line + b"\n")
        os.close(target)


class _Asking:
    def __init__(self, request: dict[str, Any], project: Project, said: _Answer) -> None:
        self._request = request
        self._project = project
        self._said = said
        self._refused = refuse_network(project)
        self._reads = Reads(project)
        self._written = note_written(project)

    def ask(self) -> None:
        # The watchdog is a C thread: it still speaks when the import blocks inside a C function.
        with open(self._request["stack"], "w", encoding="utf-8") as stack:
            faulthandler.enable(file=stack, all_threads=False)
            faulthandler.dump_traceback_later(self._request["alarm"], file=stack)
            try:
                app = load(self._request["app"], self._request["factory"])
                if self._request["lifespan"]:
                    # openapi() keeps its first answer: it is asked when all routes are there.
                    self._say(app, documents=False)
                    self._start(app)
                else:
                    self._say(app)
            except BaseException as error:
                self._said.part({"error": self._failure(error), **self._seen()})
            faulthandler.cancel_dump_traceback_later()
            faulthandler.disable()

    def _start(self, app: object) -> None:
        from .starting import started  # with asyncio, which an application need not import

        try:
            remarks = started(app, self._project, lambda: self._say(app), _PATIENCE)
        except BaseException as error:
            remarks = ["start-up fails: " + self._failure(error)]
        if remarks:
            self._say(app, remarks)

    def _say(self, outer: object, remarks: Sequence[str] = (), *, documents: bool = True) -> None:
        app = innermost(outer)
        if not hasattr(app, "routes"):
            raise NotAnApplicationError(_not_an_application(self._request, outer))
        walk = Walk(self._project, documents=documents)
        walk.application(app)
        part = {
            "routes": walk.routes,
            "openapi": walk.documents.get("", {}),
            "mounted": {prefix: found for prefix, found in walk.documents.items() if prefix},
            "middleware": wrappers(outer) + _middleware(app),
            "exception_handlers": _exception_handlers(app),
            "remarks": [*walk.remarks, *remarks],
            "error": "" if walk.routes else "{} has no routes at all".format(self._request["app"]),
        }
        self._said.part({**part, **self._seen()})

    def _seen(self) -> dict[str, Any]:
        return {
            "reads": self._reads.values(),
            "read_at": self._reads.places(),
            "modules": [name for name, _ in self._project.modules()],
            "refused": self._refused,
            "written": self._written,
        }

    def _failure(self, error: BaseException) -> str:
        if isinstance(error, NotAnApplicationError):
            return str(error)
        return self._project.failure(error)


def _interpreter() -> dict[str, Any]:
    return {
        "python": sys.executable,
        "python_version": platform.python_version(),
        "markers": marker_environment(),
        **installed(),
    }


def _not_an_application(request: dict[str, Any], found: object) -> str:
    what = "{} is a {}, not a FastAPI application".format(request["app"], type(found).__name__)
    if callable(found) and hasattr(found, "__code__") and not request["factory"]:
        return what + "; if it makes the application, say --factory"
    return what


def _middleware(app: object) -> list[str]:
    names = []
    for entry in getattr(app, "user_middleware", ()):
        options = getattr(entry, "kwargs", None) or getattr(entry, "options", None) or {}
        names.append(dotted(unwrapped(options.get("dispatch") or entry.cls)))
    return names


def _exception_handlers(app: object) -> list[str]:
    handlers = getattr(app, "exception_handlers", {})
    return sorted(
        dotted(key) if isinstance(key, type) else str(key)
        for key, handler in handlers.items()
        if not str(getattr(handler, "__module__", "")).startswith("fastapi.")
    )

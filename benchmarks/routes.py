"""Holds the routes that splitter lists against what an application tells of itself.

    python benchmarks/routes.py PROJECT PYTHON MODULE:ATTRIBUTE [--factory] [--lifespan]

PROJECT has a `splitter.toml`, PYTHON the application's dependencies. The application is imported
once more, without splitter, and asked for `openapi()` and its WebSockets, mounted applications
included. Status 1 if splitter lacks an operation.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import subprocess
import sys
from typing import Any

Operations = set[tuple[str, str]]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def main(project: str, python: str, app: str, *flags: str) -> int:
    asked = [python, os.path.abspath(__file__), "--tell", app, *flags]
    told = subprocess.run(asked, cwd=project, stdout=subprocess.PIPE, check=True)
    documented = {(method, path) for method, path in json.loads(told.stdout)}
    words = [sys.executable, "-m", "splitter", "analyze", "-C", project, "--format", "json"]
    analysis = json.loads(subprocess.run(words, stdout=subprocess.PIPE).stdout)
    seen: dict[tuple[str, str], set[str]] = {}
    for route in analysis["routes"]:
        for method in ["WEBSOCKET"] if route["kind"] == "websocket" else route["methods"]:
            seen.setdefault((method, _plain(route["path"])), set()).update(route["found_by"])
    missing = sorted(documented - seen.keys())
    both = sum(len(seen.get(operation, ())) == 2 for operation in documented)
    print(f"{len(documented)} operations, {both} found by both, {len(missing)} missing")
    for method, path in missing:
        print(f"  {method} {path}")
    return 1 if missing else 0


def tell(reference: str, *flags: str) -> None:
    """In the application's interpreter: its operations as JSON."""
    sys.path.insert(0, os.getcwd())
    result = os.dup(1)
    os.dup2(2, 1)
    module, _, names = reference.partition(":")
    app: Any = importlib.import_module(module)
    for name in names.split("."):
        app = getattr(app, name)
    if "--factory" in flags:
        app = app()
    found: Operations = set()
    asyncio.run(_told(app, found, start="--lifespan" in flags))
    os.write(result, json.dumps(sorted(found)).encode())
    os._exit(0)


async def _told(app: Any, found: Operations, *, start: bool) -> None:
    if start:
        to, heard = asyncio.Queue[Any](), asyncio.Queue[Any]()
        await to.put({"type": "lifespan.startup"})
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        life = asyncio.ensure_future(app(scope, to.get, heard.put))
        first = asyncio.ensure_future(heard.get())
        await asyncio.wait({life, first}, return_when=asyncio.FIRST_COMPLETED)
    _collect(app, "", found)


def _collect(app: Any, prefix: str, found: Operations) -> None:
    while not hasattr(app, "routes") and hasattr(app, "app"):
        app = app.app
    if hasattr(app, "openapi"):
        for path, operations in app.openapi().get("paths", {}).items():
            found |= {(m.upper(), _plain(prefix + path)) for m in METHODS if m in operations}
    for route, seen in _flat(getattr(app, "routes", ())):
        kinds = {kind.__name__ for kind in type(route).__mro__}
        if "Mount" in kinds:
            _collect(route.app, prefix + seen.path, found)
        elif "WebSocketRoute" in kinds:
            found.add(("WEBSOCKET", _plain(prefix + seen.path)))


def _flat(routes: Any) -> Any:
    """Each route with what knows its whole path: from 0.137 on FastAPI lists them when asked."""
    listing = getattr(sys.modules.get("fastapi.routing"), "iter_route_contexts", None)
    if listing is None:
        return [(route, route) for route in routes]
    contexts = list(listing(routes))
    return [(c.original_route, getattr(c, "starlette_route", None) or c) for c in contexts]


def _plain(path: str) -> str:
    return re.sub(r"{(\w+):\w+}", r"{\1}", path)


if __name__ == "__main__":
    if sys.argv[1] == "--tell":
        tell(*sys.argv[2:])
    sys.exit(main(*sys.argv[1:]))

"""Every route of an application, under its whole path, in every way FastAPI has kept them.

Until 0.136 `include_router` copied routes into `app.routes`. From 0.137.0 it leaves one entry that
knows its routes (`effective_route_contexts`), from 0.137.2 `iter_route_contexts` lists them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .places import Project

_DEEPEST = 20
_OPERATIONS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_WRAPPED = ("app", "_app", "asgi_app", "other_asgi_app", "application", "wrapped", "_base_app")


class Walk:
    """What was found below one application: routes, documents of mounted ones, and oddities."""

    def __init__(self, project: Project, *, documents: bool = True) -> None:
        self._project = project
        self._asks_for_documents = documents
        self.routes: list[dict[str, object]] = []
        self.documents: dict[str, object] = {}
        self.remarks: list[str] = []

    def application(self, app: object, prefix: str = "", depth: int = 0) -> None:
        """Add the routes of `app`, which is served under `prefix`."""
        before = len(self.routes)
        for route, seen in _flat(getattr(app, "routes", ()), self.remarks):
            self._route(route, seen, prefix, depth)
        for path, files in _frontends(app):
            self._add("mount", prefix + path, (), _class_of(files), "frontend", False)
        self._kept_aside(app, prefix, depth)
        if self._asks_for_documents and hasattr(app, "openapi"):
            self._document(app, prefix, self.routes[before:])

    def _route(self, route: object, seen: object, prefix: str, depth: int) -> None:
        kinds = {kind.__name__ for kind in type(route).__mro__}
        path = prefix + (getattr(seen, "path", None) or "")
        name = str(getattr(seen, "name", None) or "")
        endpoint = getattr(seen, "endpoint", None)
        if kinds & {"Mount", "Host"}:
            self._mounted(seen, path if "Mount" in kinds else prefix, name, depth)
        elif "WebSocketRoute" in kinds and endpoint is not None:
            self._add("websocket", path, (), endpoint, name, False)
        elif "Route" in kinds and endpoint is not None:
            if not _is_documentation(endpoint):
                shown = "APIRoute" in kinds and bool(getattr(seen, "include_in_schema", True))
                self._add("http", path, _methods(seen, endpoint), endpoint, name, shown)
        elif "_FrontendRouteGroup" not in kinds:
            self.remarks.append(f"a route of an unknown kind is left out: {route!r}")

    def _mounted(self, route: object, path: str, name: str, depth: int) -> None:
        app = innermost(getattr(route, "app", None))
        if hasattr(app, "routes") and depth < _DEEPEST:
            self.application(app, path, depth + 1)
        else:
            self._add("mount", path, (), _class_of(app), name, False)

    def _kept_aside(self, app: object, prefix: str, depth: int) -> None:
        """Routers that an application with routing of its own keeps: by version, by tenant."""
        own = getattr(app, "router", None)
        if own is None or _is_fastapi_own(type(own)):
            return
        known = {_identity(route) for route in self.routes}
        for router in _routers_of(app, own):
            inner = Walk(self._project, documents=False)
            inner.application(router, prefix, depth + 1)
            new = [route for route in inner.routes if _identity(route) not in known]
            known.update(map(_identity, new))
            self.routes += new
            self.remarks += inner.remarks
            if new:
                by = dotted(type(own))
                where = f" below {prefix}" if prefix else ""
                self.remarks.append(f"{by} chooses by itself among {len(new)} routes{where}")

    def _add(
        self,
        kind: str,
        path: str,
        methods: Iterable[str],
        endpoint: object,
        name: str,
        in_schema: bool,
    ) -> None:
        found = unwrapped(endpoint)
        file, line = self._project.definition(found)
        self.routes.append(
            {
                "kind": kind,
                "path": path or "/",
                "methods": sorted(methods),
                "endpoint": dotted(found),
                "file": file,
                "line": line,
                "name": name,
                "in_schema": in_schema,
            }
        )

    def _document(self, app: Any, prefix: str, routes: list[dict[str, object]]) -> None:
        try:
            document = app.openapi()
        except Exception as error:
            where = f"of the application mounted at {prefix} " if prefix else ""
            self.remarks.append(f"openapi() {where}fails: {self._project.failure(error)}")
            return
        self.documents[prefix] = document
        self._agree(prefix, document, routes)

    def _agree(self, prefix: str, document: Any, routes: list[dict[str, object]]) -> None:
        """Add what only `openapi()` knows, with what it knows.

        An application with an `openapi()` of its own may tell the routes of a mounted one there
        without its prefix: those are known already.
        """
        known = {(m, schema_path(r["path"])) for r in routes for m in _strings(r["methods"])}
        mounts = [mount for mount in self.documents if mount.startswith(prefix)]
        new = [
            (method.upper(), path)
            for path, operations in document.get("paths", {}).items()
            for method in _OPERATIONS
            if method in operations
            and not any((method.upper(), mount + path) in known for mount in mounts)
        ]
        for method, path in new:
            self._add("http", prefix + path, [method], None, "", True)
        if new:
            named = ", ".join(f"{method} {prefix + path}" for method, path in new[:3])
            more = f" and {len(new) - 3} more" if len(new) > 3 else ""
            self.remarks.append(f"only openapi() knows {named}{more}")


def schema_path(path: object) -> str:
    """A route's path as OpenAPI spells it: without convertors (`{p:path}` is `{p}`)."""
    return re.sub(r"{([a-zA-Z_][a-zA-Z0-9_]*):[a-zA-Z_][a-zA-Z0-9_]*}", r"{\1}", str(path))


def innermost(app: object) -> object:
    """The application inside the middleware that is wrapped around it, or `app` itself."""
    inner: Any = app
    seen: set[int] = set()
    while not hasattr(inner, "routes") and id(inner) not in seen:
        seen.add(id(inner))
        parts = [getattr(inner, name, None) for name in _WRAPPED]
        inner = next((part for part in parts if callable(part)), inner)
    result: object = inner if hasattr(inner, "routes") else app
    return result


def wrappers(app: object) -> list[str]:
    """The names of what is wrapped around an application from outside, outermost first."""
    target = innermost(app)
    names: list[str] = []
    while app is not target:
        names.append(dotted(_class_of(app)))
        parts = [getattr(app, name, None) for name in _WRAPPED]
        app = next(part for part in parts if callable(part))
    return names


def unwrapped(endpoint: object) -> object:
    """The function or class that a route was written as, decorators and partials taken off."""
    for _ in range(100):
        if isinstance(endpoint, type):
            return endpoint
        inner = getattr(endpoint, "__wrapped__", None) or getattr(endpoint, "__func__", None)
        if inner is None and hasattr(endpoint, "keywords"):
            inner = getattr(endpoint, "func", None)
        if inner is None:
            break
        endpoint = inner
    if endpoint is None or hasattr(endpoint, "__code__") or hasattr(endpoint, "__qualname__"):
        return endpoint
    return type(endpoint)


def dotted(thing: object) -> str:
    """`module:qualname` of a function or class; empty for `None`."""
    if thing is None:
        return ""
    name = getattr(thing, "__qualname__", None) or getattr(thing, "__name__", "")
    return "{}:{}".format(getattr(thing, "__module__", None) or "", name)


def _flat(routes: Iterable[Any], remarks: list[str]) -> Iterator[tuple[object, object]]:
    """Each route as it was made, with the object that knows its effective path and methods."""
    listing = getattr(sys.modules.get("fastapi.routing"), "iter_route_contexts", None)
    for route in routes:
        if not hasattr(route, "effective_route_contexts"):
            yield route, route
            continue
        try:
            yield from list(_contexts(route, listing))
        except Exception as error:
            remarks.append(f"an included router cannot be listed: {error!r}")


def _contexts(
    route: Any, listing: Callable[..., Iterable[Any]] | None
) -> Iterator[tuple[object, object]]:
    contexts = listing([route]) if listing is not None else route.effective_route_contexts()
    for context in contexts:
        # 0.137.2 lists WebSocket routes without their path: their own object has it.
        yield context.original_route, getattr(context, "starlette_route", None) or context


def _frontends(app: object) -> Iterator[tuple[str, object]]:
    """Where static frontends are served from, and by what; those of included routers too."""
    yield from _group("", getattr(getattr(app, "router", None), "_frontend_routes", None))
    for route in getattr(app, "routes", ()):
        if hasattr(route, "effective_low_priority_routes"):
            for context in route.effective_low_priority_routes():
                yield from _group(context.frontend_prefix, context.original_route)


def _group(prefix: str, group: object) -> Iterator[tuple[str, object]]:
    for route in getattr(group, "routes", ()):
        yield prefix + ("" if prefix and route.path == "/" else route.path), route.app


def _routers_of(app: object, own: object) -> Iterator[object]:
    """Routers that are an attribute of `app` or of its router `own`, or in a collection there."""
    seen = {id(app), id(own), id(getattr(app, "webhooks", None))}
    for holder in (own, app):
        for value in list(getattr(holder, "__dict__", {}).values()):
            inner = list(value.values()) if isinstance(value, dict) else value
            for router in inner if isinstance(inner, (list, tuple)) else [inner]:
                kinds = {kind.__name__ for kind in type(router).__mro__}
                if "Router" in kinds and id(router) not in seen:
                    seen.add(id(router))
                    yield router


def _is_fastapi_own(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in ("fastapi", "starlette")


def _identity(route: dict[str, object]) -> tuple[str, ...]:
    methods = ",".join(_strings(route["methods"]))
    return (*(str(route[name]) for name in ("kind", "path", "endpoint", "line")), methods)


def _methods(route: object, endpoint: object) -> list[str]:
    declared = getattr(route, "methods", None)
    if declared is None and isinstance(endpoint, type):
        return [method.upper() for method in _OPERATIONS if hasattr(endpoint, method)]
    return sorted(declared or ())


def _is_documentation(endpoint: object) -> bool:
    return (getattr(endpoint, "__module__", None) or "") == "fastapi.applications"


def _class_of(app: object) -> object:
    return app if app is None or hasattr(app, "__code__") else type(app)


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []

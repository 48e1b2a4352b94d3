"""Whether a service that runs has all the routes that it was planned with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from splitter.effects import introspection
from splitter.errors import UsageError
from splitter.model.monolith import Route
from splitter.model.plan import Service
from splitter.planning.ground import Ground
from splitter.planning.selecting import select
from splitter.workflows.project import Project

Operation = tuple[str, str]
"""Method and path; the method of a WebSocket is `WEBSOCKET`."""


def expected(ground: Ground, service: Service) -> tuple[Route, ...]:
    """The routes of a service that the running monolith has; the source alone may promise more."""
    try:
        chosen = select(service, ground.routes)[1]
    except UsageError:
        return ()
    return tuple(r for r in chosen if "runtime" in r.found_by)


def documented(text: str) -> set[Operation]:
    """The operations of an OpenAPI document; none if it is no such document."""
    try:
        paths = json.loads(text)["paths"]
        return {(method.upper(), path) for path, item in paths.items() for method in item}
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()


def missing(
    project: Project,
    service: Service,
    routes: Sequence[Route],
    *,
    documented: set[Operation],
    folder: Path,
    environment: Mapping[str, str],
) -> tuple[str, ...]:
    """The routes that the service in `folder` lacks, as `GET /path`.

    What its OpenAPI document has is there; only if that leaves something out is it asked itself.
    """
    if _lacking(routes, documented):
        documented = documented | _asked(project, service, folder, environment)
    return tuple(f"{method} {path}" for method, path in sorted(_lacking(routes, documented)))


def _lacking(routes: Iterable[Route], there: set[Operation]) -> set[Operation]:
    return {one for route in routes for one in _operations(route)} - there


def _operations(route: Route) -> set[Operation]:
    if route.kind == "websocket":
        return {("WEBSOCKET", route.path)}
    return {(method, route.path) for method in route.methods}


def _asked(
    project: Project, service: Service, folder: Path, environment: Mapping[str, str]
) -> set[Operation]:
    """What the service says of itself, in the way that the monolith is asked."""
    monolith = project.settings.monolith
    running = introspection.ask(
        folder,
        app=service.application,
        python=project.settings.python,
        environment={**monolith.environment, **environment},
        timeout=monolith.start_seconds,
        lifespan=monolith.lifespan,
    )
    return {one for route in running.routes for one in _operations(route)}

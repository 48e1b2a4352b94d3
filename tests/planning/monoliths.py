"""Small monoliths as text, for the tests of planning."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from textwrap import dedent

from splitter.actions.extraction import extract
from splitter.discovery.modules import Kind, view_modules
from splitter.discovery.parsing import parse
from splitter.model.monolith import Route, RunningApp, Sources
from splitter.model.plan import Service
from splitter.planning.plan import Blueprint, Ground, draw


def sources(files: Mapping[str, str]) -> Sources:
    return Sources({path: dedent(text).lstrip("\n").encode() for path, text in files.items()})


def ground(
    files: Mapping[str, str],
    *,
    app: str = "main:app",
    routes_package: str = "api.routes",
    homes: Mapping[str, str] | None = None,
) -> Ground:
    """What plans start from, with the routes that decorators at module level register."""
    parsed = parse(sources(files))
    routes = []
    for view in view_modules(parsed.trees, parsed.names).values():
        for statement in view.statements:
            if statement.kind is Kind.REGISTRATION:
                name = getattr(statement.node, "name", "")
                endpoint = f"{view.name}:{name}"
                routes.append(
                    Route(("GET",), f"/{name}", endpoint, view.path, statement.line, kind="http")
                )
    running = RunningApp(sys.executable, "3.11.0")
    return Ground(parsed, tuple(routes), app, routes_package, homes or {}, running)


def blueprint(files: Mapping[str, str], *names: str, **options: object) -> Blueprint:
    """The plans of services that have the route modules `names` (last part of their names)."""
    start = ground(files, **options)  # type: ignore[arg-type]
    modules = {r.module.rpartition(".")[2]: r.module for r in start.routes}
    services = [Service(n, 8001 + i, (modules[n],)) for i, n in enumerate(names)]
    return draw(start, services)


def files_of(plan: Blueprint, owner: str) -> dict[str, str]:
    """The text of every file that goes to an owner, before its imports are rewritten."""
    return {e.path: e.text.decode() for e in extract(plan, owner)}

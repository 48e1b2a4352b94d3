"""Small monoliths as text, for the tests of planning."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from textwrap import dedent

from splitter.actions.extraction import extract
from splitter.discovery.parsing import parse
from splitter.discovery.routes import read_routes
from splitter.model.monolith import RunningApp, Sources
from splitter.model.plan import Service
from splitter.planning.ground import Ground
from splitter.planning.plan import Blueprint, draw

NOTHING_OWNED: Mapping[str, tuple[str, ...]] = {}


def sources(files: Mapping[str, str]) -> Sources:
    return Sources({path: dedent(text).lstrip("\n").encode() for path, text in files.items()})


def ground(
    files: Mapping[str, str],
    *,
    app: str = "main:app",
    routes_package: str = "api.routes",
    homes: Mapping[str, str] | None = None,
    factory: bool = False,
) -> Ground:
    """What plans start from, with the routes that are read from the source."""
    parsed = parse(sources(files))
    routes = read_routes(parsed, app=app, factory=factory).routes
    running = RunningApp(sys.executable, "3.11.0")
    return Ground(parsed, routes, app, routes_package, homes or {}, running)


def blueprint(
    files: Mapping[str, str],
    *names: str,
    owns: Mapping[str, tuple[str, ...]] = NOTHING_OWNED,
    **options: object,
) -> Blueprint:
    """The plans of services that have the route modules `names` (last part of their names).

    `owns`: what a service is said to own besides.
    """
    start = ground(files, **options)  # type: ignore[arg-type]
    modules = {r.module.rpartition(".")[2]: r.module for r in start.routes}
    services = [Service(n, 8001 + i, (modules[n],), owns.get(n, ())) for i, n in enumerate(names)]
    return draw(start, services)


def files_of(plan: Blueprint, owner: str) -> dict[str, str]:
    """The text of every file that goes to an owner, before its imports are rewritten."""
    return {e.path: e.text.decode() for e in extract(plan, owner)}

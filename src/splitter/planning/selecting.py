"""Which routes a service has: by module, file or URL prefix, or else by its name."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from splitter.discovery.modules import Statement
from splitter.discovery.trees import walk
from splitter.errors import UsageError
from splitter.model.monolith import Route
from splitter.model.plan import Service


@dataclass(frozen=True, slots=True)
class Selection:
    """The routes of a service: whole route modules, or single endpoints as (module, qualname)."""

    modules: frozenset[str] = frozenset()
    endpoints: frozenset[tuple[str, str]] = frozenset()

    def takes(self, statement: Statement) -> bool:
        """Whether a statement that registers routes registers one of the selected."""
        if statement.module in self.modules:
            return True
        names = {q.partition(".")[0] for m, q in self.endpoints if m == statement.module}
        return bool(names & statement.binds) or (
            bool(names)
            and not isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef)
            and bool(names & _mentioned(statement.node))
        )

    def has(self, module: str, name: str) -> bool:
        """Whether the routes of an endpoint are selected."""
        return module in self.modules or (module, name) in self.endpoints


def route_modules(routes: Iterable[Route]) -> dict[str, list[Route]]:
    """The monolith's own modules that have routes, each with its routes, in order."""
    found: dict[str, list[Route]] = {}
    for route in routes:
        if route.file and route.kind != "mount":
            found.setdefault(route.module, []).append(route)
    return found


def select(service: Service, routes: Sequence[Route]) -> tuple[Selection, tuple[Route, ...]]:
    """The selection of a service and its routes.

    UsageError, with the nearest name, where nothing in the monolith answers to what was given.
    """
    modules = route_modules(routes)
    wanted = service.routes or (_by_name(service.name, modules),)
    whole: set[str] = set()
    single: set[tuple[str, str]] = set()
    for reference in wanted:
        if reference.startswith("/"):
            single |= _by_prefix(reference, routes)
        else:
            whole |= _by_module(reference, modules)
    single = {(m, q) for m, q in single if m not in whole}
    chosen = tuple(
        r
        for r in routes
        if r.kind != "mount"
        and (r.module in whole or (r.module, r.endpoint.partition(":")[2]) in single)
    )
    return Selection(frozenset(whole), frozenset(single)), chosen


def service_name(module: str) -> str:
    """What to call the service of a route module: its last name, in the singular."""
    name = _plain(module)
    for plural, singular in (("ies", "y"), ("sses", "ss"), ("ses", "se"), ("xes", "x")):
        if name.endswith(plural):
            return name.removesuffix(plural) + singular
    return name.removesuffix("s") if not name.endswith(("ss", "us", "is", "ics")) else name


def _plain(module: str) -> str:
    """The last telling part: `api.v1.users.router` is about users."""
    parts = [p for p in module.split(".") if p not in {"router", "routers", "routes", "views"}]
    name = (parts or module.split("."))[-1].lower()
    for ending in ("_routes", "_router", "_endpoints", "_api", "_controller", "_views"):
        name = name.removesuffix(ending)
    return name


def _by_name(name: str, modules: dict[str, list[Route]]) -> str:
    forms = {name, f"{name}s", f"{name}es", name.removesuffix("y") + "ies"}
    for module in modules:
        if _plain(module) in forms or service_name(module) == name:
            return module
    near = difflib.get_close_matches(name, [_plain(m) for m in modules], 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UsageError(
        f"no route module is called like {name!r}",
        hint=f"{hint}name it with --routes; route modules: {', '.join(sorted(modules))}",
    )


def _by_prefix(prefix: str, routes: Sequence[Route]) -> set[tuple[str, str]]:
    stem = prefix.rstrip("/")
    found = {
        (r.module, r.endpoint.partition(":")[2])
        for r in routes
        if r.file and (r.path == stem or r.path.startswith(stem + "/") or not stem)
    }
    if not found:
        near = difflib.get_close_matches(prefix, [r.path for r in routes], 1, 0.3)
        hint = f"the nearest is {near[0]}" if near else "see splitter analyze for the routes"
        raise UsageError(f"no route begins with {prefix}", hint=hint)
    return found


def _by_module(reference: str, modules: dict[str, list[Route]]) -> set[str]:
    name = reference
    if reference.endswith(".py") or "/" in reference:
        name = reference.strip("/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    found = {m for m in modules if m == name or m.startswith(name + ".")}
    if not found:
        near = difflib.get_close_matches(name, list(modules), 1, 0.4)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"{reference} has no routes",
            hint=f"{hint}route modules: {', '.join(sorted(modules)) or 'none were found'}",
        )
    return found


def _mentioned(node: ast.AST) -> set[str]:
    return {n.id for n in walk(node) if isinstance(n, ast.Name)} | {
        n.name for n in walk(node) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    }

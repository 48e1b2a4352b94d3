"""What was found out about a monolith, for a reader or as JSON; and what a code means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields

from splitter.model.monolith import Module, Monolith, Route
from splitter.reports import tables
from splitter.reports.console import say, show_json


def show(monolith: Monolith, *, as_json: bool) -> None:
    """The survey on stdout."""
    if as_json:
        show_json(document(monolith))
    else:
        say(lines(monolith))


def document(monolith: Monolith) -> dict[str, object]:
    """A survey as JSON, as the command contract has it."""
    return {
        "schema": 1,
        "routes": [_route(route) for route in monolith.routes],
        "modules": [_fields(module) for module in monolith.modules],
        "tables": [asdict(table) for table in monolith.tables],
        "access": [asdict(access) for access in monolith.accesses],
        "matrix": {name: dict(used) for name, used in monolith.matrix.items()},
        "environment": [asdict(variable) for variable in monolith.variables],
        "findings": [
            {"code": n.code, "path": n.path, "line": n.line, "message": n.what, "blocks": n.blocks}
            for n in monolith.findings
        ],
        "ranking": [asdict(candidate) for candidate in monolith.ranking],
    }


def lines(monolith: Monolith) -> Iterator[str]:
    """A survey as text: routes by module, tables by who writes them, findings by place."""
    modules: dict[str, list[Route]] = {}
    for route in monolith.routes:
        modules.setdefault(route.file or route.module, []).append(route)
    count = len(monolith.routes)
    yield f"{monolith.app}: {count} routes in {len(modules)} files"
    for name, routes in modules.items():
        yield ""
        yield name
        yield from (_route_line(route) for route in routes)
    total = sum(module.lines for module in monolith.modules)
    yield ""
    yield f"modules: {len(monolith.modules)}, {total} lines; the largest"
    for module in sorted(monolith.modules, key=lambda m: -m.lines)[:5]:
        yield f"  {module.lines:>5}  {module.path}"
    yield from tables.lines(monolith)
    if monolith.ranking:
        yield ""
        yield from _ranking(monolith)
    yield ""
    yield "what stands in the way" if monolith.findings else "nothing was found in the way"
    for note in monolith.findings:
        place = f"{note.path}:{note.line}" if note.line else note.path
        blocks = " (blocks)" if note.blocks else ""
        yield from tables.wrapped(f"{place}: {note.code} {note.what}{blocks}")
    if monolith.findings:
        yield "splitter explain CODE says what a code means and what to do"


def explanation(code: str, title: str, means: str, todo: str) -> Iterator[str]:
    """A code, in full sentences."""
    yield f"{code}: {title}"
    yield ""
    yield means
    yield ""
    yield f"What to do: {todo}"


def _fields(module: Module) -> dict[str, object]:
    """As `asdict` has it; of a flat object nothing need be copied."""
    return {field.name: getattr(module, field.name) for field in fields(module)}


def _route(route: Route) -> dict[str, object]:
    return {
        "methods": list(route.methods),
        "path": route.path,
        "endpoint": route.endpoint,
        "file": route.file,
        "line": route.line,
        "found_by": list(route.found_by),
        "kind": route.kind,
    }


def _route_line(route: Route) -> str:
    methods = ",".join(route.methods) or route.kind
    seen = "" if len(route.found_by) > 1 else f"  (found by {route.found_by[0]} only)"
    return f"  {route.line:>5}  {methods:<7} {route.path}  {route.endpoint.partition(':')[2]}{seen}"


def _ranking(monolith: Monolith) -> Iterator[str]:
    yield "what to split off, in this order"
    for place, one in enumerate(monolith.ranking, 1):
        routes = f"{one.routes} route{'' if one.routes == 1 else 's'}"
        size = f"{routes}, {one.own:,} lines of its own"
        yield f"{place:>4}  {one.advice:<6} {one.service or one.module}: {size}"
        yield from tables.wrapped("; ".join(one.reasons), indent=13, more=0)

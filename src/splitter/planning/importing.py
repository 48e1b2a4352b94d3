"""What the files of a service import from outside of the monolith, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from splitter.planning.needs import Needs
from splitter.planning.parting import FOUNDATION, Division, Part
from splitter.planning.program import Program


def importers(
    program: Program, needs: Mapping[str, Needs], division: Division, service: str
) -> dict[str, str]:
    """Dotted names that are imported, each with a module that does.

    A shared file may hold what only another service needs. It imports what that needs all the
    same, as soon as it is loaded.
    """
    found: dict[str, str] = {}
    for owner in (service, FOUNDATION):
        if owner in needs:
            for module, names in needs[owner].foreign.items():
                found.update(dict.fromkeys(names, module))
    for part in _loaded(program, needs[service], division):
        for dotted in _imported(program, part):
            if not program.is_own(dotted):
                found.setdefault(dotted, part.module)
    return found


def place_of(program: Program, module: str, dotted: str) -> tuple[str, int]:
    """File and line of the import of a dotted name in a module; line 0 where it is not seen."""
    view = program.views.get(module)
    if view is None:
        return "", 0
    for statement in view.statements:
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Import | ast.ImportFrom):
                head = f"{view.resolve(node)}." if isinstance(node, ast.ImportFrom) else ""
                if any(f"{dotted}.".startswith(f"{head}{alias.name}.") for alias in node.names):
                    return view.path, node.lineno
    return view.path, 0


def text_of(program: Program, needs: Needs, division: Division) -> Iterator[str]:
    """The source of every statement that is needed, or loaded with what is."""
    kept = {m: {i for i in found if (m, i) not in needs.called} for m, found in needs.kept.items()}
    for part in _loaded(program, needs, division):
        kept.setdefault(part.module, set()).update(part.statements)
    for module, indexes in sorted(kept.items()):
        yield from (program.text((module, index)) for index in sorted(indexes))


def _loaded(program: Program, needs: Needs, division: Division) -> Iterator[Part]:
    """The shared parts that a service loads: what it needs, and what these import in turn."""
    shared = division.parts.get(FOUNDATION, {})
    todo = [module for module in sorted(needs.kept) if module in shared]
    found = set(todo)
    while todo:
        part = shared[todo.pop()]
        yield part
        for dotted in _imported(program, part):
            for module in (dotted, dotted.rpartition(".")[0]):
                if module in shared and module not in found:
                    found.add(module)
                    todo.append(module)


def _imported(program: Program, part: Part) -> Iterator[str]:
    view = program.views[part.module]
    for index, names in part.aliases.items():
        for name in sorted(names):
            for place, imported in view.imports.get(name, ()):
                if place == index:
                    yield f"{imported.module}.{imported.name}".rstrip(".")

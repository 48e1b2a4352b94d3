"""Files of the monolith that a library runs by their paths: the environments of Alembic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from splitter.discovery.scopes import Chain, Imported
from splitter.planning.program import Program

_RUNNERS = ("alembic.command", "alembic.config", "alembic.runtime", "alembic.script")


def runs_scripts(imported: Imported) -> bool:
    """Whether an import takes what runs migrations (and not what migrations are written with)."""
    if not imported.module.startswith("alembic"):
        return False
    name = f"{imported.module}.{imported.name}" if imported.name else imported.module
    return any((name + ".").startswith(runner + ".") for runner in _RUNNERS)


def scripts(paths: Iterable[str]) -> set[str]:
    """The files of all folders that are environments of Alembic."""
    known = set(paths)
    folders = {
        path.rpartition("/")[0]
        for path in known
        if path.rpartition("/")[2] == "env.py" and f"{path[:-6]}script.py.mako" in known
    }
    return {p for p in known for f in folders if p.startswith(f"{f}/") and not p.endswith(".pyc")}


def used_by(program: Program, module: str) -> Iterator[tuple[Imported, Chain]]:
    """What the module of a script takes from elsewhere when it is run as a whole."""
    view = program.views[module]
    for statement in view.statements:
        uses = program.uses((module, statement.index))
        yield from uses.imported
        yield from ((Imported(name), ("?",)) for name in uses.executed)
        for chain in uses.free:
            for _, imported in view.imports.get(chain[0], ()):
                yield imported, chain[1:]

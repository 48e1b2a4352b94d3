"""What the frontend asks of the monolith: its calls, by route and owner."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from splitter.actions.frontend.matching import match
from splitter.effects import workspace
from splitter.errors import UsageError
from splitter.model.frontend import Report, Survey
from splitter.model.monolith import Route
from splitter.model.routing import MONOLITH
from splitter.planning.ground import Ground
from splitter.workflows.look import ground_of
from splitter.workflows.project import Project
from splitter.workflows.traffic import present

_SIGNS = ("package.json", "index.html")


def scan(
    project: Project, folders: Sequence[Path], *, say: Callable[[str], None]
) -> tuple[Report, ...]:
    """Each folder's calls; `folders` may be anywhere, relative to the current one.

    UsageError where there is no frontend, or the extra `frontend` is not installed.
    """
    scanned = _scanner()
    ground = ground_of(project)
    if ground.running.error:
        say(f"the routes are read from the code only: {ground.running.error}")
    owner = owners(project, ground)
    found = []
    for name, sources in frontends(project, folders).items():
        survey = _placed(scanned(sources), name)
        found.append(match(name, survey, ground.routes, owner))
    return tuple(found)


def has_strays(reports: Sequence[Report]) -> bool:
    """Whether some call asks the monolith for what none of its routes answers."""
    return any(f.state == "unmatched" and not f.outside for r in reports for f in r.findings)


def owners(project: Project, ground: Ground) -> Callable[[Route, str], str]:
    """Who is to have a method of a route, by the routing table."""
    table, _ = present(project, ground)
    known = {entry.key: entry.owner for entry in table.entries}

    def owner(route: Route, method: str) -> str:
        return known.get((route.kind, route.path, tuple(sorted(route.methods))), MONOLITH)

    return owner


def frontends(project: Project, folders: Sequence[Path]) -> dict[str, Mapping[str, bytes]]:
    """The files of each frontend, by its folder as seen from the project, `.` for itself."""
    named = [_shown(project, folder) for folder in folders]
    if not named and project.settings.frontend.folder:
        named = [os.path.normpath(project.settings.frontend.folder)]
    chosen = named or _found(project)
    found: dict[str, Mapping[str, bytes]] = {name: _files(project, name) for name in chosen}
    if not found:
        raise UsageError(
            "there is no frontend below the project's folder",
            hint="name it: splitter frontend scan ../frontend, or folder below [frontend]",
        )
    return found


def _placed(survey: Survey, folder: str) -> Survey:
    """With paths as they are seen from the project."""
    before = "" if folder == "." else f"{folder}/"
    calls = (
        replace(
            c,
            path=before + c.path,
            through=before + c.through if c.through else "",
            client=(before + c.client[0], *c.client[1:]) if c.client else None,
        )
        for c in survey.calls
    )
    broken = tuple((before + path, line) for path, line in survey.broken)
    return replace(survey, calls=tuple(calls), broken=broken)


def _shown(project: Project, folder: Path) -> str:
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", hint="name the frontend's own folder")
    return os.path.relpath(folder.resolve(), project.root.resolve()).replace(os.sep, "/")


def _files(project: Project, name: str) -> dict[str, bytes]:
    folder = project.root / name
    if not folder.is_dir():
        raise UsageError(
            f"{name} is no folder", where="splitter.toml: frontend.folder", hint="mend it"
        )
    if name.startswith("..") or os.path.isabs(name):
        return dict(workspace.read(folder))
    prefix = "" if name == "." else f"{name}/"
    return {p[len(prefix) :]: b for p, b in project.sources.items() if p.startswith(prefix)}


def _found(project: Project) -> list[str]:
    """The folders that look like a frontend's: the topmost with its signs."""
    marked = {p.rpartition("/")[0] for p in project.sources if p.rpartition("/")[2] in _SIGNS}
    kept: list[str] = []
    for folder in sorted(marked - {""}):
        if not any(folder == k or folder.startswith(f"{k}/") for k in kept):
            kept.append(folder)
    return kept or (["."] if "" in marked else [])


def _scanner() -> Callable[[Mapping[str, bytes]], Survey]:
    try:
        import ast_grep_py  # noqa: F401
    except ImportError:
        raise UsageError(
            "reading a frontend needs ast-grep-py, which is not installed",
            hint="pip install 'monolith-splitter[frontend]'",
        ) from None
    from splitter.discovery.frontend.scanning import scan

    return scan

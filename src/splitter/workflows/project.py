"""A project as a command finds it: settings, a snapshot of its files, what was written so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from splitter.actions.manifest import read_manifest
from splitter.effects import workspace
from splitter.effects.roots import find_root
from splitter.errors import NoProject
from splitter.model.changes import ChangeSet
from splitter.model.monolith import Sources
from splitter.model.plan import Manifest, Service
from splitter.settings import Settings, load
from splitter.workflows.folders import folder_of

_TESTS = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")

NOTHING_BEGUN = ChangeSet("init")


@dataclass(frozen=True)
class Project:
    """The project in `root`. `sources` is what its files said when the command began.

    `recovered` says what was put right after a killed run; `renamed` is the planned service that
    a new one takes the place of; `begun` is what `init` makes of a folder that was no project
    yet, not written yet and to be written with what follows. For a `preview` nothing is kept.
    """

    root: Path
    settings: Settings
    sources: Sources
    manifest: Manifest
    recovered: str = ""
    renamed: str = ""
    begun: ChangeSet = NOTHING_BEGUN
    preview: bool = False

    @property
    def settings_file(self) -> tuple[str, tuple[str, ...]]:
        """The file that configures the project, and the table in it."""
        if "splitter.toml" in self.sources or "pyproject.toml" not in self.sources:
            return "splitter.toml", ()
        has_own = b"[tool.splitter" in self.sources["pyproject.toml"]
        return ("pyproject.toml", ("tool", "splitter")) if has_own else ("splitter.toml", ())

    def after(self, changes: ChangeSet) -> Project:
        """The project as it is once changes are applied, without applying them."""
        sources = Sources(changes.over(self.sources))
        return replace(self, sources=sources, manifest=read_manifest(sources))

    def planned(self, *extra: Service) -> tuple[Service, ...]:
        """The services of the settings, those in `extra` in the place of their namesakes."""
        named = {s.name: s for s in (*self.settings.planned(), *extra)}
        return tuple(named.values())


def open_project(
    folder: Path | None = None, flags: Mapping[str, Any] | None = None, *, preview: bool = False
) -> Project:
    """The project of a folder, or of the nearest one above the current folder.

    What a killed run left behind is put right first. NoProject where there is none.
    """
    start = folder_of(folder)
    root = start if folder is not None else find_root(start) or start
    recovered = workspace.recover(root) or ""
    if not is_project(root):
        hint = "run splitter init in the folder that the monolith's imports start from"
        raise NoProject(
            "there is no splitter.toml here or above",
            where=str(start),
            hint=f"{recovered}\n{hint}".strip(),
        )
    return replace(open_at(root, load(root, flags), preview=preview), recovered=recovered)


def open_at(root: Path, settings: Settings, *, preview: bool = False) -> Project:
    """The project in `root` with these settings, be they written down or not."""
    sources = workspace.read(root)
    return Project(root, settings, sources, read_manifest(sources), preview=preview)


def is_project(root: Path) -> bool:
    """Whether it holds splitter's settings."""
    return find_root(root) == root


def is_test(path: str) -> bool:
    """Whether a file belongs to tests, by its name or its folder."""
    return bool(_TESTS.search(path))


class NotTheMonolith:
    """The paths that are not the monolith's code: what splitter wrote, and tests.

    A container, for `discovery.parsing.parse`.
    """

    def __init__(self, project: Project) -> None:
        self._written = {c.path for c in project.manifest.copies} | set(project.manifest.written)
        self._folders = {s.folder for s in project.settings.planned()}
        self._folders |= {path.rsplit("/", 1)[0] for path in self._written if path}
        self._folders = {f for f in self._folders if f.startswith("services/")}

    def __contains__(self, path: object) -> bool:
        return (
            path in self._written
            or path in self._folders
            or (isinstance(path, str) and is_test(path))
        )

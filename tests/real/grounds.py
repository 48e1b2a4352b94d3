"""An application on this machine: its environment, its code, its database and its variables."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from applications import Application

from postgres_cluster import cluster


@dataclass(frozen=True)
class Ground:
    """Where an application is: the project's folder, its interpreter and its variables."""

    application: Application
    project: Path
    python: Path
    environment: dict[str, str]

    def run(self, *words: str) -> None:
        """Run a program of the application's own environment in its project."""
        program = str(self.python.with_name(words[0]))
        subprocess.run([program, *words[1:]], cwd=self.project, env=self.environment, check=True)


@contextmanager
def ground(application: Application, folder: Path, *, brought: Path | None) -> Iterator[Ground]:
    """A new copy of the application, prepared to run, and its database while the context lasts.

    The environment and the original code stay in `folder` and are used again.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    python = _environment(application, folder)
    origin = _origin(application, folder, python, brought)
    project, data = folder / "project", folder / "data"
    for old in (project, data):
        shutil.rmtree(old, ignore_errors=True)
    data.mkdir()
    shutil.copytree(origin, project)
    with ExitStack() as stack:
        port = str(stack.enter_context(cluster()).port) if application.postgres else ""
        values = {"data": str(data), "project": str(project), "port": port}
        application = _filled(application, values)
        found = Ground(application, project, python, _variables(application, python))
        for name, text in application.files.items():
            project.joinpath(name).write_text(text, "utf-8")
        for words in application.prepare:
            found.run(*words)
        yield found


def _environment(application: Application, folder: Path) -> Path:
    """The interpreter of a virtual environment with what the application is installed from."""
    place, kept = folder / "venv", folder / "installed.json"
    python = place / "bin" / "python"
    wanted = json.dumps(application.install)
    if kept.is_file() and kept.read_text("utf-8") == wanted:
        return python
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(folder / "origin", ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *application.install], check=True)
    kept.write_text(wanted, "utf-8")
    return python


def _origin(application: Application, folder: Path, python: Path, brought: Path | None) -> Path:
    """The code as its authors published it, in the folder that its imports start from."""
    origin = folder / "origin"
    if brought is not None:
        return brought
    if origin.is_dir():
        return origin
    if application.package:
        installed = next(python.parent.parent.glob("lib/python*/site-packages"))
        origin.mkdir()
        shutil.move(installed / application.package, origin / application.package)
        return origin
    assert application.source is not None
    source = application.source
    command = ["git", "clone", "--quiet", "--depth", "1", "--branch", source.tag]
    with_all = folder / "repository"
    shutil.rmtree(with_all, ignore_errors=True)
    subprocess.run([*command, source.repository, str(with_all)], check=True)
    shutil.move(with_all / source.folder, origin)
    return origin


def _variables(application: Application, python: Path) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if k in ("HOME", "LANG", "TMPDIR", "PATH")}
    path = f"{python.parent}{os.pathsep}{own.get('PATH', '')}"
    return {**own, "PATH": path, "CI": "true", **application.environment}


def _filled(application: Application, values: dict[str, str]) -> Application:
    """`{data}` and its like replaced, in variables, commands, settings and files."""

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            return value.format(**values)
        if isinstance(value, dict):
            return {key: fill(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(fill(inner) for inner in value)
        return value

    return replace(
        application,
        environment=fill(application.environment),
        prepare=fill(application.prepare),
        settings=fill(application.settings),
        files=fill(application.files),
    )

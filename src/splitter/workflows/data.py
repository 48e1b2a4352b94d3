"""The data of both sides: one base that is made once, and a fork of it for each who works on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from splitter.effects import databases
from splitter.effects.scratch import copy_folder, remove_folder
from splitter.errors import ConfigurationError, SplitterError
from splitter.workflows.project import Project

Say = Callable[[str], None]
Boot = Callable[[dict[str, str]], AbstractContextManager[object]]
"""Starts the monolith with these variables, and stops it."""


@dataclass(frozen=True)
class Base:
    """What forks are made of: a database, a folder of data, or both, or neither."""

    url: str
    folder: Path | None


@dataclass(frozen=True)
class Fork:
    """Data of one's own, and the variables that point a process to them."""

    url: str
    folder: Path | None
    variables: dict[str, str]


@contextmanager
def base(project: Project, at: Path, boot: Boot, say: Say) -> Iterator[Base]:
    """A copy of the data as they are once the monolith has started on them: what it makes,
    migrates or fills at its start is there. The data themselves are not touched."""
    folder = at / "data" if uses_folder(project) else None
    given = _given_folder(project)
    if folder is not None and given is not None:
        copy_folder(given, folder)
    with ExitStack() as stack:
        url, is_new = _copied(project, at, stack)
        if is_new or (folder is not None and given is None):
            say("making the data by starting the monolith once")
        else:
            say("starting the monolith once, on a copy of the data")
        with boot(variables(project, url, folder or at)):
            pass
        yield Base(url, folder)


def _copied(project: Project, at: Path, stack: ExitStack) -> tuple[str, bool]:
    """The URL of a copy of the database, if there is any; whether it is still to be made."""
    url = configured_url(project)
    if not url:
        return "", False
    if databases.missing_file(url, project.root) is not None:
        return f"{url.partition('://')[0]}:///{at / 'base.db'}", True
    found = databases.absolute(url, project.root)
    return stack.enter_context(databases.fork(found, at / "databases", "base")), False


@contextmanager
def fork(project: Project, base: Base, at: Path, name: str) -> Iterator[Fork]:
    """Data of one's own, gone at the end."""
    folder = at / f"{name}-data"
    if base.folder is not None:
        copy_folder(base.folder, folder)
    elif uses_folder(project):
        folder.mkdir(exist_ok=True)
    own = folder if uses_folder(project) else None
    try:
        if not base.url:
            yield Fork("", own, variables(project, "", folder))
            return
        with databases.fork(base.url, at / "databases", name) as url:
            yield Fork(url, own, variables(project, url, folder))
    finally:
        if own is not None:
            remove_folder(folder)


@contextmanager
def fork_of_given(project: Project, at: Path, boot: Boot, say: Say) -> Iterator[Fork]:
    """A fork of the data as they are, without the monolith's having started on them if it need
    not make them."""
    url = configured_url(project)
    with ExitStack() as stack:
        if uses_folder(project):
            found = stack.enter_context(base(project, at, boot, say))
        else:
            found = Base(databases.absolute(url, project.root) if url else "", None)
        yield stack.enter_context(fork(project, found, at, "service"))


@contextmanager
def for_tests(project: Project, at: Path, say: Say) -> Iterator[dict[str, str]]:
    """What the monolith's own tests are told: its environment, with what points them to a copy of
    the data that they would work on.

    Only variables that have a value here are: without one, tests have data of their own. Where the
    data cannot be copied it is said, and they have what they would have.
    """
    known = project.settings.monolith.environment
    given = {*os.environ, *known, *_dotenv(project)}
    url, folder = configured_url(project), _given_folder(project)
    told = given & variables(project, url, at).keys()
    if folder is None:
        texts = project.settings.database.environment
        told -= {name for name, text in texts.items() if "{folder}" in text}
    with ExitStack() as stack:
        if told:
            found = Base(databases.absolute(url, project.root) if url else "", folder)
            try:
                forked = stack.enter_context(fork(project, found, at, "tests"))
            except SplitterError as error:
                say(f"the tests work on the data themselves, for no copy could be made: {error}")
                told = set()
        yield {**known, **{name: forked.variables[name] for name in told}}


def _given_folder(project: Project) -> Path | None:
    """The folder of data that the settings name, below the project's root if it is not absolute."""
    named = os.path.expandvars(project.settings.database.folder)
    if not named:
        return None
    folder = project.root / named
    if not folder.is_dir():
        raise ConfigurationError(
            f"there is no folder {named}",
            where="splitter.toml: database.folder",
            hint="name the folder with the application's data, or leave it out",
        )
    return folder


def variables(project: Project, url: str, folder: Path) -> dict[str, str]:
    """The variables that point a process to a database and a folder of data."""
    database = project.settings.database
    named = {database.url_env: url} if database.url_env and url else {}
    parts = {"url": url, "name": databases.name_of(url) if url else "", "folder": str(folder)}
    return {**named, **{k: text.format(**parts) for k, text in database.environment.items()}}


def uses_folder(project: Project) -> bool:
    """Whether the application keeps data in a folder that it is told of."""
    return any("{folder}" in text for text in project.settings.database.environment.values())


def configured_url(project: Project) -> str:
    """The URL of the database, from wherever the monolith would take it; empty for none."""
    database = project.settings.database
    known = os.path.expandvars(database.url)
    if not database.url_env:
        return known if database.environment else ""
    given = project.settings.monolith.environment.get(database.url_env)
    dotenv = _dotenv(project).get(database.url_env, "")
    return given or os.environ.get(database.url_env, "") or dotenv or known


def _dotenv(project: Project) -> dict[str, str]:
    """What `.env` says, its names in upper case."""
    found: dict[str, str] = {}
    for line in project.sources.get(".env", b"").decode("utf-8", "replace").splitlines():
        name, equals, value = line.partition("=")
        if equals:
            word = name.strip().removeprefix("export ").upper()
            found.setdefault(word, value.strip().strip("'\""))
    return found

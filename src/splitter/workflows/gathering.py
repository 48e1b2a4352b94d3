"""The cases of a run: from files of every kind, from the tests, from the monolith's OpenAPI."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from splitter.effects import case_files
from splitter.errors import ConfigurationError, UsageError
from splitter.model.parity import Case, Outcome, Verdict
from splitter.parity.cases import read_cases
from splitter.parity.provenance import Replay, SetAside
from splitter.parity.sources import Kind, kind_of
from splitter.planning.ground import Ground
from splitter.settings import Source
from splitter.workflows import recording
from splitter.workflows.data import Say
from splitter.workflows.project import Project

SOURCES: tuple[str, ...] = get_args(Source)
TOLD = 20
"""Requests that are not put, and are told one by one."""


def sources_of(names: Sequence[str], *, where: str) -> tuple[str, ...]:
    """The sources that were asked for, checked."""
    for name in names:
        if name not in SOURCES:
            raise UsageError(
                f"{where} takes {', '.join(SOURCES[:-1])} or {SOURCES[-1]}, not {name!r}"
            )
    return tuple(dict.fromkeys(names))


def of_files(names: Iterable[str], *, say: Say) -> list[Case]:
    """The cases of files as they are named on the command line."""
    return [case for name in names for case in _told(name, replays(Path(name), name), say)]


def of_project(project: Project, *, say: Say) -> list[Case]:
    """The cases of the files that the settings name."""
    cases: list[Case] = []
    for name in project.settings.parity.cases:
        path = project.root / name
        if not path.exists():
            raise UsageError(
                "the case file is not there", where=name, hint="see parity.cases in splitter.toml"
            )
        cases += _told(name, replays(path, name), say)
    return cases


def of_sources(
    project: Project,
    ground: Callable[[], Ground],
    *,
    sources: Sequence[str],
    files: Sequence[str],
    say: Say,
) -> list[Case]:
    """The cases of the sources that were asked for, in the order of `SOURCES`.

    Without any it is the files, or where there are none the monolith's OpenAPI.
    """
    wanted = sources or project.settings.parity.sources
    cases: list[Case] = []
    if files:
        cases += of_files(files, say=say)
    elif "cases" in wanted or not wanted:
        cases += of_project(project, say=say)
    if "tests" in wanted:
        with recording.recorded(project, say=say) as path:
            cases += _told("tests", replays(path, "tests"), say)
    if "openapi" in wanted or not (wanted or cases):
        cases += generated(project, ground())
    return cases


def replays(path: Path, name: str) -> Iterator[Replay]:
    """The sessions of a file that is no case file, one at a time; of a case file all in one.

    Errors name the file as `name`.
    """
    kind = kind_of(case_files.head(path, name), name=name)
    if kind is Kind.RECORDING:
        from splitter.parity.recording import sessions

        yield from sessions(case_files.lines(path, name), path=name)
    elif kind is Kind.LOG:
        from splitter.parity import access_logs

        yield from access_logs.sessions(case_files.lines(path, name), path=name)
    elif kind is Kind.HAR:
        from splitter.parity.har import session_of

        yield session_of(case_files.content(path, name), path=name)
    elif kind is Kind.OPENAPI:
        yield Replay(_of_document(case_files.content(path, name), name))
    else:
        yield Replay(read_cases(case_files.content(path, name), path=name))


def generated(project: Project, ground: Ground) -> list[Case]:
    """Cases made from the monolith's OpenAPI, and of routes that are not in it."""
    from splitter.parity.corpus import Login, cases_of

    login = project.settings.parity.login
    running = [r for r in ground.routes if r.kind == "http" and r.file and "runtime" in r.found_by]
    found = cases_of(
        ground.running.openapi,
        mounted=ground.running.mounted,
        others=[(method, r.path) for r in running for method in r.methods if method != "HEAD"],
        login=Login.configured(login) if login else None,
    )
    return list(found)


def reproduced(verdicts: Iterable[Verdict], *, say: Say) -> Iterator[Verdict]:
    """Pass verdicts on, and say where the monolith itself did not answer as it once had; what could
    not be put because of that has it as its reason."""
    other: dict[tuple[str, str], str] = {}
    unput = 0
    for verdict in verdicts:
        case, answer = verdict.case, verdict.monolith
        key = (case.source, case.session or case.name)
        if case.recorded and answer is not None and answer.status != case.recorded:
            text = f"{case.name}: {answer.status}, and {case.recorded} when it was recorded"
            other.setdefault(key, text)
        if verdict.outcome is Outcome.SKIPPED and key in other:
            unput += 1
            why = f"{verdict.error}; the monolith itself went otherwise: {other[key]}"
            verdict = replace(verdict, error=why)
        yield verdict
    if other:
        say(f"{len(other)} recorded sessions went otherwise with the monolith itself, such as")
        for text in list(other.values())[:TOLD]:
            say(f"  {text}")
        if unput:
            say(f"  {unput} of their requests lacked what an earlier one should give: not put")


def _told(name: str, found: Iterable[Replay], say: Say) -> Iterator[Case]:
    """The cases of the sessions; what is set aside is said in the end."""
    aside: list[SetAside] = []
    count = 0
    for replay in found:
        yield from replay.cases
        count += len(replay.aside)
        aside += replay.aside[: max(0, TOLD - len(aside))]
    if aside:
        say(f"{name}: not everything can be replayed")
        for one in aside:
            say(f"  {one.name}: {one.reason}")
        if count > len(aside):
            say(f"  and {count - len(aside)} more")


def _of_document(data: bytes, name: str) -> tuple[Case, ...]:
    from splitter.parity.corpus import cases_of

    try:
        document: Any = json.loads(data)
    except ValueError:
        document = _yaml(data, name)
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ConfigurationError("this OpenAPI document has no paths", where=name)
    return tuple(cases_of(document))


def _yaml(data: bytes, name: str) -> object:
    import yaml

    try:
        return yaml.safe_load(data)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"this cannot be read: {error}", where=name) from None

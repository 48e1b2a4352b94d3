"""The monolith's own tests are recorded: run once, in a copy of the project, under the plugin."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from splitter.effects import case_files, testing
from splitter.effects.scratch import copy_project, scratch
from splitter.errors import UsageError
from splitter.model.recording import Recording
from splitter.parity.recording import sessions
from splitter.workflows import data
from splitter.workflows.data import Say
from splitter.workflows.project import Project

DEFAULT = "pytest"
TARGET = "parity/recorded.jsonl"


def command_of(project: Project, arguments: Sequence[str]) -> str:
    """The command that runs the tests: the configured one, or pytest, with further arguments."""
    return " ".join([project.settings.parity.tests or DEFAULT, *map(shlex.quote, arguments)])


def record(project: Project, arguments: Sequence[str], target: str, *, say: Say) -> Recording:
    """Run the tests and keep what they asked in `target`, which is written whole or not at all."""
    place = project.root / (target or TARGET)
    with recorded(project, arguments, say=say) as path:
        recording = _summary(path, target or TARGET)
        testing.keep(path, place)
    return recording


@contextmanager
def recorded(project: Project, arguments: Sequence[str] = (), *, say: Say) -> Iterator[Path]:
    """A recording that was made just now, and is gone afterwards. UsageError for an empty one."""
    command = command_of(project, arguments)
    say(f"running the monolith's tests: {command}")
    with scratch("record") as at:
        copy_project(project.root, at / "project")
        with data.for_tests(project, at, say) as environment:
            failed = testing.record_tests(
                at / "project",
                command,
                at / "recorded.jsonl",
                python=project.settings.python,
                environment=environment,
            )
        if failed:
            say("some tests failed; what they asked until then is recorded")
        yield at / "recorded.jsonl"


def _summary(path: Path, target: str) -> Recording:
    tests = requests = 0
    endpoints: set[str] = set()
    aside: list[tuple[str, str]] = []
    for replay in sessions(case_files.lines(path, target), path=target):
        tests += 1
        requests += len(replay.cases)
        endpoints |= {case.name.rpartition(": ")[2] for case in replay.cases}
        aside += [(one.name, one.reason) for one in replay.aside]
    if not tests:
        raise UsageError(
            "the tests put no request to the application in their own process",
            hint="they have to call it by TestClient, httpx.ASGITransport or a server of their own",
        )
    return Recording(target, tests, requests, len(endpoints), tuple(aside))

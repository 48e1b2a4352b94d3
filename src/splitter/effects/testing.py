"""The monolith's own tests are run, by its own interpreter, with splitter's pytest plugin."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from splitter.effects import disk
from splitter.effects.launching import launched
from splitter.errors import StartError, UsageError

PLUGIN = Path(__file__).parent / "plugin"
_FAILED = 1
_WITH_FAILURES = (1, 2, 5)
"""Some failed, some files could not be imported, there are none: pytest came to its end."""
_STDERR = 2


@dataclass(frozen=True, slots=True)
class TestRun:
    """What the plugin wrote down, a request each, and pytest's exit status."""

    __test__ = False

    status: int
    requests: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class TestOutcomes:
    """How each test ended (`passed`, `failed`, `skipped`, `error`), and what they asked, as a file
    that `splitter record` would write."""

    __test__ = False

    outcomes: Mapping[str, str]
    recording: Path


def run_tests(root: Path, command: str, *, python: str, environment: Mapping[str, str]) -> TestRun:
    """Run `command` in `root`, its output on stderr; `pytest …` is run by `python`.

    Any other command is run as it is, and is expected to run pytest in the end. Tests may fail;
    StartError if they are not run at all.
    """
    with tempfile.TemporaryDirectory(prefix="splitter-tests-") as folder:
        target = Path(folder) / "tables"
        status = _run(root, command, "--splitter-tables", target, python, environment)
        return TestRun(status, read_requests(target))


def record_tests(
    root: Path, command: str, target: Path, *, python: str, environment: Mapping[str, str]
) -> bool:
    """Run `command` in the same way, and write what the tests ask to `target`. Whether some failed.

    StartError if they are not run at all.
    """
    return bool(_run(root, command, "--splitter-record", target, python, environment))


def try_tests(
    root: Path, command: str, folder: Path, *, python: str, environment: Mapping[str, str]
) -> TestOutcomes:
    """Run `command` in the same way; what the tests asked, and how each ended, lands in `folder`.

    Files that cannot be imported stop no others. StartError if pytest is not run to its end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    recording, outcomes = folder / "recorded.jsonl", folder / "outcomes.jsonl"
    words = _words(command, python)
    more = f"--continue-on-collection-errors --splitter-outcomes={shlex.quote(str(outcomes))}"
    options = environment.get("PYTEST_ADDOPTS", os.environ.get("PYTEST_ADDOPTS", ""))
    told = {**environment, "PYTEST_ADDOPTS": f"{options} {more}".strip()}
    added = _surroundings("--splitter-record", recording, told)
    with launched(
        words, folder=root, environment=added, stdout=_STDERR, stderr=_STDERR, grace=5
    ) as tests:
        status = tests.watchdog.wait()
    if status not in (0, *_WITH_FAILURES) or not (recording.exists() and outcomes.exists()):
        raise _not_run(root, command, status)
    rows = [json.loads(line) for line in outcomes.read_text("utf-8").splitlines()]
    return TestOutcomes({row["test"]: row["outcome"] for row in rows}, recording)


def keep(recording: Path, place: Path) -> None:
    """Put a recording in its place, for its owner's eyes only: tests send passwords."""
    with (
        disk.replacing(place) as beside,
        recording.open("rb") as source,
        open(beside, "xb", opener=_private) as copy,
    ):
        shutil.copyfileobj(source, copy)


def read_requests(path: Path) -> tuple[Mapping[str, Any], ...]:
    """What the plugin wrote to a file. UsageError if it is not such a file."""
    try:
        found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return tuple(
            {k: line[k] for k in ("method", "path", "endpoint", "statements")} for line in found
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = "it is written by: pytest -p splitter_pytest --splitter-tables FILE"
        raise UsageError(f"{path} cannot be read: {error}", hint=hint) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _run(
    root: Path,
    command: str,
    option: str,
    target: Path,
    python: str,
    environment: Mapping[str, str],
) -> int:
    words = _words(command, python)
    added = _surroundings(option, target, environment)
    with launched(
        words, folder=root, environment=added, stdout=_STDERR, stderr=_STDERR, grace=5
    ) as tests:
        status = tests.watchdog.wait()
    if status > _FAILED or not target.exists():
        raise _not_run(root, command, status)
    return status


def _not_run(root: Path, command: str, status: int) -> StartError:
    return StartError(
        f"the tests were not run to their end: {command} ended with status {status}",
        where=str(root),
        hint="give the command that runs them there, such as 'pytest tests'",
    )


def _words(command: str, python: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"{command!r} is no command: {error}") from error
    if not words:
        raise UsageError("no command runs the tests", hint="such as 'pytest tests'")
    if words[0] in ("pytest", "py.test"):
        return [python, "-m", "pytest", *words[1:]]
    return [python, *words[1:]] if words[0] in ("python", "python3") else words


def _surroundings(option: str, target: Path, environment: Mapping[str, str]) -> dict[str, str]:
    path = environment.get("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    options = environment.get("PYTEST_ADDOPTS", os.environ.get("PYTEST_ADDOPTS", ""))
    plugin = f"-p splitter_pytest {option}={shlex.quote(str(target))}"
    return {
        **environment,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(PLUGIN), path])),
        "PYTEST_ADDOPTS": f"{options} {plugin}".strip(),
    }

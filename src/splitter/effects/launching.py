"""A command is started so that it never outlives splitter, however splitter ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from splitter.effects import watchdog
from splitter.errors import StartError

_NOT_FOR_CHILDREN = (
    *("PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__"),
    "WEB_CONCURRENCY",
)
_DEFAULTS = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
_NO_CLIENTS = {"SPLITTER_HITS": "off"}
"""What splitter itself asks a monolith counts as no hit on its old routes."""


@dataclass(frozen=True, slots=True)
class Launched:
    """A command at work, as its watchdog sees it; `pid` is that of the command and of its group.

    The watchdog ends right after the command, with its status (128 + N for signal N), or after
    the lifeline was closed and all that the command had started is gone.
    """

    pid: int
    watchdog: subprocess.Popen[bytes]
    lifeline: IO[bytes]


@contextmanager
def launched(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stderr: int | IO[bytes] = subprocess.PIPE,
    grace: float,
) -> Iterator[Launched]:
    """Start a command in `folder`, in a group of its own; on leaving nothing of it is left.

    `environment` is added to splitter's own, less what would give the child another Python path
    or number of workers. `grace` is in seconds, from SIGTERM to SIGKILL. Raises StartError.
    """
    reading, writing = os.pipe()
    heard, report = os.pipe()
    with os.fdopen(writing, "wb", buffering=0) as lifeline, os.fdopen(heard, "rb") as told:
        try:
            arguments = [watchdog.__file__, str(reading), str(report), str(grace), *command]
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", *arguments],
                cwd=folder,
                env=surroundings(environment),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                pass_fds=(reading, report),
                start_new_session=True,
            )
        except OSError as error:
            raise StartError(f"cannot start {command[0]}: {error}", where=str(folder)) from error
        finally:
            os.close(reading)
            os.close(report)
        with process, _stopping(process, lifeline, grace) as group:
            group.append(_started(told.read(), command))
            yield Launched(group[0], process, lifeline)


def surroundings(additions: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command: splitter's own with the additions, less what is not for it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _NOT_FOR_CHILDREN and not name.startswith("UVICORN_")
    }
    return _DEFAULTS | kept | _NO_CLIENTS | dict(additions)


@contextmanager
def _stopping(
    process: subprocess.Popen[bytes], lifeline: IO[bytes], grace: float
) -> Iterator[list[int]]:
    """Stop it on leaving, by the watchdog, or if that was killed by the group given in the list."""
    group: list[int] = []
    try:
        yield group
    finally:
        lifeline.close()
        try:
            process.wait(grace + 10)
        except subprocess.TimeoutExpired:
            process.kill()
        if process.returncode is None or process.returncode < 0:
            _kill_group(group)


def _kill_group(group: list[int]) -> None:
    for number in group:
        try:
            os.killpg(number, signal.SIGKILL)
        except ProcessLookupError:
            pass


def _started(report: bytes, command: Sequence[str]) -> int:
    """The process id from the watchdog's report: that, and the reason if it could not start."""
    lines = report.decode().split("\n")
    pids = [int(line) for line in lines if line.isdigit()]
    reasons = [line for line in lines if line and not line.isdigit()]
    if reasons or not pids:
        reason = reasons[0] if reasons else "its watchdog ended at once"
        raise StartError(
            f"cannot start {command[0]}: {reason}",
            where=command[0],
            hint="name the interpreter that has the application's dependencies: --python PATH, "
            "or python under [monolith] in splitter.toml",
        )
    return pids[0]

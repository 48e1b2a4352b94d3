"""Servers are booted, waited for until they answer, and stopped; programs are run to their end."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from splitter.effects import disk, ports
from splitter.effects.launching import Launched, launched
from splitter.errors import StartError

LOG_LINES = 20
ANSWER_SECONDS = 5.0
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers at `url` (without a slash at its end)."""

    name: str
    url: str
    port: int
    pid: int
    log: Path


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended. `status` is 128 + N for signal N; text is UTF-8, the rest replaced."""

    status: int
    output: str
    errors: str
    timed_out: bool = False


@contextmanager
def serve(
    name: str,
    *,
    python: str,
    app: str,
    folder: Path,
    port: int,
    environment: Mapping[str, str],
    factory: bool = False,
    log: Path,
    timeout: float = 90,
    ready: str = "/",
    grace: float = 5,
) -> Iterator[Running]:
    """Have uvicorn serve `app` on 127.0.0.1, from `folder`, which is importable, by `python`.

    `environment` is added to splitter's own, PYTHONPATH excepted; `python` is absolute or on the
    PATH. It is given when the server has answered on `ready`, with any status, within `timeout`
    seconds. Raises StartError with the end of the log as hint. On leaving the server and all that
    it started are gone, even if splitter is killed.
    """
    arguments = ["-m", "uvicorn", app, "--host", "127.0.0.1", "--port", str(port)]
    with attend(
        name,
        [python, *arguments, *(["--factory"] if factory else [])],
        folder=folder,
        port=port,
        environment=environment,
        log=log,
        timeout=timeout,
        ready=ready,
        grace=grace,
    ) as running:
        yield running


@contextmanager
def attend(
    name: str,
    command: Sequence[str],
    *,
    folder: Path,
    port: int,
    environment: Mapping[str, str],
    log: Path,
    timeout: float = 90,
    ready: str = "/",
    grace: float = 5,
) -> Iterator[Running]:
    """The same for any command that serves HTTP at `port` on 127.0.0.1."""
    _refuse_a_taken(port, name)
    with disk.doing("write", log):
        log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("wb")
    with (
        output,
        launched(
            command,
            folder=folder,
            environment=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            grace=grace,
        ) as server,
    ):
        running = Running(name, f"http://127.0.0.1:{port}", port, server.pid, log)
        _await_answer(running, server, command[0], timeout, ready)
        yield running


def run(
    python: str,
    *arguments: str,
    folder: Path,
    environment: Mapping[str, str] = _NOTHING,
    timeout: float = 60,
    stdin: bytes = b"",
) -> Finished:
    """Run `python` with the arguments (`-c CODE`, or a file) to its end, at most `timeout` seconds.

    What it started and left behind is ended with it. Raises StartError if it cannot be started.
    """
    with launched(
        [python, *arguments],
        folder=folder,
        environment=environment,
        stdin=subprocess.PIPE,
        grace=0.5,
    ) as program:
        try:
            output, errors = program.watchdog.communicate(stdin, timeout)
            timed_out = False
        except subprocess.TimeoutExpired:
            program.lifeline.close()
            output, errors = program.watchdog.communicate()
            timed_out = True
        status = program.watchdog.returncode
    return Finished(status, _text(output), _text(errors), timed_out)


def log_end(log: Path, lines: int = LOG_LINES) -> str:
    """The last lines of a log, without colours; empty if there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16 * 1024))
            text = _text(file.read())
    except OSError:
        return ""
    return "\n".join(re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()[-lines:])


def _refuse_a_taken(port: int, name: str) -> None:
    if ports.port_taken(port):
        owner = ports.taken_by(port)
        raise StartError(
            f"{name} cannot be started: port {port} is taken" + (f" by {owner}" if owner else ""),
            where=f"127.0.0.1:{port}",
            hint="stop what listens there, or give another port",
        )


def _await_answer(
    running: Running, server: Launched, python: str, timeout: float, ready: str
) -> None:
    deadline = time.monotonic() + timeout
    while not _answers(running.port, (ready, "/health"), deadline):
        if _has_ended(server):
            raise _died(running, server.watchdog.returncode, python)
        if time.monotonic() >= deadline:
            raise StartError(
                f"{running.name} did not answer on {running.url}{ready} within {timeout:g} s",
                where=str(running.log),
                hint=log_end(running.log),
            )
    if _has_ended(server, 0):
        raise _died(running, server.watchdog.returncode, python)


def _answers(port: int, paths: Sequence[str], deadline: float) -> bool:
    return any(_answers_on(port, path, deadline) for path in paths)


def _answers_on(port: int, path: str, deadline: float) -> bool:
    from http.client import HTTPConnection, HTTPException

    wait = max(0.1, min(ANSWER_SECONDS, deadline - time.monotonic()))
    connection = HTTPConnection("127.0.0.1", port, timeout=wait)
    try:
        connection.request("GET", path)
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def _has_ended(server: Launched, wait: float = 0.05) -> bool:
    try:
        server.watchdog.wait(wait)
    except subprocess.TimeoutExpired:
        return False
    return True


def _died(running: Running, status: int, python: str) -> StartError:
    end = log_end(running.log)
    if "No module named uvicorn" in end:
        end += f"\nuvicorn is missing there: {python} -m pip install uvicorn"
    how = f"signal {status - 128}" if status > 128 else f"status {status}"
    return StartError(
        f"{running.name} ended with {how} before it answered", where=str(running.log), hint=end
    )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")

"""Servers that a test starts by itself, and plain requests to them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from terminal import surroundings

from splitter.effects.ports import free_port

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Answer:
    """What a server said; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    document: object = None,
    headers: Mapping[str, str] = _NOTHING,
) -> Answer:
    """Put one request to a server on the loopback."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    body = None if document is None else json.dumps(document)
    kinds = {} if document is None else {"content-type": "application/json"}
    try:
        connection.request(method, path, body, {**kinds, **headers})
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read())
    finally:
        connection.close()


def log_in(port: int) -> dict[str, str]:
    """The header that says one is Ada."""
    known = {"email": "ada@finance.example", "password": "correct-horse"}
    token = ask(port, "/api/auth/login", method="POST", document=known).json["access_token"]
    return {"authorization": f"Bearer {token}"}


@contextmanager
def uvicorn(app: str, *, at: Path, environment: Mapping[str, str] = _NOTHING) -> Iterator[int]:
    """The port of a uvicorn that serves `app`, started in a folder as a user would."""
    port = free_port()
    words = [sys.executable, "-m", "uvicorn", app, "--port", str(port)]
    bare = {n: v for n, v in surroundings(environment).items() if n != "PYTHONPATH"}
    with running(words, port, at=at, environment=bare):
        yield port


@contextmanager
def running(
    words: list[str], port: int, *, at: Path, environment: Mapping[str, str]
) -> Iterator[None]:
    """A server at work, from when it answers on its port."""
    log = at.parent / f"{at.name}-{port}.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            words, cwd=at, env=dict(environment), stdout=output, stderr=output
        ) as process,
    ):
        try:
            _await(port, process, log)
            yield
        finally:
            process.terminate()
            process.wait(20)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and process.poll() is None:
        try:
            ask(port, "/")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text("utf-8", "replace"))

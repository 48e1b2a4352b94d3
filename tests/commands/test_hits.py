"""Requests on old routes are counted by the monolith itself, in each of its processes."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers import ask
from terminal import surroundings

from splitter.actions.deprecation import FUNCTION, MODULE
from splitter.effects import hits
from splitter.effects.ports import free_port
from splitter.effects.templates import read_templates
from splitter.model.hits import traffic

OLD = "GET /old/{item}"
MAIN = f"""
import os
import time
from fastapi import FastAPI
from {MODULE} import {FUNCTION}

app = FastAPI()
{FUNCTION}(app)
v1 = FastAPI()
app.mount("/v1", v1)

@app.get("/old/{{item}}")
async def old(item: int):
    time.sleep(0.05)  # another process takes what comes meanwhile
    return os.getpid()

@app.get("/new")
def new(): return os.getpid()

@v1.get("/old")
def inner(): return {{}}
"""
ENTRIES = (OLD.split(), ["GET", "/v1/old"])


@pytest.fixture
def monolith(tmp_path: Path) -> Path:
    """Two deprecated routes, one of them in a mounted application."""
    from splitter.actions.rendering import render

    entries = [[json.dumps(f) for f in (*e, "2026-11-23", "2027-03-31", "")] for e in ENTRIES]
    text = render(read_templates(), f"deprecation/{MODULE}.py.jinja", entries=entries, depth=0)
    folder = tmp_path / "monolith"
    folder.mkdir()
    (folder / "main.py").write_text(MAIN)
    (folder / f"{MODULE}.py").write_text(text)
    return folder


@contextmanager
def served(
    folder: Path,
    *words: str,
    environment: Mapping[str, str],
    before: Callable[[], object] | None = None,
) -> Iterator[int]:
    """The monolith at work; it ends as an operator ends it."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port), *words]
    bare = {n: v for n, v in surroundings(environment).items() if n != "PYTHONPATH"}
    with subprocess.Popen(
        command,
        cwd=folder,
        env=bare,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=before,
    ) as process:
        try:
            _await(port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=20)
            (folder / "log").write_bytes(errors)


def _await(port: int) -> None:
    for _ in range(400):
        try:
            ask(port, "/new")
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("it does not answer")


def _until(found: Callable[[], bool]) -> bool:
    for _ in range(100):
        if found():
            return True
        time.sleep(0.05)
    return False


def test_every_process_counts_and_what_it_counted_is_there_at_once(
    monolith: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "hits"
    begun = time.time()
    with served(monolith, "--workers", "2", environment={"SPLITTER_HITS": str(folder)}) as port:
        pids = set[int]()
        asked = 0
        with ThreadPoolExecutor(8) as pool:
            while len(pids) < 2 and asked < 400:
                pids |= set(pool.map(lambda _: ask(port, "/old/1").json, range(16)))
                asked += 16
        assert ask(port, "/old/x").status == 422
        assert ask(port, "/v1/old").headers["deprecation"] == "@1795392000"
        assert _until(lambda: traffic(OLD, hits.read(folder)).hits == asked + 1)
    counts = hits.read(folder)
    found = traffic(OLD, counts)
    assert (len(pids), len([c for c in counts if c.routes[OLD][0]])) == (2, 2)
    assert begun < found.since <= found.last <= found.until < time.time()
    assert traffic("GET /v1/old", counts).hits == 1
    assert not list(folder.glob("*.new"))


def test_without_a_word_it_counts_beside_the_application(monolith: Path) -> None:
    with served(monolith, environment={}) as port:
        ask(port, "/old/1")
    folder = monolith / ".splitter" / "hits"
    assert traffic(OLD, hits.read(folder)).hits == 1
    assert (folder / ".gitignore").read_text() == "*\n"


def test_no_hits_are_a_count_too(monolith: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hits"
    with served(monolith, environment={"SPLITTER_HITS": str(folder)}):
        assert _until(lambda: bool(hits.read(folder)))
    found = traffic(OLD, hits.read(folder))
    assert (found.hits, found.last) == (0, 0)
    assert found.quiet > 0


@pytest.mark.parametrize("environment", [{"SPLITTER_HITS": "off"}])
def test_it_can_be_told_not_to(monolith: Path, environment: dict[str, str]) -> None:
    with served(monolith, environment=environment) as port:
        assert ask(port, "/old/1").headers["deprecation"] == "@1795392000"
    assert not (monolith / ".splitter").exists()


def test_tests_of_the_monolith_are_no_clients(monolith: Path) -> None:
    (monolith / "test_old.py").write_text(
        "from fastapi.testclient import TestClient\nfrom main import app\n\n"
        "def test_old():\n    with TestClient(app) as client:\n"
        "        assert client.get('/old/1').headers['deprecation']\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=monolith,
        env=surroundings({}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert not (monolith / ".splitter").exists()


def _full() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.parametrize("how", ["full", "no folder"])
def test_a_disk_that_refuses_fails_no_request_and_is_told_of_once(
    monolith: Path, tmp_path: Path, how: str
) -> None:
    folder = tmp_path / "hits"
    if how == "no folder":
        folder.write_text("a file")
    before = _full if how == "full" else None
    environment = {"SPLITTER_HITS": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    with served(monolith, environment=environment, before=before) as port:
        answers = [ask(port, "/old/1") for _ in range(3)]
        time.sleep(1.2)
        answers.append(ask(port, "/old/1"))
    assert [(a.status, a.headers["deprecation"]) for a in answers] == [(200, "@1795392000")] * 4
    log = (monolith / "log").read_text()
    assert log.count("hits on old routes are not kept: ") == 1
    assert "Traceback" not in log
    assert how == "no folder" or not os.listdir(folder)


def test_what_is_no_count_is_passed_over(tmp_path: Path) -> None:
    for name, text in (("a", "{"), ("b", "[]"), ("c", '{"since": 1, "until": 2, "routes": []}')):
        (tmp_path / f"{name}.json").write_text(text)
    assert hits.read(tmp_path) == hits.read(tmp_path / "nowhere") == ()

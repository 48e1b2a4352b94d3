"""The example's tests are recorded and put to two running monoliths: all that they reach, again."""

from __future__ import annotations

import json
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from terminal import copy, splitter

from splitter.effects.ports import free_port
from splitter.effects.processes import serve

RECORDED = "parity/recorded.jsonl"


@pytest.fixture(scope="module")
def recorded(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example after its tests were recorded."""
    folder = copy(begun, tmp_path_factory.mktemp("recording") / "project")
    done = splitter("record", "-q", "-p", "no:cacheprovider", at=folder)
    assert "running the monolith's tests: pytest -q" in done.err
    assert done.lines[0].startswith(f"{RECORDED}: 415 requests of 117 tests")
    assert "requests cannot be replayed:" in done.out
    assert "test_chart_and_its_etag 3: GET /api/reports/{report_id}/chart.png: the " in done.out
    return folder


@pytest.fixture(scope="module")
def urls(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Two monoliths, each with a database of its own."""
    at = tmp_path_factory.mktemp("two")
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                serve(
                    name,
                    python=sys.executable,
                    app="main:app",
                    folder=recorded,
                    port=free_port(),
                    environment={
                        "DATABASE_URL": f"sqlite:///{at / name}.db",
                        "PASSWORD_ITERATIONS": "1000",
                    },
                    log=at / f"{name}.log",
                    timeout=60,
                )
            )
            for name in ("one", "two")
        ]
        yield started[0].url, started[1].url


def reached(folder: Path) -> set[tuple[str, str]]:
    """What the tests' requests came to, as the application itself said."""
    lines = (folder / RECORDED).read_text().splitlines()
    found = [r for line in lines for r in json.loads(line).get("requests", ())]
    return {(r["method"], r["route"]) for r in found if "route" in r}


def answered(document: Any) -> set[tuple[str, str]]:
    """What the cases that both sides answered came to."""
    names = [c["name"] for c in document["cases"] if len(c["answers"]) == 2]
    pairs = (name.rpartition(": ")[2].split(" ") for name in names)
    return {(method, path) for method, path in pairs}


def test_only_its_owner_can_read_it(recorded: Path) -> None:
    assert stat.S_IMODE((recorded / RECORDED).stat().st_mode) == 0o600


def test_the_recording_reaches_all_that_the_tests_reach(
    recorded: Path, urls: tuple[str, str]
) -> None:
    words = ("--monolith", urls[0], "--service", f"all={urls[1]}", "--cases", RECORDED)
    one = ("--concurrency", "1", "--format", "json")
    done = splitter("parity-check", *words, *one, at=recorded)
    tested = reached(recorded)
    assert len(tested) > 60
    routes = {path for _, path in tested}
    found = {(m, path) for m, path in answered(done.document) if path in routes and m != "OPTIONS"}
    assert found == tested
    assert done.document["summary"] | {"matched": 415, "total": 415} == done.document["summary"]
    assert "went otherwise with the monolith itself" not in done.err
    assert "correct-horse" not in done.out + done.err


def test_a_dry_run_runs_nothing(begun: Path) -> None:
    done = splitter("record", "--dry-run", "tests/test_app.py", "-k", "a b", at=begun)
    assert done.lines == [
        "would run: pytest tests/test_app.py -k 'a b'",
        f"would write: {RECORDED}",
    ]
    assert not (begun / RECORDED).exists()


def test_tests_that_ask_nothing_leave_no_file(project: Path) -> None:
    done = splitter("record", "-q", "tests/test_utils.py", at=project, status=2)
    assert "put no request to the application" in done.err
    assert not (project / RECORDED).exists()


def test_files_of_all_kinds_are_mixed(
    recorded: Path, urls: tuple[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text(
        '1.2.3.4 - - [10/Oct/2025:13:55:36 +0200] "GET /api/assets/convert?amount=1&from=EUR'
        '&to=USD HTTP/1.1" 200 5\n'
        '1.2.3.4 - - [10/Oct/2025:13:55:36 +0200] "POST /api/auth/login HTTP/1.1" 200 5\n'
        '1.2.3.4 - - [10/Oct/2025:13:55:36 +0200] "GET /api/accounts HTTP/1.1" 200 5\n'
    )
    har = tmp_path / "session.har"
    asked = {"method": "GET", "url": "http://h/api/auth/me", "headers": []}
    entry = {"request": asked, "response": {"status": 401, "headers": [], "content": {}}}
    har.write_text(json.dumps({"log": {"entries": [entry]}}))
    cases = tmp_path / "cases.yaml"
    cases.write_text("cases: [{name: page, request: {path: /}}]\n")
    files = [word for file in (cases, log, har) for word in ("--cases", str(file))]
    words = ("--monolith", urls[0], "--service", f"all={urls[1]}", *files, "--format", "json")
    done = splitter("parity-check", *words, at=recorded)
    assert [(c["name"], c["verdict"]) for c in done.document["cases"]] == [
        ("page", "match"),
        ("line 1: GET /api/assets/convert", "match"),
        ("line 3: GET /api/accounts", "match"),
        ("session.har 1: GET /api/auth/me", "match"),
    ]
    assert "1 line: a log has no body for POST" in done.err
    assert "line 3: GET /api/accounts: 401, and 200 when it was recorded" in done.err


def test_generated_cases_come_beside_files(recorded: Path, tmp_path: Path) -> None:
    folder = copy(recorded, tmp_path / "project")
    splitter("split", "fire", "--port", "8004", "--no-parity", at=folder)
    cases = folder / "own.yaml"
    cases.write_text(
        "cases: [{name: mine, request: {method: POST, path: /api/fire/calculate, json: {}}}]\n"
    )
    words = ("fire", "--cases", "own.yaml", "--from", "openapi", "--format", "json")
    done = splitter("parity-check", *words, at=folder)
    names = [c["name"] for c in done.document["cases"]]
    assert names[0] == "mine"
    assert "POST /api/fire/calculate: plain" in names


def test_an_unknown_source_is_an_error(begun: Path) -> None:
    done = splitter("parity-check", "--from", "nothing", at=begun, status=2)
    assert "cases, tests or openapi" in done.err or "no service to check" in done.err


MONOLITH = """
import os, sqlite3
from fastapi import FastAPI

app = FastAPI()
FILE = os.environ["DATABASE_URL"].removeprefix("sqlite:///")


@app.get("/names")
def names() -> list[str]:
    return [name for (name,) in sqlite3.connect(FILE).execute("SELECT name FROM names")]


@app.delete("/names")
def no_names() -> None:
    with sqlite3.connect(FILE) as link:
        link.execute("DELETE FROM names")
"""
TESTS = """
import warnings

warnings.simplefilter("ignore")
from fastapi.testclient import TestClient
from main import app


def test_all_goes() -> None:
    client = TestClient(app)
    assert client.get("/names").json() == ["Ada"]
    client.delete("/names")
    assert client.get("/names").json() == []
"""


def test_what_the_tests_delete_is_still_there(tmp_path: Path) -> None:
    """They work on a copy of the database that the environment names."""
    project, file = tmp_path / "project", tmp_path / "names.db"
    project.mkdir()
    (project / "main.py").write_text(MONOLITH)
    (project / "test_names.py").write_text(TESTS)
    settings = '[monolith]\napp = "main:app"\n\n[database]\nurl_env = "DATABASE_URL"\n'
    (project / "splitter.toml").write_text(settings)
    with sqlite3.connect(file) as link:
        link.execute("CREATE TABLE names (name TEXT)")
        link.execute("INSERT INTO names VALUES ('Ada')")
    known = {"DATABASE_URL": f"sqlite:///{file}"}
    done = splitter("record", at=project, environment=known)
    assert done.lines[0].startswith(f"{RECORDED}: 3 requests of 1 tests, to 2 endpoints")
    assert "some tests failed" not in done.err
    splitter("analyze", "--tests", "pytest", at=project, environment=known)
    with sqlite3.connect(file) as link:
        assert link.execute("SELECT name FROM names").fetchall() == [("Ada",)]

"""The tests of small applications are run, by pytest, under the plugin."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from splitter.effects.testing import TestRun, read_requests, run_tests
from splitter.errors import StartError, UsageError

APP = """
import sqlite3

import aiosqlite
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, WebSocket
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool
from starlette.concurrency import run_in_threadpool

engine = create_engine(
    "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
)
with engine.begin() as made:
    made.execute(text("CREATE TABLE early (id INT)"))
    made.execute(text("CREATE TABLE late (id INT)"))

app, router, inner = FastAPI(), APIRouter(prefix="/r"), FastAPI()


def count(name):
    with engine.connect() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM {name}"))


def early():
    count("early")


@router.get("/sync/{n}", dependencies=[Depends(early)])
def sync(n: int, tasks: BackgroundTasks):
    tasks.add_task(count, "late")


@router.get("/raw")
def raw():
    with sqlite3.connect("raw.db") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS raws (id INT)")
        connection.cursor().execute("INSERT INTO raws VALUES (?)", (1,))
    connection.close()


@router.get("/aio")
async def aio():
    async with aiosqlite.connect(":memory:") as db:
        await db.execute("CREATE TABLE aios (id INT)")
        await run_in_threadpool(count, "late")


@app.websocket("/ws")
async def ws(socket: WebSocket):
    await socket.accept()
    count("late")
    await socket.close()


@inner.get("/x")
def mounted():
    count("early")


app.include_router(router)
app.mount("/inner", inner)
"""
TESTS = """
import pytest
from fastapi.testclient import TestClient
from app import app, count

client = TestClient(app)

@pytest.mark.parametrize("path", ["/r/sync/1", "/r/sync/2", "/r/raw", "/r/aio", "/inner/x"])
def test_get(path):
    count("late")
    assert client.get(path).status_code == 200

def test_socket():
    with client.websocket_connect("/ws"): pass

def test_missing():
    assert client.get("/nothing").status_code == 404
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(dedent(APP))
    (tmp_path / "test_app.py").write_text(dedent(TESTS))
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\nfilterwarnings = error\n")
    return tmp_path


def run(folder: Path, command: str = "pytest -q -p no:cacheprovider") -> TestRun:
    return run_tests(folder, command, python=sys.executable, environment={})


def tables(found: TestRun) -> dict[str, list[str]]:
    return {r["endpoint"] or r["path"]: r["statements"] for r in found.requests}


def test_each_request_is_told_with_what_it_ran(folder: Path) -> None:
    found = run(folder)
    assert found.status == 0
    early, late = "SELECT count(*) FROM early", "SELECT count(*) FROM late"
    raw = ["CREATE TABLE IF NOT EXISTS raws (id INT)", "INSERT INTO raws VALUES (?)"]
    assert tables(found) == {
        "app:sync": [early, late],
        "app:raw": raw,
        "app:aio": ["CREATE TABLE aios (id INT)", late],
        "app:ws": [late],
        "app:mounted": [early],
        "/nothing": [],
    }
    sync = next(r for r in found.requests if r["endpoint"] == "app:sync")
    assert (sync["method"], sync["path"]) == ("GET", "/r/sync/{n}")


def test_workers_add_to_one_file(folder: Path) -> None:
    found = run(folder, "pytest -q -p no:cacheprovider -n 2")
    assert {r["endpoint"] for r in found.requests} >= {"app:sync", "app:raw", "app:ws"}


def test_failing_tests_count_until_they_fail(folder: Path) -> None:
    (folder / "test_bad.py").write_text("def test_bad(): assert False\n")
    found = run(folder)
    assert (found.status, "app:raw" in tables(found)) == (1, True)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("pytest nowhere", StartError),
        ("python -c pass", StartError),
        ("/nowhere/pytest", StartError),
        ("pytest 'x", UsageError),
        ("", UsageError),
    ],
)
def test_tests_that_are_not_run_are_an_error(
    folder: Path, command: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        run(folder, command)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("{}\n")
    for name in ("x", "missing"):
        with pytest.raises(UsageError, match="cannot be read"):
            read_requests(tmp_path / name)

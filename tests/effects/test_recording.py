"""The tests of a small application are recorded at its ASGI boundary, by pytest, for real."""

from __future__ import annotations

import base64
import json
import stat
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from splitter.effects.testing import record_tests

APP = """
import time
from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request, WebSocket
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

engine = create_engine(
    "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
)
with engine.begin() as made:
    made.execute(text("CREATE TABLE things (id INT)"))

def who(): return "somebody"
def get_db(): yield "the real one"

app, router, inner = FastAPI(), APIRouter(prefix="/u/{user}"), FastAPI()

@router.get("/x/{n}")
def numbered(user: int, n: int, name=Depends(who)): return {"name": name}

@router.get("/data")
def data(user: int, db=Depends(get_db)): return db

@app.post("/echo")
async def echo(request: Request): return {"length": len(await request.body())}

@app.post("/closed")
async def closed(): raise HTTPException(403)

@app.get("/now")
def now(): return time.time()

@app.get("/write")
def write():
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO things VALUES (1)"))

@app.get("/breaks")
def breaks(): raise RuntimeError("broken")

@app.websocket("/ws")
async def ws(socket: WebSocket):
    await socket.accept()
    await socket.close()

@inner.get("/s/{k}")
def mounted(k): return k

app.include_router(router, prefix="/api")
app.mount("/m/{tenant}", inner)
"""
TESTS = """
import asyncio, socket, threading, time, urllib.request
from unittest import mock
import httpx, pytest, uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import text
import app as module
from app import app, engine, get_db, who

client = TestClient(app)

@pytest.fixture(scope="module")
def begun(): return client.get("/api/u/1/x/1").json()

@pytest.fixture
def rows():
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO things VALUES (2)"))

def test_routes(begun):
    client.get("/api/u/3/x/4?q=%20a&q=b")
    client.get("/m/5/s/1")
    client.get("/nothing")

def test_bodies():
    client.post("/echo", content=b"\\xff\\x00raw", headers={"Content-Type": "a/b"})
    client.post("/closed", content=b"not read by the application")
    client.post("/echo", headers={"host": "elsewhere.example"})

def test_overrides(begun):
    app.dependency_overrides = {who: lambda: "me", get_db: lambda: "another"}
    client.get("/api/u/1/x/1"); client.get("/api/u/1/data"); client.get("/now")
    app.dependency_overrides = {}

def test_time_and_patches(monkeypatch):
    with mock.patch("time.time", return_value=1e9): client.get("/now")
    monkeypatch.setenv("ANY", "thing")
    client.get("/now")
    monkeypatch.setattr(module, "who", None)
    client.get("/now")

def test_rows(rows): client.get("/now")
def test_own_writes(): client.get("/write"); client.get("/now")
def test_socket():
    with client.websocket_connect("/ws"): pass

def test_breaks():
    with pytest.raises(RuntimeError): client.get("/breaks")

def test_without_a_thread():
    async def ask():
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://there"
        ) as own:
            assert (await own.get("/now")).status_code == 200
    asyncio.run(ask())

def test_live():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        while not server.started: time.sleep(0.01)
        urllib.request.urlopen(f"http://127.0.0.1:{bound.getsockname()[1]}/now").read()
        server.should_exit = True
        thread.join()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "app.py").write_text(dedent(APP))
    (folder / "test_app.py").write_text(dedent(TESTS))
    ignored = "ignore::DeprecationWarning"
    (folder / "pytest.ini").write_text(
        f"[pytest]\npythonpath = .\nfilterwarnings =\n    error\n    {ignored}\n"
    )
    return folder


def record(folder: Path, target: Path, *words: str) -> list[dict[str, Any]]:
    command = " ".join(["pytest -q -p no:cacheprovider", *words])
    assert not record_tests(folder, command, target, python=sys.executable, environment={})
    return [json.loads(line) for line in target.read_text().splitlines()]


@pytest.fixture(scope="module")
def lines(folder: Path) -> list[dict[str, Any]]:
    return record(folder, folder / "recorded.jsonl")


def requests(lines: list[dict[str, Any]], test: str) -> list[dict[str, Any]]:
    return next(e["requests"] for e in lines if e.get("test") == f"test_app.py::{test}")


def test_a_recording_has_a_head_and_an_end_and_one_reader(
    folder: Path, lines: list[dict[str, Any]]
) -> None:
    assert (lines[0]["splitter"], lines[0]["version"]) == ("recording", 1)
    assert lines[-1] == {"end": {"tests": 10, "requests": 20, "outside": 0, "failed": 0}}
    assert stat.S_IMODE((folder / "recorded.jsonl").stat().st_mode) == 0o600


def test_templates_are_whole_whatever_is_included_or_mounted(lines: list[dict[str, Any]]) -> None:
    found = requests(lines, "test_routes")
    assert [(r["path"], r.get("route")) for r in found] == [
        ("/api/u/3/x/4?q=%20a&q=b", "/api/u/{user}/x/{n}"),
        ("/m/5/s/1", "/m/{tenant}/s/{k}"),
        ("/nothing", None),
    ]
    assert [r["status"] for r in found] == [200, 200, 404]
    assert json.loads(found[0]["answer"]) == {"name": "somebody"}


def test_what_a_shared_fixture_asks_stands_before_the_tests_that_use_it(
    lines: list[dict[str, Any]],
) -> None:
    shared = [e for e in lines if "fixture" in e]
    assert [(e["fixture"], len(e["requests"])) for e in shared] == [("test_app.py::begun", 1)]
    after = {e["test"].split("::")[1]: e["after"] for e in lines if "test" in e}
    users = {test for test, names in after.items() if names == [shared[0]["id"]]}
    assert users == {"test_routes", "test_overrides"}
    assert all(not names for test, names in after.items() if test not in users)


def test_bodies_are_kept_to_the_byte_read_or_not(lines: list[dict[str, Any]]) -> None:
    raw, closed, elsewhere = requests(lines, "test_bodies")
    assert base64.b64decode(raw["body"]["base64"]) == b"\xff\x00raw"
    assert (closed["status"], closed["body"]) == (403, "not read by the application")
    names = [[n for n, _ in r["headers"]] for r in (raw, elsewhere)]
    assert ("host" in names[0], "host" in names[1]) == (False, True)


def test_overrides_count_where_the_route_uses_them(lines: list[dict[str, Any]]) -> None:
    found = [(r["hindrances"], r.get("databases", [])) for r in requests(lines, "test_overrides")]
    assert found == [
        (["the test overrides app.who"], []),
        ([], ["app.get_db"]),
        ([], []),
    ]


def test_time_and_patches_are_told_and_variables_are_not(lines: list[dict[str, Any]]) -> None:
    frozen, variable, patched = requests(lines, "test_time_and_patches")
    assert frozen["hindrances"] == [
        "the test patches time.time",
        "the test sets the time (to 2001-09-09 01:46 UTC)",
    ]
    assert variable["hindrances"] == []
    assert patched["hindrances"] == ["the test patches app.who"]


def test_rows_that_the_test_writes_itself_are_told(lines: list[dict[str, Any]]) -> None:
    assert requests(lines, "test_rows")[0]["wrote"] == ["things"]
    assert [r["wrote"] for r in requests(lines, "test_own_writes")] == [[], []]


def test_sockets_and_errors_are_told(lines: list[dict[str, Any]]) -> None:
    assert requests(lines, "test_socket")[0]["hindrances"] == ["it is a WebSocket"]
    broken = requests(lines, "test_breaks")[0]
    assert (broken["status"], broken["raised"]) == (500, "RuntimeError")


@pytest.mark.parametrize("test", ["test_without_a_thread", "test_live"])
def test_every_way_to_the_application_is_heard(lines: list[dict[str, Any]], test: str) -> None:
    (found,) = requests(lines, test)
    assert (found["path"], found["status"]) == ("/now", 200)
    assert "host" not in [name for name, _ in found["headers"]]


def test_workers_write_parts_that_are_put_together(
    folder: Path, lines: list[dict[str, Any]], tmp_path: Path
) -> None:
    target = tmp_path / "both.jsonl"
    found = record(folder, target, "-n 2")
    assert [e["test"] for e in found if "test" in e] == [e["test"] for e in lines if "test" in e]
    assert found[-1] == {"end": {**lines[-1]["end"], "requests": found[-1]["end"]["requests"]}}
    known = {e["id"] for e in found if "fixture" in e}
    assert {name for e in found if "test" in e for name in e["after"]} <= known
    assert [path.name for path in tmp_path.iterdir()] == ["both.jsonl"]


def test_the_outcome_of_the_tests_stays(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "test_bad.py").write_text("def test_bad(): assert False\n")
    command = f"pytest -q -p no:cacheprovider {tmp_path / 'test_bad.py'}"
    target = tmp_path / "recorded.jsonl"
    assert record_tests(folder, command, target, python=sys.executable, environment={})
    assert len(target.read_text().splitlines()) == 2

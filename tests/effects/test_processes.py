"""Servers that start, do not start, and must not be left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from doomed import is_gone, lives

from splitter.effects import ports, processes
from splitter.effects.processes import Running, serve
from splitter.errors import DiskError, StartError

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc and needs prctl")

APP = """
import json, os, subprocess, sys

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await startup(receive, send)
        return
    body = json.dumps(answer(scope["path"])).encode()
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": body})

async def startup(receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})

def answer(path):
    environment = dict(os.environ)
    return {"cwd": os.getcwd(), "path": sys.path, "environment": environment, "pid": os.getpid()}

def make():
    return app
"""


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = len(os.listdir("/dev/fd"))
    yield
    assert len(os.listdir("/dev/fd")) == before


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "main.py").write_text(APP)
    return folder


def _serve(stack: ExitStack, folder: Path, **options: Any) -> Running:
    defaults: dict[str, Any] = {
        "python": sys.executable,
        "app": "main:app",
        "folder": folder,
        "port": ports.free_port(),
        "environment": {},
        "log": folder.parent / "logs" / "server.log",
    }
    return stack.enter_context(serve("monolith", **(defaults | options)))


def _get(running: Running) -> dict[str, Any]:
    with pytest.raises(urllib.request.HTTPError) as caught:
        urllib.request.urlopen(f"{running.url}/x", timeout=5)
    with caught.value:
        return dict(json.load(caught.value))


# serve


def test_a_server_answers_with_the_folder_importable_and_nothing_of_ours(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONPATH", "PYTHONSAFEPATH", "UVICORN_UDS", "WEB_CONCURRENCY"):
        monkeypatch.setenv(name, "/nowhere" if name != "WEB_CONCURRENCY" else "3")
    monkeypatch.setenv("KEPT", "theirs")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    with ExitStack() as stack:
        running = _serve(stack, folder, environment={"DATABASE_URL": "sqlite://", "KEPT": "ours"})
        assert running == Running(
            "monolith",
            f"http://127.0.0.1:{running.port}",
            running.port,
            running.pid,
            folder.parent / "logs" / "server.log",
        )
        seen = _get(running)
        assert seen["pid"] == running.pid
        assert seen["cwd"] == str(folder)
        assert seen["path"][0] in ("", str(folder))
        assert "/nowhere" not in seen["path"]
        environment = seen["environment"]
        assert (environment["DATABASE_URL"], environment["KEPT"]) == ("sqlite://", "ours")
        assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
        assert not {"PYTHONPATH", "PYTHONSAFEPATH", "UVICORN_UDS"} & environment.keys()
        assert os.getpgid(running.pid) == running.pid != os.getpgid(0)
    assert is_gone(running.pid, 0)
    assert not ports.port_taken(running.port)
    assert "Uvicorn running on" in running.log.read_text()
    assert not list(folder.rglob("__pycache__"))


def test_a_factory_is_called_and_the_environment_can_give_a_path(folder: Path) -> None:
    (folder.parent / "extra").mkdir()
    (folder.parent / "extra" / "wanted.py").touch()
    (folder / "main.py").write_text(APP + "\nimport wanted\n")
    environment = {"PYTHONPATH": str(folder.parent / "extra"), "PYTHONDONTWRITEBYTECODE": ""}
    with ExitStack() as stack:
        options: dict[str, Any] = {"app": "main:make", "factory": True}
        seen = _get(_serve(stack, folder, environment=environment, **options))
    assert seen["environment"]["PYTHONDONTWRITEBYTECODE"] == ""
    assert (folder / "__pycache__").is_dir()


def test_a_server_that_dies_is_told_at_once_with_the_end_of_its_log(folder: Path) -> None:
    lines = "".join(f"print('line {i}')\n" for i in range(40))
    (folder / "main.py").write_text(
        lines + "print('\\x1b[31mred\\x1b[0m')\nimport no_such_module\n"
    )
    began = time.monotonic()
    with ExitStack() as stack, pytest.raises(StartError) as caught:
        _serve(stack, folder)
    assert time.monotonic() - began < 10
    assert caught.value.what == "monolith ended with status 1 before it answered"
    assert caught.value.where == str(folder.parent / "logs" / "server.log")
    hint = caught.value.hint.splitlines()
    assert len(hint) == 20
    assert hint[-1] == "ModuleNotFoundError: No module named 'no_such_module'"
    assert "line 1" not in hint


def test_a_server_that_a_signal_ends_is_told_so(folder: Path) -> None:
    (folder / "main.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    with ExitStack() as stack, pytest.raises(StartError, match=r"^monolith ended with signal 9 "):
        _serve(stack, folder)


def test_a_server_that_never_answers(folder: Path) -> None:
    (folder / "main.py").write_text(
        APP.replace("await receive()", "import asyncio; print('stuck'); await asyncio.sleep(99)", 1)
    )
    with ExitStack() as stack, pytest.raises(StartError) as caught:
        _serve(stack, folder, timeout=1.5, ready="/up", grace=0.2)
    assert caught.value.what.startswith("monolith did not answer on http://127.0.0.1:")
    assert caught.value.what.endswith("/up within 1.5 s")
    assert "stuck" in caught.value.hint


def test_a_page_that_hangs_is_not_waited_for_where_there_is_a_health_check(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "ANSWER_SECONDS", 0.4)
    (folder / "main.py").write_text(
        APP.replace(
            "    body = json",
            '    if scope["path"] == "/": await receive(), await receive()\n    body = json',
        )
    )
    with ExitStack() as stack:
        assert _get(_serve(stack, folder, timeout=20))


def test_a_taken_port_is_refused_and_its_owner_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as stack:
        port = server.getsockname()[1]
        with pytest.raises(StartError) as caught:
            _serve(stack, folder, port=port)
    assert caught.value.what.startswith(f"monolith cannot be started: port {port} is taken by ")
    assert caught.value.what.endswith(f"(process {os.getpid()})")
    assert not (folder.parent / "logs").exists()


def test_an_interpreter_that_is_not_there(folder: Path) -> None:
    with ExitStack() as stack, pytest.raises(StartError) as caught:
        _serve(stack, folder, python="/no/such/python")
    assert caught.value.what == "cannot start /no/such/python: No such file or directory"
    assert "--python" in caught.value.hint


def test_an_interpreter_without_uvicorn(folder: Path) -> None:
    python = folder.parent / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    python.chmod(0o755)
    with ExitStack() as stack, pytest.raises(StartError) as caught:
        _serve(stack, folder, python=str(python))
    assert caught.value.hint.splitlines()[-1] == (
        f"uvicorn is missing there: {python} -m pip install uvicorn"
    )


def test_a_folder_that_is_not_there(folder: Path) -> None:
    with ExitStack() as stack, pytest.raises(StartError, match=r"^cannot start .*No such file"):
        _serve(stack, folder / "nowhere", log=folder / "log")


def test_a_log_that_cannot_be_written(folder: Path) -> None:
    with ExitStack() as stack, pytest.raises(DiskError, match=r"^cannot write .*: File exists"):
        _serve(stack, folder, log=folder / "main.py" / "log")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_when_the_work_fails(folder: Path, error: type[BaseException]) -> None:
    seen = []

    def fail() -> None:
        with ExitStack() as stack:
            seen.append(_serve(stack, folder))
            raise error

    with pytest.raises(error):
        fail()
    assert is_gone(seen[0].pid, 0)


STUBBORN = (
    APP.replace(
        '    await send({"type": "lifespan.shutdown',
        '    __import__("time").sleep(99)\n    await send({"type": "lifespan.shutdown',
    )
    + """
ignore = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(99)"
children = [
    subprocess.Popen([sys.executable, "-S", "-c", ignore]).pid,
    subprocess.Popen([sys.executable, "-S", "-c", ignore], start_new_session=True).pid,
]

def answer(path):
    return {"children": children, "watchdog": os.getppid()}
"""
)


@ON_LINUX
def test_a_stubborn_server_goes_with_its_children_and_those_that_left_its_group(
    folder: Path,
) -> None:
    (folder / "main.py").write_text(STUBBORN)
    with ExitStack() as stack:
        running = _serve(stack, folder, grace=0.3)
        seen = _get(running)
    assert all(is_gone(pid, 0) for pid in (running.pid, seen["watchdog"], *seen["children"]))


@ON_LINUX
def test_nothing_is_left_when_splitter_is_killed(folder: Path) -> None:
    (folder / "main.py").write_text(STUBBORN)
    script = (
        "import sys, time; from pathlib import Path\n"
        "from splitter.effects.processes import serve\n"
        "folder, port = Path(sys.argv[1]), int(sys.argv[2])\n"
        "with serve('monolith', python=sys.executable, app='main:app', folder=folder, port=port,\n"
        "           environment={}, log=folder / 'log', grace=0.3) as running:\n"
        "    print(running.pid, flush=True); time.sleep(99)\n"
    )
    port = ports.free_port()
    command = [sys.executable, "-c", script, str(folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        seen = _get(Running("", f"http://127.0.0.1:{port}", port, server, folder))
        assert all(lives(pid) for pid in (server, *seen["children"]))
        parent.send_signal(signal.SIGKILL)
    assert all(is_gone(pid) for pid in (server, seen["watchdog"], *seen["children"]))


@ON_LINUX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_when_the_watchdog_is_ended(folder: Path, number: int) -> None:
    with ExitStack() as stack:
        running = _serve(stack, folder)
        watchdog = int(Path(f"/proc/{running.pid}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(watchdog, number)
        assert is_gone(running.pid)


def test_two_servers_at_once_end_independently(folder: Path) -> None:
    """Neither holds the other's lifeline open."""
    with ExitStack() as outer:
        first = _serve(outer, folder)
        with ExitStack() as inner:
            second = _serve(inner, folder, log=folder.parent / "second.log")
        assert is_gone(second.pid, 0)
        assert _get(first)

"""Monolith, services and gateway run together, and nothing of them is left in the end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from servers import ask, log_in
from terminal import command, edit, splitter, surroundings

from splitter.effects.company import born
from splitter.effects.ports import free_ports, port_taken

pytestmark = pytest.mark.xdist_group("up")

NAMES = ("monolith", "auth", "transaction")


def _port(town: Path, section: str) -> int:
    text = (town / "splitter.toml").read_text().partition(f"[{section}]")[2]
    found = re.search(r"^port = (\d+)$", text, re.MULTILINE)
    assert found
    return int(found[1])


def _state(town: Path) -> Any:
    return json.loads((town / ".splitter" / "run" / "state.json").read_text())


def _pids(town: Path) -> list[int]:
    return [member["pid"] for member in _state(town)["members"]]


def _are_gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 20
    while any(map(born, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(born, pids))


@contextmanager
def _up(town: Path, *names: str) -> Iterator[subprocess.Popen[str]]:
    """`splitter up` in the foreground, once all run."""
    with subprocess.Popen(
        command("up", *names),
        cwd=town,
        env=surroundings({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Ctrl-C"):
                break
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.nginx
def test_all_run_in_the_background_and_end_together(town: Path) -> None:
    if not shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin"):
        reason = "nginx is not on this machine"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    edit(town, "splitter.toml", "[gateway]\n", '[gateway]\nlive = ["transaction"]\n')
    splitter("gateway", at=town)
    splitter("deprecate", "transaction", "--sunset", "2031-05-01", at=town)
    done = splitter("up", "--detach", at=town)
    assert f"gateway: http://127.0.0.1:{_port(town, 'gateway')}\n" in done.err
    known = log_in(_port(town, "gateway"))
    assert ask(_port(town, "gateway"), "/api/transactions", headers=known).status == 200
    assert ask(_port(town, "services.transaction"), "/health/ready").status == 200
    assert ask(_port(town, "monolith"), "/api/categories", headers=known).status == 200
    logs = {path.name for path in (town / ".splitter" / "run").glob("*.log")}
    assert logs == {f"{name}.log" for name in (*NAMES, "gateway", "up")}
    again = splitter("up", at=town, status=3)
    assert "it runs already (process " in again.err
    assert again.err.endswith("splitter down ends it\n")
    pids = _pids(town)
    assert len(pids) == 4
    assert splitter("down", at=town).lines == ["ended: monolith, auth, transaction, gateway"]
    assert _are_gone(pids)
    assert not any(port_taken(_port(town, s)) for s in ("monolith", "gateway", "services.auth"))
    assert splitter("down", at=town).lines == ["nothing runs"]
    status = splitter("status", "--format", "json", at=town).document
    (service,) = [s for s in status["services"] if s["name"] == "transaction"]
    hits = {route["title"]: route["hits"] for route in service["routes"]}
    assert (hits["GET /api/categories"], hits["GET /api/transactions"]) == (1, 0)


def test_logs_come_by_name_and_an_interrupt_ends_all(town: Path) -> None:
    with _up(town, "monolith", "auth") as process:
        pids = _pids(town)
        ask(_port(town, "services.auth"), "/api/auth/me")
        assert process.stdout is not None
        lines = (line for line in process.stdout if "/api/auth/me" in line)
        assert next(lines).startswith("auth     | ")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert len(pids) == 2
    assert _are_gone(pids)


def test_one_that_does_not_start_takes_the_others_with_it(town: Path) -> None:
    with (town / "services" / "transaction_service" / "main.py").open("a") as file:
        file.write('\nraise RuntimeError("no luck today")\n')
    for words in (("up",), ("up", "--detach")):
        done = splitter(*words, at=town, status=3)
        assert "transaction ended with status 1 before it answered" in done.err
        assert "RuntimeError: no luck today" in done.err
        assert not port_taken(_port(town, "monolith"))


def test_one_that_ends_later_is_told_of(town: Path) -> None:
    with _up(town, "monolith", "auth") as process:
        pids = _pids(town)
        os.killpg(pids[1], signal.SIGKILL)
        assert process.wait(30) == 3
        assert process.stderr is not None
        assert "auth has ended, so all the others were ended too" in process.stderr.read()
    assert _are_gone(pids)


def test_a_killed_run_leaves_nothing_that_the_next_does_not_end(town: Path) -> None:
    with _up(town, "monolith", "auth") as process:
        pids = _pids(town)
        process.kill()
        process.wait(30)
    splitter("down", at=town)
    assert _are_gone(pids)
    splitter("up", "monolith", "--detach", at=town)
    assert ask(_port(town, "monolith"), "/openapi.json").status == 200


def test_a_process_id_that_another_program_has_by_now_is_left_alone(town: Path) -> None:
    run = town / ".splitter" / "run"
    run.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
        member = {"name": "monolith", "pid": other.pid, "born": "1"}
        state = {"leader": member, "ready": True, "members": [member]}
        (run / "state.json").write_text(json.dumps(state))
        assert splitter("down", at=town).lines == ["nothing runs"]
        assert other.poll() is None
        state["members"] = [{**member, "born": born(other.pid)}]
        (run / "state.json").write_text(json.dumps(state))
        assert splitter("down", at=town).lines == ["ended: monolith"]
        assert other.wait(20) == -signal.SIGKILL


def test_a_database_that_does_not_answer_is_told_of_first(town: Path) -> None:
    (port,) = free_ports(1)
    environment = {"DATABASE_URL": f"postgresql+psycopg://me:secret@127.0.0.1:{port}/bank"}
    done = splitter("up", at=town, environment=environment, status=3)
    assert f"the database does not answer at 127.0.0.1:{port}: Connection refused" in done.err
    assert "secret" not in done.err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gateway", "there is no gateway yet"),
        ("fire", "fire has no service yet that could start"),
        ("fier", "did you mean 'fire'?"),
    ],
)
def test_what_is_not_there_is_not_started(town: Path, name: str, told: str) -> None:
    assert told in splitter("up", name, at=town, status=2).err

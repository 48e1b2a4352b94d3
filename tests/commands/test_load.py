"""Under load, traffic goes from the monolith to the service and back, and no request is lost.

With the real gateways, before a real monolith and service on one SQLite database: the example's.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from load import CLIENTS, Load, Sent
from servers import log_in, running, uvicorn
from terminal import copy, edit, splitter

from splitter.effects.ports import free_port

SERVICE = "services.transaction_service.main:app"
MARK = "from the service"
NEW = {"account_id": 1, "category": "groceries", "posted_on": "2025-09-29", "amount": "-1.00"}
WALK = ("shadow", "10%", "50%", "service")
DWELL = 1.5


@contextmanager
def nginx(project: Path, port: int) -> Iterator[None]:
    program = found("nginx")
    as_who = " user root;" if os.geteuid() == 0 else ""
    command = [program, "-p", "gateway", "-c", "nginx.conf", "-g", f"daemon off;{as_who}"]
    with running(command, port, at=project, environment=os.environ):
        yield


def found(name: str) -> str:
    """The program; where it is missing a user's run skips, and CI fails."""
    beside = str(Path(sys.executable).parent)
    places = os.pathsep.join((os.environ["PATH"], "/usr/sbin", "/usr/local/sbin", beside))
    program = shutil.which(name, path=places)
    if program is None:
        reason = f"{name} is not installed"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return program or ""


GATEWAYS = {"nginx": nginx}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.xdist_group(f"load {kind}")) for kind in GATEWAYS]
)
def test_the_walk_loses_no_request_and_runs_no_write_twice(
    kind: str, made: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    project, database = copy(made, tmp_path / "project"), tmp_path / "shared.db"
    shared = {"DATABASE_URL": f"sqlite:///{database}"}
    with ExitStack() as stack:
        monolith = stack.enter_context(uvicorn("main:app", at=project, environment=shared))
        tagged = shared | {"API_VERSION": MARK}
        service = stack.enter_context(uvicorn(SERVICE, at=project, environment=tagged))
        port = configured(project, kind, monolith, service)
        splitter("gateway", at=project)
        stack.enter_context(GATEWAYS[kind](project, port))
        load = Load(port, log_in(port), NEW)
        with load.running():
            walk(project, load)
    told = figures(load.sent)
    record_property("figures", told)
    print(kind, told)
    assert [sent for sent in load.sent if sent.lost] == []
    ids = Counter(sent.id for sent in load.sent if sent.method == "POST")
    assert written(database) == ids
    assert set(ids.values()) == {1}
    served = {"service": True} | dict.fromkeys(("monolith", "shadow", "rolled back"), False)
    assert [s for s in load.sent if served.get(s.stage, s.side == MARK) != (s.side == MARK)] == []
    shares = {stage: share(load.sent, stage) for stage in ("10%", "50%")}
    assert 0 < shares["10%"] < shares["50%"] < 1
    stays(load.sent)


def configured(project: Path, kind: str, monolith: int, service: int) -> int:
    """The project's settings for these servers; gives the gateway's port."""
    edit(project, "splitter.toml", "port = 8000\n", f"port = {monolith}\n")
    edit(project, "splitter.toml", "port = 8002\n", f"port = {service}\n")
    port = free_port()
    with (project / "splitter.toml").open("a") as file:
        file.write(f"\n[gateway]\nport = {port}\nclosing_seconds = 1\n")
    return port


def walk(project: Path, load: Load) -> None:
    """Each step by the command, and after it some time in which nothing changes."""
    time.sleep(DWELL)
    for step in WALK:
        load.stage = f"to {step}"
        splitter("cutover", "transaction", "--to", step, at=project)
        load.stage = step
        time.sleep(DWELL)
    load.stage = "rolling back"
    splitter("rollback", "transaction", at=project)
    load.stage = "rolled back"
    time.sleep(DWELL)


def written(database: Path) -> Counter[str]:
    """How often each id of a write is in the database."""
    with sqlite3.connect(database) as link:
        rows = link.execute("SELECT merchant FROM transactions WHERE merchant LIKE 'load-%'")
        found = Counter(merchant for (merchant,) in rows)
    link.close()
    return found


def share(sent: list[Sent], stage: str) -> float:
    """What part of a stage's requests the service answered."""
    of = [s.side == MARK for s in sent if s.stage == stage]
    return sum(of) / len(of)


def stays(sent: list[Sent]) -> None:
    """A client has one side, and keeps the service's as its part grows."""
    had: set[int] = set()
    for stage in ("10%", "50%"):
        sides = {(s.client, s.side == MARK) for s in sent if s.stage == stage}
        clients = [client for client, _ in sides]
        assert len(clients) == len(set(clients)), f"{stage}: a client had both sides"
        served = {client for client, by_service in sides if by_service}
        assert had & set(clients) <= served
        had = served
    assert 0 < len(had) < CLIENTS


def figures(sent: list[Sent]) -> str:
    took = sorted(s.seconds * 1000 for s in sent)
    writes = sum(s.method == "POST" for s in sent)
    return (
        f"{len(sent)} requests, {writes} writes, {sum(bool(s.lost) for s in sent)} lost, "
        f"median {statistics.median(took):.0f} ms, longest {took[-1]:.0f} ms, "
        f"10%: {share(sent, '10%'):.0%}, 50%: {share(sent, '50%'):.0%}"
    )

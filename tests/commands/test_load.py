"""Under load, traffic goes from the monolith to the service and back, and no request is lost.

With the real gateways, before a real monolith and service on one SQLite database: the example's.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import gateways
import pytest
from load import CLIENTS, Load, Sent
from servers import log_in, uvicorn
from terminal import copy, splitter

SERVICE = "services.transaction_service.main:app"
MARK = "from the service"
NEW = {"account_id": 1, "category": "groceries", "posted_on": "2025-09-29", "amount": "-1.00"}
WALK = ("shadow", "10%", "50%", "service")
ENOUGH = 3 * CLIENTS


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=pytest.mark.xdist_group(f"load {kind}")) for kind in gateways.KINDS],
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
        port = gateways.configured(project, kind, monolith, service, closing=3)
        stack.enter_context(gateways.serving(project, kind, port))
        load = Load(port, log_in(port), NEW)
        with load.running():
            walk(kind, project, load)
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


def walk(kind: str, project: Path, load: Load) -> None:
    """Each step by the command, and after it some requests while nothing changes."""
    dwell(load, "monolith")
    for step in WALK:
        load.stage = f"to {step}"
        splitter("cutover", "transaction", "--to", step, at=project)
        settle(kind, load)
        dwell(load, step)
    load.stage = "rolling back"
    splitter("rollback", "transaction", at=project)
    settle(kind, load)
    dwell(load, "rolled back")


def settle(kind: str, load: Load) -> None:
    """HAProxy's old process serves a connection that was kept once more, and closes it then."""
    if kind == "haproxy":
        dwell(load, f"{load.stage}, settling")


def dwell(load: Load, stage: str) -> None:
    """Until each client has sent something."""
    load.stage = stage
    deadline = time.monotonic() + 30
    while sum(s.stage == stage for s in load.sent) < ENOUGH and time.monotonic() < deadline:
        time.sleep(0.05)


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
        assert had <= served
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

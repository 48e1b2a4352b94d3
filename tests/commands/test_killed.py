"""What a parity-check that was killed leaves behind is cleared by the next one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import uvicorn
from terminal import Traces, edit, splitter, started

from postgres_cluster import Cluster, cluster, missing

FORKS = r"SELECT datname FROM pg_database WHERE datname LIKE 'splitter\_fork\_%'"


@pytest.fixture
def slow(with_services: Path) -> Path:
    """A service that does not answer a login for a long time, unless it is told to."""
    told = "if __import__('os').environ.get('SLOW'):\n        __import__('time').sleep(60)\n    "
    line = "tokens = token_answer(user)\n    set_session_cookies"
    edit(with_services, "services/auth_service/routes/auth.py", line, told + line)
    return with_services


def test_folders_of_a_killed_run_are_cleared(slow: Path, left: Traces) -> None:
    _kill(slow, left, {}, lambda: len(list(left.folder.glob("splitter-*/**/splitter_fork_*"))) >= 3)
    assert any(name.startswith("splitter-parity-") for name in left.files())
    _check_next(slow, left, {})


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_databases_of_a_killed_run_are_dropped(slow: Path, left: Traces) -> None:
    if reason := missing():
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with cluster() as server:
        url = {"DATABASE_URL": server.url()}
        with uvicorn("main:app", at=slow, environment=url):
            pass
        _kill(slow, left, url, lambda: len(_forks(server)) >= 3)
        abandoned = _forks(server)
        assert len(abandoned) >= 3
        _check_next(slow, left, url)
        assert _forks(server) == []


def _kill(
    project: Path, left: Traces, variables: dict[str, str], forked: Callable[[], bool]
) -> None:
    """Kill a parity-check when it has its forks and waits for the service."""
    environment = left.environment | variables | {"SLOW": "yes"}
    with started("parity-check", "auth", at=project, environment=environment) as process:
        until = time.monotonic() + 90
        while not forked():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(1)
        process.kill()
        process.wait(10)
    assert left.processes() == []


def _check_next(project: Path, left: Traces, variables: dict[str, str]) -> None:
    environment = left.environment | variables
    done = splitter("parity-check", "auth", at=project, environment=environment)
    assert "mismatched" not in done.lines[-1]
    assert (left.processes(), left.files()) == ([], [])


def _forks(server: Cluster) -> list[str]:
    import psycopg

    with psycopg.connect(server.url()) as connection:
        return [str(name) for (name,) in connection.execute(FORKS)]

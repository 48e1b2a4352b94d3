"""`--dask ADDRESS`: a scheduler and workers of Dask, each a process, put the cases."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from echoing import echoing, until
from terminal import splitter, started, surroundings

from splitter.effects.ports import free_port

pytestmark = pytest.mark.xdist_group("dask")

CASES = 4_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("echo")


@pytest.fixture(scope="module")
def sides(folder: Path) -> Iterator[list[str]]:
    with echoing(folder) as words:
        yield words


@pytest.fixture
def mark(folder: Path) -> Path:
    """What is there once a good part of the cases has been put."""
    (folder / "service").unlink(missing_ok=True)
    return folder / "service"


@contextmanager
def _dask(*words: str, at: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "dask", *words]
    log = (at / f"{words[0]}-{time.monotonic_ns()}.log").open("wb")
    with log, subprocess.Popen(command, cwd=at, env=surroundings(), stderr=log, stdout=log) as one:
        try:
            yield one
        finally:
            one.terminate()
            one.wait(30)


@contextmanager
def _worker(address: str, at: Path) -> Iterator[subprocess.Popen[bytes]]:
    words = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--death-timeout", "60")
    with _dask("worker", address, *words, at=at) as process:
        yield process


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    words = ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    with _dask("scheduler", *words, at=tmp_path_factory.mktemp("scheduler")):
        yield f"tcp://127.0.0.1:{port}"


@pytest.fixture
def workers(scheduler: str, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two workers that have come to the scheduler."""
    from distributed import Client

    with _worker(scheduler, tmp_path) as one, _worker(scheduler, tmp_path) as other:
        with Client(scheduler, timeout=60) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(2, timeout=60)
        yield [one, other]


def _cases(at: Path, count: int) -> tuple[str, ...]:
    """Cases in sessions of two."""
    lines = []
    for n in range(count):
        after = f", after: case {n - count // 2}" if n >= count // 2 else ""
        lines.append(f"- {{name: case {n}, request: {{path: /{n}}}{after}}}")
    (at / "cases.yaml").write_text("cases:\n" + "\n".join(lines))
    return "--cases", "cases.yaml"


def _expected(count: int) -> list[tuple[str, str]]:
    verdicts = ("mismatch" if str(n).endswith("7") else "match" for n in range(count))
    return [(f"case {n}", verdict) for n, verdict in enumerate(verdicts)]


def _told(text: str) -> list[tuple[str, str]]:
    return [(case["name"], case["verdict"]) for case in json.loads(text)["cases"]]


@pytest.mark.usefixtures("workers")
def test_a_cluster_gives_the_report_of_one_process(
    sides: list[str], scheduler: str, tmp_path: Path
) -> None:
    words = [*sides, *_cases(tmp_path, 600), "--format", "json"]
    done = splitter(*words, "--dask", scheduler, at=tmp_path, status=1)
    assert _told(done.out) == _expected(600)
    assert "Traceback" not in done.err


def test_a_dask_worker_that_is_killed_loses_and_doubles_nothing(
    sides: list[str],
    scheduler: str,
    workers: list[subprocess.Popen[bytes]],
    mark: Path,
    tmp_path: Path,
) -> None:
    words = [*sides, *_cases(tmp_path, CASES), "--format", "json", "--output", "report.json"]
    with started(*words, "--dask", scheduler, at=tmp_path) as process:
        until(mark.exists)
        workers[0].kill()
        _, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    assert _told((tmp_path / "report.json").read_text()) == _expected(CASES)


@pytest.mark.usefixtures("workers")
def test_an_interrupt_gives_the_report_of_what_was_done(
    sides: list[str], scheduler: str, mark: Path, tmp_path: Path
) -> None:
    words = [*sides, *_cases(tmp_path, 9000), "--format", "json", "--output", "report.json"]
    with started(*words, "--dask", scheduler, at=tmp_path) as process:
        until(mark.exists)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.splitlines()[-1] == "interrupted; nothing is left half done"
    text = (tmp_path / "report.json").read_text()
    assert json.loads(text)["interrupted"] is True
    told = _told(text)
    assert 0 < len(told) < 9000
    assert set(told) <= set(_expected(9000))
    places = [int(name.split()[-1]) for name, _ in told]
    assert places == sorted(set(places))


def test_without_the_extra_it_is_named(sides: list[str], tmp_path: Path) -> None:
    hidden = tmp_path / "hidden" / "distributed"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError('No module named distributed')")
    words = [*sides, *_cases(tmp_path, 4), "--dask", "tcp://127.0.0.1:9"]
    path = {"PYTHONPATH": str(hidden.parent)}
    done = splitter(*words, at=tmp_path, status=2, environment=path)
    assert "pip install 'monolith-splitter[dask]'" in done.err


def test_what_does_not_go_with_a_cluster(sides: list[str], tmp_path: Path) -> None:
    words = [*sides, *_cases(tmp_path, 4), "--dask", "tcp://127.0.0.1:9", "--workers", "2"]
    assert "do not go together" in splitter(*words, at=tmp_path, status=2).err
    done = splitter("parity-check", "--dask", "tcp://127.0.0.1:9", at=tmp_path, status=2)
    assert "--monolith URL --service NAME=URL" in done.err


@pytest.mark.parametrize("address", ["nonsense://x", "tcp://127.0.0.1:99999"])
def test_an_address_that_is_none(address: str, sides: list[str], tmp_path: Path) -> None:
    words = [*sides, *_cases(tmp_path, 4), "--dask", address]
    assert f"no Dask scheduler answers at {address}" in splitter(*words, at=tmp_path, status=3).err

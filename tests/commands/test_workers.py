"""`--workers N`: several processes put the cases, and may die; the report is that of one."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from echoing import echoing, until
from terminal import Traces, splitter, started

CASES = 3_000


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


def _cases(at: Path, *others: str, count: int = CASES) -> tuple[str, ...]:
    """Cases in sessions of three, each of which is spread over the file."""
    third = count // 3
    each = [f"{{name: case {n}, request: {{path: /{n}}}" for n in range(count)]
    each = [
        f"{text}, after: case {n - third}}}" if n >= third else f"{text}}}"
        for n, text in enumerate(each)
    ]
    middle = third // 2
    lines = [f"- {text}" for text in (*each[:middle], *others, *each[middle:])]
    (at / "cases.yaml").write_text("cases:\n" + "\n".join(lines))
    return "--cases", "cases.yaml", "--workers", "2"


def _workers(parent: int) -> list[int]:
    """The worker processes of a command, not what starts and watches them."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [
        int(child)
        for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def _told(text: str) -> dict[str, str]:
    """The verdict of each case, in their order, each there once."""
    cases = json.loads(text)["cases"]
    found = {case["name"]: case["verdict"] for case in cases}
    assert len(found) == len(cases)
    return found


def _expected(count: int = CASES) -> dict[str, str]:
    return {f"case {n}": "mismatch" if str(n).endswith("7") else "match" for n in range(count)}


def _order(names: list[str]) -> list[int]:
    return [int(name.split()[-1]) for name in names]


def test_the_report_is_that_of_one_process(sides: list[str], tmp_path: Path, left: Traces) -> None:
    words = [*sides, *_cases(tmp_path, count=600), "--format", "json"]
    done = splitter(*words, at=tmp_path, status=1, environment=left.environment)
    alone = splitter(*words, "--workers", "1", at=tmp_path, status=1)
    assert _timeless(done.out) == _timeless(alone.out)
    assert list(_told(done.out).items()) == list(_expected(600).items())
    assert (left.processes(), left.files()) == ([], [])


def _timeless(text: str) -> str:
    return re.sub(r'(elapsed_ms":)[\d.]+', r"\1 0", text)


def test_shards_are_put_by_workers_too(sides: list[str], tmp_path: Path) -> None:
    words = [*sides, *_cases(tmp_path, count=60), "--format", "json"]
    for i in (1, 2):
        part = ("--shard", f"{i}/2", "--output", f"{i}.json")
        splitter(*words, *part, at=tmp_path, status=None)
    done = splitter("parity-merge", "1.json", "2.json", "--format", "json", at=tmp_path, status=1)
    assert list(_told(done.out).items()) == list(_expected(60).items())


def test_no_verdict_is_lost_or_doubled_where_a_worker_is_killed(
    sides: list[str], mark: Path, tmp_path: Path, left: Traces
) -> None:
    words = [*sides, *_cases(tmp_path), "--format", "json", "--output", "report.json"]
    with started(*words, at=tmp_path, environment=left.environment) as process:
        until(mark.exists)
        os.kill(_workers(process.pid)[0], signal.SIGKILL)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    assert "the worker process was killed (SIGKILL); what it was at work on is put again" in err
    told = _told((tmp_path / "report.json").read_text())
    assert list(told.items()) == list(_expected().items())
    assert (left.processes(), left.files()) == ([], [])


def test_a_session_of_which_workers_die_is_an_error(
    sides: list[str], tmp_path: Path, left: Traces
) -> None:
    others = (
        "{name: before, request: {path: /b}}",
        "{name: poison, after: before, request: {path: /poison}}",
        "{name: behind, after: poison, request: {path: /b}}",
    )
    words = [*sides, *_cases(tmp_path, *others, count=600), "--format", "json"]
    done = splitter(*words, at=tmp_path, status=1, environment=left.environment)
    report = {case["name"]: case for case in json.loads(done.out)["cases"]}
    assert len(report) == 603
    for name in ("before", "poison", "behind"):
        told = report.pop(name)
        assert told["verdict"] == "error"
        assert told["error"] == ("the worker process was killed (SIGKILL), 3 times in this session")
    assert {name: case["verdict"] for name, case in report.items()} == _expected(600)
    assert (left.processes(), left.files()) == ([], [])


@pytest.mark.parametrize(("number", "group"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_an_interrupt_gives_the_report_of_what_was_done(
    number: signal.Signals,
    group: bool,
    sides: list[str],
    mark: Path,
    tmp_path: Path,
    left: Traces,
) -> None:
    words = [*sides, *_cases(tmp_path, count=9000), "--format", "json", "--output", "report.json"]
    with started(*words, at=tmp_path, environment=left.environment) as process:
        until(mark.exists)
        (os.killpg if group else os.kill)(process.pid, number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, err
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "interrupted; nothing is left half done"
    text = (tmp_path / "report.json").read_text()
    told, expected = _told(text), _expected(9000)
    assert json.loads(text)["interrupted"] is True
    assert 100 < len(told) < 9000
    assert told == {name: expected[name] for name in told}
    assert _order(list(told)) == sorted(_order(list(told)))
    assert (left.processes(), left.files()) == ([], [])


def test_nothing_is_left_where_all_is_killed_but_the_workers(
    sides: list[str], mark: Path, tmp_path: Path, left: Traces
) -> None:
    words = [*sides, *_cases(tmp_path, count=9000), "--output", "report.txt"]
    with started(*words, at=tmp_path, environment=left.environment) as process:
        until(mark.exists)
        process.kill()
        process.communicate(timeout=60)
    assert left.processes() == []


def test_workers_with_servers_of_their_own(with_services: Path, left: Traces) -> None:
    words = ("parity-check", "--workers", "2", "--format", "json")
    done = splitter(*words, at=with_services, environment=left.environment)
    assert done.document["summary"] == {
        **dict.fromkeys(("mismatched", "errored", "skipped"), 0),
        "total": 11,
        "matched": 11,
    }
    assert sum(one["cases"] for one in done.document["endpoints"]) > 0
    assert (left.processes(), left.files()) == ([], [])


def test_an_interrupt_while_workers_start_leaves_nothing(with_services: Path, left: Traces) -> None:
    words = ("parity-check", "--workers", "2", "--output", "report.txt")
    with started(*words, at=with_services, environment=left.environment) as process:
        assert process.stderr is not None
        while "making the data" not in (line := process.stderr.readline()):
            assert line
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert (left.processes(), left.files()) == ([], [])
    assert not (with_services / "report.txt").exists()


def test_an_error_of_a_worker_is_the_command_s(with_services: Path, left: Traces) -> None:
    environment = left.environment | {"DATABASE_URL": "postgresql://postgres@127.0.0.1:9/finance"}
    words = ("parity-check", "--workers", "2")
    done = splitter(*words, at=with_services, environment=environment, status=3)
    assert any(line.startswith("error: ") for line in done.err.splitlines())
    assert (left.processes(), left.files()) == ([], [])


@pytest.mark.parametrize("number", ["0", "-1"])
def test_what_is_no_number_of_workers(number: str, sides: list[str], tmp_path: Path) -> None:
    words = [*sides, *_cases(tmp_path, count=3)[:2], f"--workers={number}"]
    done = splitter(*words, at=tmp_path, status=2)
    assert f"--workers is 1 or more, not {number}" in done.err

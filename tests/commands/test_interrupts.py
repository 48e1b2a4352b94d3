"""Ctrl-C, SIGTERM and SIGKILL in the middle: nothing is left running, nothing half done."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminal import EXAMPLE, Traces, append, copy, splitter, started, traces, tree

SPLIT = ("split", "fire", "--port", "8004", "--no-parity")
SCAFFOLD = ("scaffold", "fire", "--port", "8004")
FULL_SPLIT = ("split", "transaction", "--port", "8002")
STAGES = {
    "the first look": (FULL_SPLIT, "fresh", "planning"),
    "the service boots": (FULL_SPLIT, "begun", "booting"),
    "the data are made": (FULL_SPLIT, "begun", "making the data"),
    "both sides start": (("parity-check",), "made", "putting 11 requests"),
    "the data are copied": (("parity-check",), "made", "making the data"),
}


@pytest.fixture
def trees(begun: Path, made: Path) -> dict[str, Path]:
    return {"fresh": EXAMPLE, "begun": begun, "made": made}


@pytest.mark.parametrize(
    ("stage", "number"),
    [
        *((stage, signal.SIGINT) for stage in STAGES),
        ("the service boots", signal.SIGTERM),
        ("both sides start", signal.SIGTERM),
    ],
)
def test_an_interrupt_leaves_nothing(
    stage: str, number: signal.Signals, trees: dict[str, Path], tmp_path: Path, left: Traces
) -> None:
    words, start, said = STAGES[stage]
    project = copy(trees[start], tmp_path / "project")
    before = tree(project)
    with started(*words, at=project, environment=left.environment) as process:
        assert process.stderr is not None
        while said not in (line := process.stderr.readline()):
            assert line, "it ended before"
        time.sleep(0.3)
        os.killpg(process.pid, number)
        _, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "interrupted; nothing is left half done"
    assert process.returncode == 128 + number
    assert tree(project) == before
    assert (left.processes(), left.files()) == ([], [])


def test_an_interrupt_within_exec_of_a_string_has_the_status_too(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(
        "import splitter.__main__ as command\n"
        "command._dispatch = lambda: exec('raise KeyboardInterrupt')\n"
        "command.main()\n"
    )
    words = (sys.executable, "-m", "interrupted")
    ended = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (130, "interrupted; nothing is left half done\n")


def test_a_kill_ends_a_monolith_that_hangs(tmp_path: Path, left: Traces) -> None:
    project = copy(EXAMPLE, tmp_path / "project")
    append(project, "config.py", "import time\nopen('reached', 'w').close()\ntime.sleep(600)\n")
    with started("init", at=project, environment=left.environment) as process:
        deadline = time.monotonic() + 20
        while not (project / "reached").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert (project / "reached").exists()
        process.kill()
    assert left.processes() == []


@pytest.mark.parametrize("share", range(2))
@pytest.mark.parametrize("words", [SPLIT, SCAFFOLD], ids=" ".join)
def test_a_kill_leaves_all_or_nothing(
    words: tuple[str, ...], share: int, begun: Path, tmp_path: Path
) -> None:
    """Killed at moments all over its run; half of them right when it has begun to write."""
    done = copy(begun, tmp_path / "done")
    start = time.monotonic()
    splitter(*words, at=done)
    took = time.monotonic() - start
    before, after = tree(begun), tree(done)
    for turn in range(4):
        project = copy(begun, tmp_path / f"killed-{turn}")
        left = traces(tmp_path / f"temporary-{turn}")
        if turn % 2:
            _kill_when_it_writes(words, project, left, random.uniform(0, 0.03))
        else:
            _kill_after(words, project, left, took * (turn + share * 2 + random.random()) / 6)
        splitter("rewrite-imports", "--check", at=project, status=None)
        assert tree(project) in (before, after)
        assert left.processes() == []
        shutil.rmtree(project)


def _kill_after(words: tuple[str, ...], project: Path, left: Traces, seconds: float) -> None:
    with started(*words, at=project, environment=left.environment) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


def _kill_when_it_writes(
    words: tuple[str, ...], project: Path, left: Traces, seconds: float
) -> None:
    """The journal's new entry is the sign that writing begins."""
    entries = len(list((project / ".splitter/journal").glob("*.json")))
    with started(*words, at=project, environment=left.environment) as process:
        while process.poll() is None:
            if len(list((project / ".splitter/journal").glob("*.json"))) > entries:
                time.sleep(seconds)
                process.kill()
                return
            time.sleep(0.001)

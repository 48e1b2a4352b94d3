"""Programs are run to their end, and not beyond their time."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doomed import is_gone

from splitter.effects import processes
from splitter.errors import StartError


@pytest.fixture(autouse=True)
def _no_descriptor_is_left() -> Iterator[None]:
    before = len(os.listdir("/dev/fd"))
    yield
    assert len(os.listdir("/dev/fd")) == before


def _run(*arguments: str, **options: Any) -> processes.Finished:
    return processes.run(sys.executable, *arguments, folder=Path.cwd(), **options)


def test_a_program_is_run_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "import os, sys\n"
        "print(os.getcwd(), os.environ['A'], sys.argv[1], sys.stdin.read())\n"
        "sys.stderr.buffer.write(b'wrong \\xff')\n"
        "sys.exit(3)\n"
    )
    finished = processes.run(
        sys.executable,
        "script.py",
        "x",
        folder=tmp_path,
        environment={"A": "ä", "PYTHONIOENCODING": "utf-8"},
        stdin=b"in",
    )
    assert finished == processes.Finished(3, f"{tmp_path} ä x in\n", "wrong \ufffd")


def test_much_output_and_input_that_nobody_reads() -> None:
    finished = _run("-c", "print('x' * 10**6)", stdin=b"y" * 10**6)
    assert (finished.status, len(finished.output)) == (0, 10**6 + 1)


def test_a_program_that_a_signal_ends() -> None:
    assert _run("-c", "import os; os.abort()").status == 128 + signal.SIGABRT


@pytest.mark.parametrize("name", ["INT", "PIPE", "TERM"])
def test_a_program_is_started_with_the_signals_as_usual(name: str) -> None:
    finished = processes.run("/bin/sh", "-c", f"kill -{name} $$", folder=Path.cwd())
    assert finished.status == 128 + signal.Signals[f"SIG{name}"]


def test_a_program_that_does_not_end_is_ended_with_its_children() -> None:
    code = (
        "import subprocess, sys, time\n"
        "print(subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(99)']).pid)\n"
        "time.sleep(99)\n"
    )
    began = time.monotonic()
    finished = _run("-c", code, timeout=0.7)
    assert time.monotonic() - began < 5
    assert finished.timed_out
    assert finished.status == 128 + signal.SIGTERM
    assert is_gone(int(finished.output), 0)


def test_what_a_program_leaves_behind_is_ended() -> None:
    code = (
        "import subprocess, sys\n"
        "print(subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(99)']).pid)\n"
    )
    finished = _run("-c", code)
    assert (finished.status, finished.timed_out) == (0, False)
    assert is_gone(int(finished.output), 0)


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(StartError, match=r"^cannot start nothing-of-this-name: No such file"):
        processes.run("nothing-of-this-name", folder=Path.cwd())

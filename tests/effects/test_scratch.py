from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from splitter.effects.scratch import scratch


def test_folders_of_killed_runs_are_cleared_and_those_in_use_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    script = (
        "import sys, tempfile, time; tempfile.tempdir = sys.argv[1]\n"
        "from splitter.effects.scratch import scratch\n"
        "with scratch('x') as at:\n"
        "    (at / 'data').mkdir(); print(at, flush=True); time.sleep(99)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        theirs = Path(process.stdout.readline().strip())
        with scratch("y") as ours:
            assert {f.name for f in tmp_path.iterdir()} == {theirs.name, ours.name}
        process.kill()
    (tmp_path / "splitter-of-somebody").mkdir()
    with scratch("z") as ours:
        assert {f.name for f in tmp_path.iterdir()} == {ours.name, "splitter-of-somebody"}

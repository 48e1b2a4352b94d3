"""Diffs that the usual programs take."""

from __future__ import annotations

import subprocess
from itertools import permutations
from pathlib import Path

import pytest

from splitter.model.changes import FileChange

CONTENTS = (None, b"", b"a\n", b"a\nb", b"a\r\nb\r\n", b"a\x0cb\xe2\x80\xa8c\rd\n", b"\xff\n")
PROGRAMS = {"git": ["git", "apply", "--whitespace=nowarn"], "patch": ["patch", "-s", "-p1"]}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_diff_turns_before_into_after_for_every_pair_of_contents(
    program: str, tmp_path: Path
) -> None:
    changes = [
        FileChange(f"{index}.py", *pair) for index, pair in enumerate(permutations(CONTENTS, 2))
    ]
    _lay(tmp_path, {change.path: change.before for change in changes})
    diff = "".join(change.diff() for change in changes).encode("utf-8", "surrogateescape")
    done = subprocess.run(PROGRAMS[program], cwd=tmp_path, input=diff, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == {c.path: c.after for c in changes if c.after is not None}


def test_a_file_that_stays_has_no_diff() -> None:
    assert FileChange("a.py", b"x\n", b"x\n").diff() == ""


def test_a_binary_file_is_named_only() -> None:
    change = FileChange("a.bin", b"\0", b"\0\0")
    assert change.diff() == "Binary files a/a.bin and b/a.bin differ\n"


def _lay(folder: Path, files: dict[str, bytes | None]) -> None:
    for path, data in files.items():
        if data is not None:
            (folder / path).write_bytes(data)

"""A full disk, at every step of what is written."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from doomed import TAKES_SPACE, Forks, Steps
from trees import CHANGES, State, state

from splitter.effects import workspace
from splitter.errors import DiskError, SplitterError


def test_what_fails_once_at_any_step_is_put_back_at_once(
    fresh: Callable[[], Path], after: State
) -> None:
    before, harmless = state(fresh()), 0
    for root, error in _failed_everywhere(fresh, lambda number, name, stop: number == stop):
        left = state(root)
        assert workspace.recover(root) is None
        assert left == state(root) == (before if error else after)
        harmless += error is None
    assert harmless == 3, "only who holds the lock, and a sync of what is done, may stay unsaid"


def test_a_disk_that_stays_full_from_any_step_on_is_put_back_once_there_is_space(
    fresh: Callable[[], Path], after: State
) -> None:
    before = state(fresh())
    for root, error in _failed_everywhere(
        fresh, lambda number, name, stop: number >= stop and name in TAKES_SPACE
    ):
        if "could not be put back yet" not in str(error):
            assert state(root) in (before, after)
        workspace.recover(root)
        assert state(root) == (before if error else after)


def test_a_file_size_limit_of_the_kernel_leaves_nothing(
    fresh: Callable[[], Path], forked: Forks
) -> None:
    root = fresh()
    before = state(root)
    ending = forked.run("apply", root, CHANGES, file_limit=50_000)
    assert ending.error == (
        "DiskError: cannot write services/user_service/main.py: File too large; nothing was changed"
    )
    assert state(root) == before
    assert workspace.recover(root) is None


def test_a_disk_that_is_truly_full_leaves_nothing(tmp_path: Path) -> None:
    """On a file system of its own, of 64 KiB, which only this process and its children see."""
    mounted = f"mount -t tmpfs -o size=64k none {tmp_path}"
    space = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*space, mounted], capture_output=True).returncode
    ):
        pytest.skip("this machine gives no file system of one's own (unshare, mount)")
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from trees import CHANGES, plant, state; from splitter.effects import workspace\n"
        "root = plant(Path(sys.argv[2])); before = state(root)\n"
        "try: workspace.apply(root, CHANGES)\n"
        "except Exception as error: print(error)\n"
        "print(state(root) == before, workspace.recover(root))\n"
    )
    inner = [sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path)]
    done = subprocess.run(
        [*space, f"{mounted} && exec {shlex.join(inner)}"], capture_output=True, text=True
    )
    assert done.stdout == (
        "cannot write services/user_service/main.py: No space left on device; "
        "nothing was changed\nTrue None\n"
    )
    assert (done.stderr, done.returncode) == ("", 0)


def _status(command: list[str]) -> int:
    return subprocess.run(command, capture_output=True).returncode


def _failed_everywhere(
    fresh: Callable[[], Path], fails: Callable[[int, str, int], bool]
) -> Iterator[tuple[Path, SplitterError | None]]:
    """One tree for each step of an apply, and the error with which the full disk was told."""
    for stop in count(1):
        root = fresh()

        def fail(number: int, name: str, stop: int = stop) -> None:
            if fails(number, name, stop):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with Steps(fail) as steps:
            error = _error_of_apply(root)
        if len(steps.names) < stop:
            assert error is None
            return
        assert error is None or "No space left on device" in str(error)
        yield root, error


def _error_of_apply(root: Path) -> SplitterError | None:
    try:
        workspace.apply(root, CHANGES)
    except DiskError as error:
        return error
    return None

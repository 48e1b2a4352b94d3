"""One splitter at a time writes in a project.

The lock is the kernel's (flock): it ends with the process that holds it, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from splitter.effects import disk
from splitter.errors import OutsideError

PATIENCE = 1.0


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock file, made where missing; its folder exists.

    Raises OutsideError when another process still holds it after `PATIENCE` seconds.
    """
    with disk.doing("open", file):
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        _acquire(descriptor, file)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, file: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _taken(descriptor):
        if time.monotonic() >= deadline:
            raise OutsideError(
                f"another splitter{_holder(descriptor)} is writing in this project",
                where=str(file),
                hint="wait until it has finished, then run this command again",
            )
        time.sleep(0.02)
    _sign(descriptor)


def _taken(descriptor: int) -> bool:
    with disk.doing("lock", "the project"):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _sign(descriptor: int) -> None:
    """Say who holds it; on a full disk it is held all the same."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError:
        pass


def _holder(descriptor: int) -> str:
    process = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return f" (process {process})" if process.isdigit() else ""

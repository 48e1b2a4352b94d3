"""nginx: checked by `nginx -t`, reloaded by SIGHUP to its master."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from splitter.effects.gateways.program import Program, closing, executable, pid_in
from splitter.effects.plain_http import status_of

_TAIL = 64 * 1024
_WAIT = 5.0


def program() -> Program:
    return Program(
        "nginx",
        check=lambda folder: [*_nginx(folder), "-t"],
        run=lambda folder: [*_nginx(folder), "-g", _as_who("daemon off;")],
        start="nginx -p gateway -c nginx.conf",
        pid=lambda folder: pid_in(folder / "nginx.pid", "nginx"),
        reload=_reload,
        loaded=_loaded,
        log="error.log",
        closing=closing,
    )


def _nginx(folder: Path) -> list[str]:
    return [executable("nginx"), "-e", "stderr", "-p", str(folder), "-c", "nginx.conf"]


def _as_who(words: str) -> str:
    """For root, workers that may read the folder."""
    return words + (" user root;" if os.geteuid() == 0 else "")


def _reload(folder: Path, pid: int) -> None:
    """Send SIGHUP, and wait until the workers that were there take no connections any more."""
    before = _workers(pid)
    os.kill(pid, signal.SIGHUP)
    deadline = time.monotonic() + _WAIT
    while before & _workers(pid) and time.monotonic() < deadline:
        time.sleep(0.02)


def _workers(master: int) -> set[int]:
    """The workers that accept connections; nothing is known of them where there is no /proc."""
    try:
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    except OSError:
        return set()
    return {int(child) for child in children if _accepts(child)}


def _accepts(worker: str) -> bool:
    try:
        title = Path(f"/proc/{worker}/cmdline").read_bytes()
    except OSError:
        return False
    return b"worker process" in title and b"shutting down" not in title


def _loaded(folder: Path, generation: str, port: int) -> bool:
    """Whether a request is logged by the new configuration; each line names its own."""
    if status_of(port, "/", method="HEAD") is None:
        return False
    try:
        with (folder / "access.log").open("rb") as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - _TAIL))
            last = log.read().splitlines()[-1:]
    except OSError:
        return False
    return any(line.endswith(generation.encode()) for line in last)

"""HAProxy: checked by `haproxy -c`, reloaded by SIGUSR2 to its master.

Its workers serve a connection that waits for its next request once more, and close it then.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from splitter.effects.gateways.program import Program, executable, pid_in
from splitter.effects.gateways.sockets import told


def program() -> Program:
    return Program(
        "haproxy",
        check=lambda folder: [executable("haproxy"), "-c", "-f", f"{folder.name}/haproxy.cfg"],
        run=lambda folder: [
            *(executable("haproxy"), "-W", "-f", f"{folder.name}/haproxy.cfg"),
            *("-p", f"{folder.name}/haproxy.pid"),
        ],
        start="haproxy -W -f gateway/haproxy.cfg -p gateway/haproxy.pid",
        pid=lambda folder: pid_in(folder / "haproxy.pid", "haproxy"),
        reload=lambda folder, pid: os.kill(pid, signal.SIGUSR2),
        loaded=_loaded,
        log="haproxy.cfg",
        closing=_closing,
    )


def _loaded(folder: Path, generation: str, port: int) -> bool:
    """Whether the worker that has the socket now is described by that generation."""
    return f"escription: {generation}".encode() in _told(folder, "show info")


@contextmanager
def _closing(folder: Path) -> Iterator[None]:
    """A server that is enabled only says so; a new worker begins with it disabled."""
    _told(folder, "enable server closing/mark")
    try:
        yield
    finally:
        _told(folder, "disable server closing/mark")


def _told(folder: Path, command: str) -> bytes:
    return told(folder / "haproxy.sock", command.encode() + b"\n")

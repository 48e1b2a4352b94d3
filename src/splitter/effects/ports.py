"""Which ports are free on the loopback, and who has those that are not."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_LISTENING = "0A"


def free_port() -> int:
    """A port that nobody has on either loopback address at this moment."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as found:
            found.bind(("127.0.0.1", 0))
            port = int(found.getsockname()[1])
        if not port_taken(port):
            return port


def free_ports(count: int) -> list[int]:
    """Several such ports, no two alike."""
    found: dict[int, None] = {}
    while len(found) < count:
        found[free_port()] = None
    return list(found)


def port_taken(port: int) -> bool:
    """Whether a server could not listen on 127.0.0.1 or ::1 at this port, since another does."""
    return any(_is_taken(family, host, port) for family, host in _LOOPBACK)


def taken_by(port: int) -> str:
    """Who listens at the port, as `uvicorn main:app (process 123)`; empty if it is not known."""
    process = _from_proc(port) or _from_lsof(port)
    if not process:
        return ""
    command = _command(process)
    return f"{command} (process {process})" if command else f"process {process}"


def _is_taken(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return False
    except PermissionError:
        return _answers(family, host, port)
    except OSError as error:
        import errno

        return error.errno == errno.EADDRINUSE


def _answers(family: socket.AddressFamily, host: str, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _from_proc(port: int) -> int:
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not inodes:
        return 0
    return next((pid for pid in _processes() if not inodes.isdisjoint(_open_files(pid))), 0)


def _listening_inodes(port: int) -> Iterator[str]:
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        try:
            rows = [row.split() for row in table.read_text().splitlines()[1:]]
        except OSError:
            continue
        for row in rows:
            if row[3] == _LISTENING and int(row[1].rpartition(":")[2], 16) == port:
                yield row[9]


def _processes() -> Iterator[int]:
    yield from (int(name) for name in os.listdir("/proc") if name.isdigit())


def _open_files(pid: int) -> Iterator[str]:
    folder = f"/proc/{pid}/fd"
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        try:
            yield os.readlink(f"{folder}/{name}")
        except OSError:
            continue


def _from_lsof(port: int) -> int:
    if not shutil.which("lsof"):
        return 0
    command = ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-t"]
    try:
        lines = subprocess.run(command, capture_output=True, text=True, timeout=5).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return 0
    return int(lines[0]) if lines else 0


def _command(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return _from_ps(pid)
    return _short(" ".join(words).strip())


def _from_ps(pid: int) -> str:
    try:
        found = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return _short(found.stdout.strip())


def _short(command: str) -> str:
    return command if len(command) <= 100 else command[:99] + "…"

"""Servers that run together for a project: one company at a time, found and ended by a later run.

Who holds the lock runs them, and ends them when it ends, however it does; what a killed one leaves
all the same is known by process id and start time, so that no other program is ever ended for it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from splitter.effects import disk
from splitter.effects.processes import Running
from splitter.errors import OutsideError

FOLDER = ".splitter/run"
PATIENCE = 20.0
"""Seconds for all servers to end by themselves."""


@dataclass(frozen=True, slots=True)
class Member:
    """A process that leads its group; `born` is when it started, as this machine says it."""

    name: str
    pid: int
    born: str


@contextmanager
def company(root: Path) -> Iterator[Path]:
    """The folder of logs and records, held by this process. OutsideError where another holds it.

    What a killed one left is ended first.
    """
    folder = root / FOLDER
    with disk.doing("write", folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")
        lock = (folder / "lock").open("a+")
    with lock:
        if not _taken(lock):
            raise OutsideError(
                f"it runs already (process {leader(root)})",
                where=str(root),
                hint="splitter down ends it",
            )
        clear(root)
        record(root, [], ready=False)
        try:
            yield folder
        finally:
            (folder / "state.json").unlink(missing_ok=True)


def record(root: Path, running: Sequence[Running], *, ready: bool) -> None:
    """Write down what runs, and whether that is all."""
    members = [Member(r.name, r.pid, born(r.pid)) for r in running]
    own = Member("splitter", os.getpid(), born(os.getpid()))
    state = {"leader": asdict(own), "ready": ready, "members": [asdict(m) for m in members]}
    with disk.replacing(root / FOLDER / "state.json") as beside:
        beside.write_text(json.dumps(state), "utf-8")


def is_ready(root: Path, pid: int) -> bool:
    """Whether all that this process was to start runs."""
    state = _state(root)
    return bool(state.get("ready")) and state.get("leader", {}).get("pid") == pid


def leader(root: Path) -> int:
    """The process that runs the company now; 0 where none does."""
    path = root / FOLDER / "lock"
    with contextlib.suppress(FileNotFoundError), path.open("r+") as lock:
        if not _taken(lock):
            found = _member(_state(root).get("leader", {}))
            return found.pid if found and born(found.pid) == found.born else 0
    return 0


def end(root: Path) -> tuple[str, ...]:
    """End the company, and what a killed one left; the names of what ran."""
    names = tuple(m.name for m in _members(root) if born(m.pid) == m.born)
    pid = leader(root)
    if pid:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while leader(root) == pid and time.monotonic() < deadline:
            time.sleep(0.05)
        if leader(root) == pid:
            os.kill(pid, signal.SIGKILL)
    clear(root)
    return names


def clear(root: Path) -> None:
    """Wait for the members of a company that is gone, and end those that stay."""
    deadline = time.monotonic() + PATIENCE / 2
    for member in _members(root):
        while born(member.pid) == member.born and time.monotonic() < deadline:
            time.sleep(0.05)
        if born(member.pid) == member.born:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(member.pid, signal.SIGKILL)


def born(pid: int) -> str:
    """When a process was started, in a form that only serves to compare; empty if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    except FileNotFoundError:
        return "" if Path("/proc/self").exists() else _born_by_ps(pid)
    except (OSError, IndexError):
        return ""


def _born_by_ps(pid: int) -> str:
    done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip()


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _state(root: Path) -> dict[str, Any]:
    try:
        found = json.loads((root / FOLDER / "state.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _members(root: Path) -> list[Member]:
    return [m for row in _state(root).get("members", ()) if (m := _member(row))]


def _member(row: Mapping[str, Any]) -> Member | None:
    try:
        found = Member(str(row["name"]), int(row["pid"]), str(row["born"]))
    except (KeyError, TypeError, ValueError):
        return None
    return found if found.pid > 1 and found.born else None

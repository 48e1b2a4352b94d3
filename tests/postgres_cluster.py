"""A PostgreSQL of one's own: in a new folder, on the loopback, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")
_USERS = ("postgres", "nobody")
_START = """
import ctypes, os, pwd, signal, sys
user, program = sys.argv[1:3]
if user:
    entry = pwd.getpwnam(user)
    os.setgroups([]), os.setgid(entry.pw_gid), os.setuid(entry.pw_uid)
if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1  # set here, for a change of user takes it back
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
os.execv(program, sys.argv[2:])
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Its superuser is `postgres`, and everybody on this machine is trusted."""

    port: int

    def url(self, database: str = "postgres", *, user: str = "postgres", driver: str = "") -> str:
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        return f"{scheme}://{user}@127.0.0.1:{self.port}/{database}"


def missing() -> str:
    """Why there can be no cluster here; empty if there can be one."""
    if not _program("initdb") or not _program("postgres"):
        return "PostgreSQL's server programs (initdb, postgres) are not on this machine"
    return ""


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make a cluster and run it; it ends with this process, even if that is killed."""
    with tempfile.TemporaryDirectory(prefix="splitter-postgres-") as folder:
        if user := _other_user():
            shutil.chown(folder, user)
        data, log = Path(folder) / "data", Path(folder) / "log"
        _initialise(data, user)
        with _running(data, log, user) as found:
            yield found


def _initialise(data: Path, user: str | None) -> None:
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    command = [_program("initdb"), "-D", str(data), *options]
    made = subprocess.run(
        command, cwd=data.parent, user=user, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr


@contextmanager
def _running(data: Path, log: Path, user: str | None) -> Iterator[Cluster]:
    found = Cluster(_free_port())
    program = _program("postgres")
    options = ["-D", str(data), "-h", "127.0.0.1", "-p", str(found.port), "-k", ""]
    settings = [word for setting in _QUICK for word in ("-c", setting)]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-I", "-c", _START, user or "", program, *options, *settings],
            cwd=data.parent,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as server,
    ):
        try:
            _await(found, server, log)
            yield found
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(20)


def _await(found: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    for _ in range(600):
        try:
            psycopg.connect(found.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def _other_user() -> str | None:
    """As whom PostgreSQL is run, since it refuses root; None: as who runs this."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _USERS if name in known)


def _program(name: str) -> str:
    """The newest of a distribution's own folder, or that on the PATH; empty where there is none."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest = sorted(folders, key=lambda f: f.parent.name.zfill(4), reverse=True)
    places = [str(folder) for folder in newest if (folder / "initdb").exists()]
    return shutil.which(name, path=":".join([*places, os.environ.get("PATH", "")])) or ""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])

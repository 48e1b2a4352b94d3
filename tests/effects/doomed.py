"""Ends a process at any chosen step of what it does to the disk.

`Steps` counts the calls that change the disk and acts at one of them. As a script this module is a
small server: for each line on its input it forks, and the fork does to a workspace what the line
says, until it kills itself with SIGKILL at the step that the line names.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from splitter.effects import workspace
from splitter.model.changes import ChangeSet

CALLS = (
    *("open", "write", "pwrite", "ftruncate", "fsync", "replace", "rename", "link", "symlink"),
    *("mkdir", "unlink", "remove", "rmdir", "chmod", "fchmod", "truncate"),
)
TAKES_SPACE = frozenset(["open", "write", "write, half done", "mkdir", "replace", "fsync"])
_EVENTS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "os.link")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Steps:
    """Calls `act` with the step's name before each call that changes the disk; counts them.

    A write of more than one byte is two steps: nothing written, and half of it.
    """

    def __init__(self, act: Callable[[int, str], None]) -> None:
        self.names: list[str] = []
        self.inside = False
        self._act = act
        self._real = {name: getattr(os, name) for name in CALLS}

    def __enter__(self) -> Steps:
        for name in CALLS:
            setattr(os, name, getattr(self, f"_{name}", self._counted(name)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for name, real in self._real.items():
            setattr(os, name, real)

    def _step(self, name: str) -> None:
        self.names.append(name)
        self._act(len(self.names), name)

    def _counted(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._step(name)
            return self._run(name, *args, **kwargs)

        return call

    def _open(self, path: str, flags: int, *args: Any, **kwargs: Any) -> Any:
        if flags & _WRITING:
            self._step("open")
        return self._run("open", path, flags, *args, **kwargs)

    def _write(self, descriptor: int, data: bytes) -> Any:
        self._step("write")
        half = len(data) // 2
        if half:
            self._run("write", descriptor, data[:half])
            self._step("write, half done")
        return half + self._run("write", descriptor, data[half:])

    def _run(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self.inside = True
        try:
            return self._real[name](*args, **kwargs)
        finally:
            self.inside = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a fork ended: `names` are its steps, `unseen` changes of the disk that were no step."""

    killed: bool
    names: tuple[str, ...]
    unseen: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Forks:
    """The server, as its client sees it."""

    process: subprocess.Popen[str]

    def run(
        self,
        command: str,
        root: Path,
        changes: ChangeSet | None = None,
        *,
        kill_at: int = 0,
        file_limit: int = 0,
    ) -> Ending:
        """Do `apply`, `undo` or `recover`; `kill_at` counts from 1, 0 lets it finish.

        `file_limit` is the size in bytes beyond which the kernel lets no file grow.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        request = [command, str(root), pickle.dumps(changes).hex(), kill_at, file_limit]
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return Ending(
            answer["killed"], tuple(answer["names"]), tuple(answer["unseen"]), answer["error"]
        )


@contextmanager
def forks() -> Iterator[Forks]:
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Forks(process)
        assert process.stdin is not None
        process.stdin.close()


def _serve() -> None:
    for line in sys.stdin:
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reading)
            _die(writing, *json.loads(line))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = json.loads(pipe.read() or '{"names": [], "unseen": [], "error": ""}')
        _, status = os.waitpid(process, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(json.dumps(said | {"killed": killed}), flush=True)


def _die(writing: int, command: str, root: str, changes: str, kill_at: int, limit: int) -> None:
    def act(number: int, name: str) -> None:
        if number == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    steps, unseen, error = Steps(act), list[str](), ""
    sys.addaudithook(lambda event, args: _watch(steps, unseen, event, args))
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    with steps:
        try:
            _do(command, Path(root), pickle.loads(bytes.fromhex(changes)))
        except Exception as raised:
            error = f"{type(raised).__name__}: {raised}"
    said = json.dumps({"names": steps.names, "unseen": unseen, "error": error})
    os.write(writing, said.encode())
    os._exit(0)


def _watch(steps: Steps, unseen: list[str], event: str, args: tuple[Any, ...]) -> None:
    if steps.inside:
        return
    if event in _EVENTS or (event == "open" and args[2] & _WRITING):
        unseen.append(f"{event} {args[0]}")


def _do(command: str, root: Path, changes: ChangeSet) -> None:
    if command == "apply":
        workspace.apply(root, changes)
    elif command == "undo":
        workspace.undo(root)
    else:
        workspace.recover(root)


def killed_within_a_fork(url: str, home: Path) -> str:
    """The URL of the fork that a process had when it was killed."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from splitter.effects import databases\n"
        "with databases.fork(sys.argv[1], Path(sys.argv[2]), 'killed') as forked:\n"
        "    print(forked, flush=True); time.sleep(99)\n"
    )
    command = [sys.executable, "-c", script, url, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        forked = process.stdout.readline().strip()
        os.kill(process.pid, signal.SIGKILL)
    return forked


def is_gone(pid: int, within: float = 5) -> bool:
    """Whether the process has ended, or does so within that many seconds."""
    deadline = time.monotonic() + within
    while lives(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:
        return sys.platform != "linux"


if __name__ == "__main__":
    _serve()

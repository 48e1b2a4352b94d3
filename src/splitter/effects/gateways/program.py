"""What is to be known of a gateway's program: how it is checked, started, found and reloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from splitter.errors import ToolMissing


@dataclass(frozen=True, slots=True)
class Program:
    """A gateway's program, in a folder that holds its files.

    `check` gives the command that validates the files (none, if it has no such command) and `run`
    the one that serves them in the foreground. `pid` finds the process that serves the folder, 0
    if there is none. `reload` has it take the files over, and `loaded` says whether it goes by a
    generation of them now.
    `closing`, where one is needed, has clients told to close their connections as long as it lasts.
    """

    name: str
    check: Callable[[Path], list[str]]
    run: Callable[[Path], list[str]]
    start: str
    pid: Callable[[Path], int]
    reload: Callable[[Path, int], None]
    loaded: Callable[[Path, str, int], bool]
    log: str
    closing: Callable[[Path], AbstractContextManager[None]] | None = None


@contextmanager
def marked(mark: Path) -> Iterator[None]:
    """A file is there, by which a gateway knows something."""
    mark.touch()
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def closing(folder: Path) -> AbstractContextManager[None]:
    """The gateway knows that no connection is to be kept."""
    return marked(folder / "closing")


def executable(name: str, package: str = "") -> str:
    """The path of a program; ToolMissing with what to install."""
    import sys

    beside = str(Path(sys.executable).parent)
    places = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", beside))
    found = shutil.which(name, path=places)
    if found is None:
        raise ToolMissing(
            f"{name} is not installed, so its configuration cannot be checked",
            hint=f"install {package or name}; splitter gateway writes the files without it",
        )
    return found


def pid_in(file: Path, name: str) -> int:
    """The process of a pid file, 0 where it is not there or is not that program any more."""
    try:
        pid = int(file.read_text().split()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return 0
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return pid
    return pid if name.encode() in command else 0

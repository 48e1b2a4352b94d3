"""Runs `python -m splitter` as a user does, and looks at what is on the disk before and after."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

EXAMPLE = Path(__file__).parents[2] / "examples" / "run_poc"
CASES = Path(__file__).parent / "cases.yaml"
SECONDS = 150
_FOREIGN = ("SPLITTER_", "UVICORN_", "PG", "DB_")
_NOT_PASSED_ON = {
    *("VIRTUAL_ENV", "NO_COLOR", "COLUMNS", "CI", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"),
    *("DATABASE_URL", "SECRET_KEY", "LOG_LEVEL", "WEB_CONCURRENCY", "TERM"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONWARNINGS"),
}
_NOTHING: Mapping[str, str] = {}
_PASSED_OVER = (".splitter/journal", ".splitter/results")


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def splitter(
    *words: str | Path,
    at: Path,
    environment: Mapping[str, str] = _NOTHING,
    status: int | None = 0,
    before: Callable[[], object] | None = None,
) -> Done:
    """Run a command in a folder; it is to end with `status` (`None`: any) and without a traceback.

    `before` is run in the new process before the command.
    """
    done = subprocess.run(
        command(*words),
        cwd=at,
        env=surroundings(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        preexec_fn=before,
    )
    said = f"{' '.join(map(str, words))}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in said, said
    assert status is None or done.returncode == status, said
    return Done(done.returncode, done.stdout, done.stderr)


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "splitter", *map(str, words)]


def surroundings(additions: Mapping[str, str] = _NOTHING) -> dict[str, str]:
    """The environment of the tests without what would steer splitter or the example."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _NOT_PASSED_ON and not name.startswith(_FOREIGN)
    }
    return kept | dict(additions)


@contextmanager
def started(
    *words: str | Path, at: Path, environment: Mapping[str, str] = _NOTHING
) -> Iterator[subprocess.Popen[str]]:
    """A command at work, in a process group of its own, as a shell has it; killed at the end."""
    with subprocess.Popen(
        command(*words),
        cwd=at,
        env=surroundings(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def copy(source: Path, target: Path) -> Path:
    """A tree as it is, without bytecode and databases."""
    left_out = shutil.ignore_patterns("__pycache__", "*.db", ".pytest_cache")
    shutil.copytree(source, target, ignore=left_out, symlinks=True)
    return target


def tree(root: Path, *, but: Sequence[str] = ()) -> dict[str, bytes | None]:
    """Every file's content and every folder (`None`), by path.

    Left out is what splitter keeps for itself: the journal and the results.
    """
    found: dict[str, bytes | None] = {}
    for folder, folders, files in os.walk(root):
        below = Path(folder).relative_to(root)
        folders[:] = [f for f in folders if (below / f).as_posix() not in _PASSED_OVER]
        found |= {(below / name).as_posix(): None for name in folders}
        found |= {(below / name).as_posix(): Path(folder, name).read_bytes() for name in files}
    if not any(path.startswith(".splitter/") for path in found):
        found.pop(".splitter", None)
    return {path: data for path, data in found.items() if path not in but}


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Change a text that is in the file once."""
    text = (root / path).read_text("utf-8")
    assert text.count(old) == 1, f"{path} has {text.count(old)} of {old!r}"
    (root / path).write_text(text.replace(old, new), "utf-8")


def append(root: Path, path: str, text: str) -> None:
    with (root / path).open("a", encoding="utf-8") as file:
        file.write(text)


@dataclass(frozen=True)
class Traces:
    """What a command may leave behind: processes, and files in the folder for temporary ones."""

    folder: Path
    mark: str

    @property
    def environment(self) -> dict[str, str]:
        """By it the command and all that it starts are known again."""
        return {"TMPDIR": str(self.folder), "MARK_OF_A_TEST": self.mark}

    def processes(self, within: float = 10) -> list[str]:
        """The command lines of those that are still there after so many seconds."""
        deadline = time.monotonic() + within
        while (found := list(self._alive())) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def _alive(self) -> Iterator[str]:
        mark = f"MARK_OF_A_TEST={self.mark}".encode()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    yield (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue


def traces(folder: Path) -> Traces:
    """A new folder for temporary files and a mark that nothing else has."""
    folder.mkdir()
    return Traces(folder, uuid4().hex)

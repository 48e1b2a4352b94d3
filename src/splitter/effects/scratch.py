"""Folders to try things in: laid out from a snapshot, gone afterwards."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from splitter.errors import DiskError

_PREFIX = "splitter-"
_LOCK = ".splitter-lock"
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".hg", ".splitter", "__pycache__", "node_modules", ".venv", "venv", ".mypy_cache",
    ".ruff_cache", ".pytest_cache", "*.pyc",
)  # fmt: skip


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """A new empty folder but for a lock, removed at the end; those of killed runs go, too."""
    _clear_leftovers(Path(tempfile.gettempdir()))
    prefix = f"{_PREFIX}{name}-"
    with (
        tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as at,
        (Path(at) / _LOCK).open("w") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("held")
        lock.flush()
        yield Path(at).resolve()


def _clear_leftovers(home: Path) -> None:
    """Remove folders of which nobody holds the lock."""
    for lock in home.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            with lock.open("r+") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if lock.stat().st_size:  # the mark of one that was locked once
                    shutil.rmtree(lock.parent, ignore_errors=True)
        except OSError:
            continue


def lay(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder. DiskError where the disk refuses."""
    for path, data in files.items():
        target = folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as error:
            raise DiskError(
                f"cannot write: {error.strerror}", where=str(target), hint="make room, then again"
            ) from None


def copy_project(root: Path, folder: Path) -> None:
    """The monolith as it stands, without version control, environments and caches."""

    def left_out(at: str, names: list[str]) -> set[str]:
        environments = {n for n in names if (Path(at) / n / "pyvenv.cfg").exists()}
        return environments | set(_LEFT_OUT(at, names))

    try:
        shutil.copytree(root, folder, ignore=left_out, dirs_exist_ok=True, symlinks=True)
    except (OSError, shutil.Error) as error:
        raise DiskError(f"cannot copy the monolith: {error}", where=str(folder)) from None


def copy_folder(source: Path, target: Path) -> None:
    """A folder as it is; nothing where there is none."""
    try:
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)
        target.mkdir(parents=True, exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise DiskError(f"cannot copy the data: {error}", where=str(source)) from None


def remove_folder(folder: Path) -> None:
    """Remove a folder as far as it can be."""
    shutil.rmtree(folder, ignore_errors=True)

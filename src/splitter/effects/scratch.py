"""Folders to try things in: laid out from a snapshot, gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from splitter.errors import DiskError

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".hg", ".splitter", "__pycache__", "node_modules", ".venv", "venv", ".mypy_cache",
    ".ruff_cache", ".pytest_cache", "*.pyc",
)  # fmt: skip


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """A new empty folder, removed at the end."""
    with tempfile.TemporaryDirectory(prefix=f"splitter-{name}-", ignore_cleanup_errors=True) as at:
        yield Path(at).resolve()


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

"""The project's files, read in one pass over its folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from splitter.effects import disk

LIMIT = 1024 * 1024

_PASSED_OVER = {
    *(".git", ".hg", ".svn", ".bzr", ".jj"),
    *("__pycache__", ".cache", ".eggs", ".tox", ".nox", "node_modules", "bower_components"),
    *(".mypy_cache", ".ruff_cache", ".pytest_cache", ".pytype", ".hypothesis"),
    *(".import_linter_cache", ".ipynb_checkpoints", "htmlcov"),
}
_ENVIRONMENT_MARKS = ("pyvenv.cfg", "conda-meta")
_BESIDE_DATABASES = ("-wal", "-shm", "-journal")
_OWN = ".splitter"


def read_files(root: Path) -> dict[str, bytes]:
    """Posix path below `root` → content, sorted by path. Raises DiskError for an unreadable file.

    What a folder of a virtual environment or a cache holds, bytecode, databases and files of more
    than 1 MiB are left out (but for splitter's own records), and so is a folder that this user may
    not enter.
    """
    with disk.doing("list", root):
        os.scandir(root).close()
    return dict(sorted(_walk(str(root), "")))


def _walk(folder: str, prefix: str) -> Iterator[tuple[str, bytes]]:
    entries = _entries(folder)
    if any(entry.name in _ENVIRONMENT_MARKS for entry in entries):
        return
    own = prefix.endswith(_OWN + "/")
    for entry in entries:
        if _is_foreign(entry):
            continue
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if not own and entry.name not in _PASSED_OVER:
                yield from _walk(entry.path, path + "/")
        elif _is_wanted(entry.name, own):
            data = _content(entry, path, limit=None if own else LIMIT)
            if data is not None:
                yield path, data


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (PermissionError, FileNotFoundError, NotADirectoryError):
        return []


def _is_foreign(entry: os.DirEntry[str]) -> bool:
    """Whether its name is no text, or that of a temporary file of an apply."""
    return not _is_text(entry.name) or entry.name.startswith(".splitter-")


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_wanted(name: str, own: bool) -> bool:
    if own:
        return name.endswith((".json", ".toml"))
    if name.endswith((".pyc", ".pyo")):
        return False
    return not _is_database(name)


def _is_database(name: str) -> bool:
    for suffix in _BESIDE_DATABASES:
        name = name.removesuffix(suffix)
    extension = os.path.splitext(name)[1]
    return extension == ".db" or extension.startswith(".sqlite")


def _content(entry: os.DirEntry[str], path: str, *, limit: int | None) -> bytes | None:
    with disk.doing("read", path):
        try:
            if not entry.is_file() or (limit is not None and entry.stat().st_size > limit):
                return None
            with open(entry.path, "rb", buffering=0) as file:
                return file.read()
        except FileNotFoundError:
            return None

"""The steps on the disk that all writing is made of: each happens whole or leaves a temp file.

Every change goes through a function of `os`, one system call at a time, so that a test can end
the process at each of them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from splitter.errors import DiskError

_HINTS = {
    errno.ENOSPC: "free some disk space, then run the command again",
    errno.EDQUOT: "the disk quota is used up: free some space, then run the command again",
    errno.EFBIG: "a limit on file sizes is in force (ulimit -f): raise it, then run again",
    errno.EACCES: "check who owns it and who may write there, then run the command again",
    errno.EPERM: "check who owns it and who may write there, then run the command again",
    errno.EROFS: "the file system is mounted read-only",
}


@contextmanager
def doing(step: str, path: str | Path) -> Iterator[None]:
    """Turn an OSError of the step (`write`, `read`, …) into a DiskError that names the path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        hint = _HINTS.get(error.errno or 0, "")
        raise DiskError(f"cannot {step} {path}: {reason}", where=str(path), hint=hint) from error


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def below(root: Path, path: str) -> str:
    """A path below the root; text, for there are thousands."""
    return f"{root}/{path}"


def status(path: str | Path) -> os.stat_result | None:
    """What is at the path itself, links not followed; None where nothing is."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_file(found: os.stat_result | None) -> bool:
    return found is not None and stat.S_ISREG(found.st_mode)


def is_folder(found: os.stat_result | None) -> bool:
    return found is not None and stat.S_ISDIR(found.st_mode)


def content(path: str | Path, span: tuple[int, int] | None = None) -> bytes | None:
    """The bytes of a regular file; None where there is none, a link or a folder included.

    Of a `span`, from which byte and how many, only these.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # a link, a socket
            return None
        raise
    try:
        found = os.fstat(descriptor)
        return _read_all(descriptor, *(span or (0, found.st_size))) if is_file(found) else None
    finally:
        os.close(descriptor)


def permissions(path: str | Path) -> int | None:
    """The mode bits of what is at the path, without its type."""
    found = status(path)
    return None if found is None else stat.S_IMODE(found.st_mode)


def write(path: str | Path, *parts: bytes, mode: int | None = None, synced: bool = True) -> None:
    """Make a new file. FileExistsError if it exists.

    It is on the disk when this returns, if it is to be `synced` now.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o666)
    try:
        for part in parts:
            _write_all(descriptor, part)
        if mode is not None:
            os.fchmod(descriptor, mode)
        if synced:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside it, where nothing is, for what takes its place in the end; its folder is made.

    DiskError where the disk refuses.
    """
    with doing("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        remove(beside)
        yield beside
        beside.replace(path)


def sync(path: str | Path) -> None:
    """Put what a file holds on the disk."""
    _sync_and_close(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC))


def remove(path: str | Path) -> None:
    """Remove a file, which may be gone already."""
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        pass


def remove_folder(path: Path) -> None:
    """Remove a folder if it is there and empty; a bytecode cache in it does not count."""
    try:
        if os.listdir(path) == ["__pycache__"]:
            _remove_bytecode(path / "__pycache__")
        os.rmdir(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise


def sync_folder(path: Path) -> None:
    """Put on the disk which names a folder holds; file systems that cannot are let off."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        _sync_and_close(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise


def _sync_and_close(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, start: int, size: int) -> bytes:
    parts = []
    while size > 0:
        part = os.pread(descriptor, size, start)
        if not part:
            break
        parts.append(part)
        start += len(part)
        size -= len(part)
    return b"".join(parts)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _remove_bytecode(cache: Path) -> None:
    if not is_folder(status(cache)):
        return
    names = os.listdir(cache)
    if all(name.endswith(".pyc") for name in names):
        for name in names:
            remove(cache / name)
        os.rmdir(cache)

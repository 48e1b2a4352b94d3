"""Files that cases are taken from, read a line at a time where they may be long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from splitter.effects import disk
from splitter.errors import DiskError, UsageError

HEAD = 64 * 1024


def head(path: Path, name: str) -> bytes:
    """The beginning of a file, which tells what kind it is."""
    with _opened(path, name) as stream:
        return stream.read(HEAD)


def content(path: Path, name: str, *, what: str = "the case file") -> bytes:
    """All of a file; `what` it is, for an error."""
    with _opened(path, name, what) as stream:
        return stream.read()


def lines(path: Path, name: str) -> Iterator[bytes]:
    """The lines of a file, without what ends them."""
    with _opened(path, name) as stream:
        for line in stream:
            yield line.rstrip(b"\r\n")


@contextmanager
def text(path: Path, name: str, *, what: str) -> Iterator[Callable[[int], str]]:
    """What gives the next characters of a file in UTF-8, none at the end."""
    with _opened(path, name, what) as stream:
        reader = TextIOWrapper(stream, "utf-8-sig", newline="")
        yield reader.read
        reader.detach()


def replace(path: Path, data: bytes) -> None:
    """Write a file whole, or not at all. DiskError where the disk refuses."""
    with disk.replacing(path) as beside:
        disk.write(beside, data)


@contextmanager
def _opened(path: Path, name: str, what: str = "the case file") -> Iterator[IO[bytes]]:
    """UsageError for a file that is not there, DiskError for one that cannot be read."""
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        told = f"{what} cannot be read: {error.strerror}"
        if isinstance(error, FileNotFoundError | IsADirectoryError):
            raise UsageError(told, where=name) from None
        raise DiskError(told, where=name) from None

"""Parts of a report that can only be written when its head is: kept on the disk where they are
many."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

IN_MEMORY = 1024 * 1024
"""Characters that are kept in memory."""
PIECE = 64 * 1024
"""Characters that are read back at a time."""


@contextmanager
def spool() -> Iterator[Spool]:
    """A place for text that is written later; it is gone in the end."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", newline="") as file:
        yield Spool(file)


class Spool:
    """Text that is put away, and read back once, from the beginning."""

    def __init__(self, file: tempfile.SpooledTemporaryFile[str]) -> None:
        self._file = file

    def put(self, text: str) -> None:
        self._file.write(text)

    def pieces(self) -> Iterator[str]:
        """All that was put away."""
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

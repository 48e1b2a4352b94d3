"""Logs as they grow, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path


class Following:
    """Reads what was added to some logs since the last time; whole lines only."""

    def __init__(self, logs: Mapping[str, Path]) -> None:
        self._logs = dict(logs)
        self._read = dict.fromkeys(logs, 0)
        self._rest = dict.fromkeys(logs, b"")

    def lines(self) -> Iterator[tuple[str, str]]:
        """The new lines, each with the name of its log."""
        for name, path in self._logs.items():
            data = self._rest[name] + self._added(name, path)
            *whole, self._rest[name] = data.split(b"\n")
            for line in whole:
                yield name, line.decode("utf-8", "replace").rstrip("\r")

    def _added(self, name: str, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                file.seek(self._read[name])
                data = file.read()
        except OSError:
            return b""
        self._read[name] += len(data)
        return data

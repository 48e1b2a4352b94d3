"""Differences that are known and put up with until a day, and what is to be said of the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An entry of the list: why, until when, and which differences; what is empty fits any.

    It counts through the day `expires`. `line` counts from 1.
    """

    reason: str
    ticket: str
    expires: date
    source: str
    line: int
    case: str = ""
    method: str = ""
    route: str = ""
    service: str = ""
    kind: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry that has to go, at its line; `what` says why."""

    source: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.what}"

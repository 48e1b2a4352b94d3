"""What came of recording the monolith's tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recording:
    """Requests of tests that can be put again, and those set aside: name and reason.

    `target` is the file that was written, `endpoints` counts methods and paths of routes.
    """

    target: str
    tests: int
    requests: int
    endpoints: int
    aside: tuple[tuple[str, str], ...]

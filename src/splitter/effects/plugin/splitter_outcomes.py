"""The part of the pytest plugin that writes down how each test ended.

    pytest -p splitter_pytest --splitter-outcomes FILE

FILE gets a JSON document a line: the test, and `passed`, `failed`, `skipped` or `error`. The first
process of an xdist run hears of all tests. Nothing but Python 3.8.
"""

from __future__ import annotations

import json
from typing import Any


class Outcomes:
    """How the tests that have run so far have ended."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.seen: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        known = self.seen.get(report.nodeid)
        if report.failed:
            self.seen[report.nodeid] = "failed" if report.when == "call" else "error"
        elif known is None or (known == "passed" and report.skipped):
            self.seen[report.nodeid] = "skipped" if report.skipped else "passed"

    def pytest_sessionfinish(self) -> None:
        lines = [json.dumps({"test": t, "outcome": o}) + "\n" for t, o in self.seen.items()]
        with open(self.path, "w", encoding="utf-8") as stream:
            stream.write("".join(lines))

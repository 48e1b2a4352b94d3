"""Counts verdicts as they pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from splitter.model.parity import Outcome, Summary, Verdict


class Tally:
    """Passes verdicts on and knows, at any time, how many had which outcome."""

    def __init__(self) -> None:
        self._counts: Counter[Outcome] = Counter()

    def count(self, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
        for verdict in verdicts:
            self._counts[verdict.outcome] += 1
            yield verdict

    @property
    def summary(self) -> Summary:
        return Summary.of(self._counts)

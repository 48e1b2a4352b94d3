"""Verdicts that come in any order are handed on in that of the cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from splitter.model.parity import Case, Verdict
from splitter.parity.chains import Chain


class Turns:
    """Those whose cases come before are waited for. `numbered`: each verdict is told the place of
    its case among all, from 1 on."""

    def __init__(
        self, cases: Iterable[Case], chains: Iterable[Chain], *, numbered: bool = False
    ) -> None:
        kept = {(case.source, case.name) for chain in chains for case in chain}
        self._keys: list[tuple[str, str]] = []
        self._places: list[int] = []
        for place, case in enumerate(cases, 1):
            if (key := (case.source, case.name)) in kept:
                self._keys.append(key)
                if numbered:
                    self._places.append(place)
        self._done: dict[tuple[str, str], Verdict] = {}
        self._next = 0

    @property
    def waiting(self) -> int:
        """How many have come and wait for others."""
        return len(self._done)

    def come(self, verdicts: Iterable[Verdict]) -> list[Verdict]:
        """Take verdicts, and give those whose turn it is."""
        self._done.update(((v.case.source, v.case.name), v) for v in verdicts)
        first = self._next
        while self._next < len(self._keys) and self._keys[self._next] in self._done:
            self._next += 1
        return list(self._of(range(first, self._next)))

    def rest(self) -> list[Verdict]:
        """Those that wait for others, which will not come."""
        return list(self._of(range(self._next, len(self._keys))))

    def _of(self, places: Iterable[int]) -> Iterator[Verdict]:
        for place in places:
            verdict = self._done.pop(self._keys[place], None)
            if verdict is not None and self._places:
                yield replace(verdict, position=self._places[place])
            elif verdict is not None:
                yield verdict

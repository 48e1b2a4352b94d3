"""Sessions that are handed out in batches to workers that may die, and what has come of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from splitter.model.parity import Case, Outcome, Verdict
from splitter.parity.chains import Chain

TRIES = 3
"""How often a session is put, at most, if the worker dies of it."""
MOST = 100
"""Cases of a batch, if its sessions are not longer."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Sessions that one worker puts. After a death they are put one at a time, so that it is the
    first unfinished one that a further death is due to."""

    number: int
    chains: tuple[Chain, ...]
    deaths: int = 0


@dataclass(slots=True)
class _Out:
    """A batch at a worker: what is still missing of each session, and what has come of it."""

    missing: list[int]
    held: list[list[Verdict]]
    places: dict[Key, int] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: Batch) -> _Out:
        out = cls([len(chain) for chain in batch.chains], [[] for _ in batch.chains])
        for place, chain in enumerate(batch.chains):
            out.places.update((_key(case), place) for case in chain)
        return out


class Backlog:
    """No verdict is lost or doubled: those of a session count once all of them are there, and a
    session that is not whole when its worker dies is put again from its beginning."""

    def __init__(self, chains: Sequence[Chain], *, workers: int) -> None:
        cases = sum(map(len, chains))
        self._fresh: Iterator[Batch] = _batches(chains, min(MOST, -(-cases // (4 * workers))))
        self._again: deque[Batch] = deque()
        self._out: dict[int, _Out] = {}
        self._ahead: Batch | None = next(self._fresh, None)
        self.futile = 0
        """Deaths since a session last came whole."""

    @property
    def is_open(self) -> bool:
        """Whether verdicts are still to come."""
        return bool(self._out or self._again or self._ahead)

    def take(self, *, fresh: bool = True) -> Batch | None:
        """The next batch to be put, first those whose worker died; others only if `fresh`, or
        where nothing is out."""
        batch = self._again.popleft() if self._again else None
        if batch is None and (fresh or not self._out):
            batch, self._ahead = self._ahead, next(self._fresh, None)
        if batch is not None:
            self._out[batch.number] = _Out.of(batch)
        return batch

    def is_out(self, batch: Batch) -> bool:
        """Whether something is missing of a batch that was taken."""
        return batch.number in self._out

    def come(self, batch: Batch, verdicts: Iterable[Verdict]) -> list[Verdict]:
        """Take verdicts of a batch that is out, and give those of sessions that are now whole."""
        out = self._out[batch.number]
        whole: list[Verdict] = []
        for verdict in verdicts:
            place = out.places[_key(verdict.case)]
            out.held[place].append(verdict)
            out.missing[place] -= 1
            if not out.missing[place]:
                self.futile = 0
                whole += out.held[place]
                out.held[place] = []
        if not any(out.missing):
            del self._out[batch.number]
        return whole

    def lose(self, batch: Batch, reason: str) -> list[Verdict]:
        """Its worker died: what is not whole is put again. A session of which it died too often is
        given up, and its cases are errors."""
        out = self._out.pop(batch.number)
        left = [c for c, n in zip(batch.chains, out.missing, strict=True) if n]
        self.futile += 1
        deaths, errors = batch.deaths + 1, []
        if deaths == TRIES:
            told = f"{reason}, {TRIES} times in this session"
            errors = [_error(case, told) for case in left.pop(0)]
            deaths = 1
        if left:
            self._again.append(Batch(batch.number, tuple(left), deaths))
        return errors

    def give_up(self, batch: Batch, reason: str) -> list[Verdict]:
        """What is not whole of a batch will not be put any more: its cases are errors."""
        out = self._out.pop(batch.number)
        missing = zip(batch.chains, out.missing, strict=True)
        return [_error(case, reason) for chain, n in missing if n for case in chain]

    def parts(self) -> list[Verdict]:
        """What has come of sessions that are not whole."""
        return [v for out in self._out.values() for held in out.held for v in held]


def _batches(chains: Iterable[Chain], size: int) -> Iterator[Batch]:
    number, cases, batch = 0, 0, list[Chain]()
    for chain in chains:
        batch.append(chain)
        cases += len(chain)
        if cases >= size:
            yield Batch(number, tuple(batch))
            number, cases, batch = number + 1, 0, []
    if batch:
        yield Batch(number, tuple(batch))


def _key(case: Case) -> Key:
    return case.source, case.name


def _error(case: Case, reason: str) -> Verdict:
    return Verdict(case, Outcome.ERROR, error=reason)

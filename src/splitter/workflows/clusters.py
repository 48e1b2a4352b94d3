"""Cases are put by the workers of a Dask cluster, and the verdicts come back in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from splitter.effects.cluster import Cluster, Killed, cluster
from splitter.effects.interrupts import noted
from splitter.model.parity import Verdict
from splitter.parity.backlog import Backlog
from splitter.parity.transit import unpacked
from splitter.workflows import workers
from splitter.workflows.crews import AHEAD
from splitter.workflows.parity import Work
from splitter.workflows.workers import Duty

EACH = 2
"""Batches that are at the cluster at a time for each thread that it has."""


@contextmanager
def put(work: Work, duty: Duty, *, address: str) -> Iterator[Iterator[Verdict]]:
    """The verdicts in the order of the cases. Dask has a batch whose worker dies put again by
    another one; what is given up in the end is an error.

    After Ctrl-C those come that are there, and then KeyboardInterrupt.
    """
    with cluster(address) as hired:
        yield _verdicts(work, duty, hired)


def _verdicts(work: Work, duty: Duty, hired: Cluster) -> Iterator[Verdict]:
    backlog = Backlog(work.chains, workers=max(1, hired.size))
    with noted(_nothing) as interrupted:
        while backlog.is_open and not interrupted():
            _hand_out(hired, backlog, duty, fresh=work.turns.waiting < AHEAD)
            for batch, given in hired.finished():
                if isinstance(given, Killed):
                    yield from work.turns.come(backlog.give_up(batch, given.reason))
                else:
                    yield from work.turns.come(backlog.come(batch, unpacked(given)))
        if interrupted():
            yield from work.turns.rest()
            raise KeyboardInterrupt


def _hand_out(hired: Cluster, backlog: Backlog, duty: Duty, *, fresh: bool) -> None:
    while hired.at_work < EACH * max(1, hired.size):
        batch = backlog.take(fresh=fresh)
        if batch is None:
            break
        hired.submit(batch, workers.put, batch, duty)


def _nothing() -> None:
    """Results are waited for a moment at a time: there is no one to wake."""

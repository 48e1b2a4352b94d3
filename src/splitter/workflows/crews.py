"""Cases are put by several processes on this machine, and the verdicts come back in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from splitter.effects.crew import Crew, Death, Member, crew
from splitter.effects.interrupts import noted
from splitter.errors import OutsideError
from splitter.model.parity import Verdict
from splitter.parity.backlog import Backlog
from splitter.parity.transit import unpacked
from splitter.workflows.data import Say
from splitter.workflows.parity import Work
from splitter.workflows.workers import READY, Duty, serve

AHEAD = 5_000
"""Verdicts that may wait for one of an earlier case before no later case is begun."""
FUTILE = 30
"""Deaths without any session's coming whole in between, after which the run is given up."""


@contextmanager
def put(work: Work, duty: Duty, *, workers: int, say: Say) -> Iterator[Iterator[Verdict]]:
    """The verdicts in the order of the cases. A session whose worker dies is put again.

    After Ctrl-C those come that are there, and then KeyboardInterrupt. Whatever error a worker
    cannot start with comes before any verdict is asked for; OutsideError where workers do nothing
    but die.
    """
    backlog = Backlog(work.chains, workers=workers)
    desk = _Desk(work, backlog, say)
    with crew(min(workers, len(work.chains)), serve, duty) as hired:
        while not desk.all_ready(hired):
            for member, message in hired.heard():
                list(desk.take(message, member, hired))
        yield _verdicts(work, backlog, desk, hired)


def _verdicts(work: Work, backlog: Backlog, desk: _Desk, hired: Crew) -> Iterator[Verdict]:
    with noted(hired.wake) as interrupted:
        while backlog.is_open and not interrupted():
            desk.hand_out(hired)
            for member, message in hired.heard():
                yield from desk.take(message, member, hired)
        if interrupted():
            yield from work.turns.come(backlog.parts())
            yield from work.turns.rest()
            raise KeyboardInterrupt


class _Desk:
    """Where batches are handed out and what comes of them is handed in."""

    def __init__(self, work: Work, backlog: Backlog, say: Say) -> None:
        self._turns = work.turns
        self._backlog = backlog
        self._say = say
        self._said: set[str] = set()
        self._ready: set[Member] = set()

    def all_ready(self, hired: Crew) -> bool:
        """Whether every worker has both sides at hand."""
        return self._ready.issuperset(hired.members)

    def hand_out(self, hired: Crew) -> None:
        """Give each worker that has nothing to do a batch, if there is one."""
        for member in hired.members:
            if member.task is None:
                batch = self._backlog.take(fresh=self._turns.waiting < AHEAD)
                if batch is not None:
                    member.send(batch)

    def take(self, message: object, member: Member, hired: Crew) -> Iterator[Verdict]:
        """What a worker's message comes to; each text that all workers say is said once."""
        if isinstance(message, Exception):
            raise message
        if message is READY:
            self._ready.add(member)
        elif isinstance(message, Death):
            yield from self._turns.come(self._buried(message, member, hired))
        elif isinstance(message, str) and message not in self._said:
            self._said.add(message)
            self._say(message)
        elif isinstance(message, list):
            yield from self._turns.come(self._backlog.come(member.task, unpacked(message)))
            if not self._backlog.is_out(member.task):
                member.task = None

    def _buried(self, death: Death, member: Member, hired: Crew) -> list[Verdict]:
        errors = []
        self._say(f"{death.reason}; what it was at work on is put again")
        if member.task is not None:
            errors = self._backlog.lose(member.task, death.reason)
        if self._backlog.futile > FUTILE:
            raise OutsideError(
                f"{death.reason}, as did the {FUTILE} before it",
                hint="if there is too little memory, give fewer --workers or a lower --concurrency",
            )
        if self._backlog.is_open:
            hired.replace(member)
        return errors

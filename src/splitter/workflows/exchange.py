"""Puts the cases of sessions to both sides and holds the answers together, as they come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from splitter.effects.http import Client
from splitter.model.parity import (
    SAFE_METHODS,
    Answer,
    Case,
    Difference,
    NoAnswer,
    Observation,
    Outcome,
    Request,
    Verdict,
)
from splitter.parity.chains import Chain
from splitter.parity.compare import UnusableError, compare
from splitter.parity.noise import Sifted, sift
from splitter.parity.queries import QueryError
from splitter.parity.sessions import Session, SkippedError
from splitter.workflows.twins import Twin

AGAIN = 3
"""How often the monolith is asked again, at most, whether it agrees with itself; a large answer
is asked for once."""
LARGE = 100_000
"""Bytes from which on bodies are compared beside the loop, so that no clock of another case runs
on meanwhile."""

Heard = Observation | NoAnswer


@dataclass(frozen=True, slots=True)
class Exchange:
    """Both sides, and the secrets that the cases spell out.

    With a twin of the monolith, what the two of them answer otherwise is noise, also in requests
    that cannot be put to one of them twice.
    """

    monolith: Client
    services: Mapping[str, Client]
    known: frozenset[str] = frozenset()
    twin: Twin | None = None

    async def verdicts(
        self, chains: Iterable[Chain], *, concurrency: int
    ) -> AsyncGenerator[list[Verdict]]:
        """The verdicts of all chains, in no order, those that are there at a time together;
        `concurrency` chains go on at a time."""
        queue: asyncio.Queue[Verdict | BaseException | None] = asyncio.Queue()
        waiting = iter(chains)
        workers = [asyncio.create_task(self._work(waiting, queue)) for _ in range(concurrency)]
        try:
            at_work = len(workers)
            while at_work:
                items = [await queue.get()]
                items += [queue.get_nowait() for _ in range(queue.qsize())]
                yield [item for item in items if isinstance(item, Verdict)]
                for item in items:
                    if isinstance(item, BaseException):
                        raise item
                at_work -= items.count(None)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            for client in {id(c): c for c in (self.monolith, *self.services.values())}.values():
                await client.close()
            if self.twin is not None:
                await self.twin.close()

    async def _work(
        self, waiting: Iterator[Chain], queue: asyncio.Queue[Verdict | BaseException | None]
    ) -> None:
        try:
            for chain in waiting:
                session = Session(chain, self.known)
                for case in chain:
                    queue.put_nowait(await self.verdict(session, case))
        except Exception as error:
            queue.put_nowait(error)
        else:
            queue.put_nowait(None)

    async def verdict(self, session: Session, case: Case) -> Verdict:
        """What becomes of one case; what the report may not tell is hidden."""
        return session.secrets.hidden_in(await self._verdict(session, case))

    async def _verdict(self, session: Session, case: Case) -> Verdict:
        service = self.services[case.service]
        try:
            requests = session.requests(
                case, (self.monolith.base_url, service.base_url), time.time()
            )
        except SkippedError as lack:
            session.capture(session.monolith, case, None)
            session.capture(session.service, case, None)
            return Verdict(case, Outcome.SKIPPED, error=str(lack))
        if self.twin is not None:
            self.twin.note(session, case)
        heard = await asyncio.gather(self.monolith.put(requests[0]), service.put(requests[1]))
        self._take_over(session, case, requests, (heard[0], heard[1]))
        return await self._compared(session, case, requests[0], (heard[0], heard[1]))

    def _take_over(
        self,
        session: Session,
        case: Case,
        requests: tuple[Request, Request],
        heard: tuple[Heard, Heard],
    ) -> None:
        sides = (session.monolith, session.service)
        for side, request, answer in zip(sides, requests, heard, strict=True):
            usable = answer if isinstance(answer, Observation) else None
            if usable:
                session.keep(side, request, usable, time.time())
            session.capture(side, case, usable)

    async def _compared(
        self, session: Session, case: Case, request: Request, heard: tuple[Heard, Heard]
    ) -> Verdict:
        monolith, service = heard
        answers = _told(monolith), _told(service)
        if isinstance(monolith, NoAnswer) or isinstance(service, NoAnswer):
            return Verdict(case, Outcome.ERROR, (), (), _reasons(case, heard), *answers)
        try:
            differences = await self._differences(case, monolith, service)
            sifted = Sifted(differences)
            if differences:
                sifted = await self._sifted(session, case, request, monolith, service, differences)
        except UnusableError as error:
            return Verdict(case, Outcome.ERROR, (), (), _broken(case, error), *answers)
        except QueryError as error:
            return Verdict(case, Outcome.ERROR, (), (), f"monolith, service: {error}", *answers)
        outcome = Outcome.MISMATCH if sifted.real else Outcome.MATCH
        return Verdict(case, outcome, sifted.real, sifted.noise, "", *answers)

    async def _differences(
        self, case: Case, monolith: Observation, service: Observation
    ) -> tuple[Difference, ...]:
        urls = self.monolith.base_url, self.services[case.service].base_url
        if max(len(monolith.body), len(service.body)) < LARGE:
            return compare(monolith, service, case.rules, base_urls=urls)
        return await asyncio.to_thread(compare, monolith, service, case.rules, base_urls=urls)

    async def _sifted(
        self,
        session: Session,
        case: Case,
        request: Request,
        monolith: Observation,
        service: Observation,
        differences: tuple[Difference, ...],
    ) -> Sifted:
        """Ask the monolith the same again, until all is noise or it was asked enough."""
        urls = self.monolith.base_url, self.services[case.service].base_url
        again: list[Observation] = []
        sifted = Sifted(differences)
        async for answer in self._answers_again(session, case, request, monolith):
            again.append(answer)
            sifted = await asyncio.to_thread(
                sift, differences, monolith, service, tuple(again), case.rules, base_urls=urls
            )
            if not sifted.real:
                break
        return sifted

    async def _answers_again(
        self, session: Session, case: Case, request: Request, first: Observation
    ) -> AsyncGenerator[Observation]:
        """What the monolith answers when it is asked again: itself, if that is safe, then its
        twin."""
        often = AGAIN if len(first.body) < LARGE else 1
        for _ in range(often if request.method in SAFE_METHODS else 0):
            answer = await self.monolith.put(request)
            if isinstance(answer, NoAnswer):
                break
            session.keep(session.monolith, request, answer, time.time())
            yield answer
        if self.twin is not None:
            other = await self.twin.answer(case, self.monolith.base_url)
            if other is not None:
                yield other


def _told(heard: Heard) -> Answer | None:
    if isinstance(heard, NoAnswer):
        return None
    return Answer(heard.status, round(heard.elapsed * 1000, 1))


def _reasons(case: Case, heard: Sequence[Heard]) -> str:
    sides = ("monolith", f"service {case.service}")
    reasons = (
        f"{side}: {answer.reason}"
        for side, answer in zip(sides, heard, strict=True)
        if isinstance(answer, NoAnswer)
    )
    return "; ".join(reasons)


def _broken(case: Case, error: UnusableError) -> str:
    names = {"monolith": "monolith", "service": f"service {case.service}"}
    return "; ".join(f"{names[side]}: {reason}" for side, reason in error.reasons.items())

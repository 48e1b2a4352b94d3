"""One session put to both sides: the answers held together, what varies told from what differs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

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
from splitter.parity.clock import tells_time
from splitter.parity.compare import UnusableError, compare
from splitter.parity.noise import Sifted, sift
from splitter.parity.queries import QueryError
from splitter.parity.rows import neutral_rows, sift_rows
from splitter.parity.sessions import Session, SkippedError
from splitter.workflows.stands import BothChanges, Stand
from splitter.workflows.twins import Twin

AGAIN = 3
"""How often a monolith is asked again, at most, whether it agrees with itself; a large answer
is asked for once."""
SHUFFLES = 20
"""How often at most where nothing but an order differs: a short list comes in the same order twice
by chance."""
FURTHER = 12
"""How many monoliths are started for the same at most, for a session that writes."""
LARGE = 100_000
"""Bytes from which on bodies are compared beside the loop, so that no clock of another case runs
on meanwhile."""

Heard = Observation | NoAnswer


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Answers that differ, of which a second monolith may have more to say."""

    case: Case
    heard: tuple[Observation, Observation]
    differences: tuple[Difference, ...]
    again: tuple[Observation, ...]
    so_far: Sifted


@dataclass(slots=True)
class Trial:
    """A session on one stand."""

    stand: Stand
    chain: Chain
    session: Session
    _asked: float = field(default_factory=time.time)

    async def verdicts(self) -> AsyncGenerator[Verdict]:
        """The verdicts in the order of the chain. What changed in the data belongs to the last
        case that writes, and what comes after that waits for it."""
        held: list[Verdict | _Doubt] = []
        kept_back = self._kept_back()
        for place, case in enumerate(self.chain):
            found = await self._put(case)
            if held or isinstance(found, _Doubt) or place >= kept_back:
                held.append(found)
            else:
                yield self.session.told(found)
        for verdict in await self._settled(held):
            yield self.session.told(verdict)

    def _kept_back(self) -> int:
        """The place of the case that the rows belong to."""
        if self.stand.changes is None:
            return len(self.chain)
        writing = [i for i, c in enumerate(self.chain) if c.request.method not in SAFE_METHODS]
        return max(writing, default=len(self.chain) - 1)

    async def _put(self, case: Case) -> Verdict | _Doubt:
        session, service = self.session, self.stand.services[case.service]
        urls = self._urls(case)
        try:
            requests = session.requests(case, urls, time.time())
        except SkippedError as lack:
            session.capture(session.monolith, case, None)
            session.capture(session.service, case, None)
            return Verdict(case, Outcome.SKIPPED, error=str(lack))
        heard = await asyncio.gather(self.stand.monolith.put(requests[0]), service.put(requests[1]))
        self._asked = time.time()
        self._take_over(case, requests, (heard[0], heard[1]))
        return await self._compared(case, requests[0], (heard[0], heard[1]))

    def _urls(self, case: Case) -> tuple[str, str]:
        return self.stand.monolith.base_url, self.stand.services[case.service].base_url

    def _take_over(
        self, case: Case, requests: tuple[Request, Request], heard: tuple[Heard, Heard]
    ) -> None:
        session = self.session
        sides = (session.monolith, session.service)
        for side, request, answer in zip(sides, requests, heard, strict=True):
            usable = answer if isinstance(answer, Observation) else None
            if usable:
                session.keep(side, request, usable, time.time())
            session.capture(side, case, usable)

    async def _compared(
        self, case: Case, request: Request, heard: tuple[Heard, Heard]
    ) -> Verdict | _Doubt:
        monolith, service = heard
        if isinstance(monolith, NoAnswer) or isinstance(service, NoAnswer):
            return Verdict(case, Outcome.ERROR, (), (), _reasons(case, heard), *_answers(heard))
        try:
            differences = await self._differences(case, monolith, service)
            if not differences:
                return Verdict(case, Outcome.MATCH, (), (), "", *_answers(heard))
            doubt = _Doubt(case, (monolith, service), differences, (), Sifted(differences))
            if self.stand.changes is None:
                doubt = await self._asked_again(doubt, request)
        except (UnusableError, QueryError) as error:
            return _broken(case, error, heard)
        if doubt.so_far.real and self.stand.second is not None:
            return doubt
        return _judged(doubt)

    async def _differences(
        self, case: Case, monolith: Observation, service: Observation
    ) -> tuple[Difference, ...]:
        urls = self._urls(case)
        if max(len(monolith.body), len(service.body)) < LARGE:
            return compare(monolith, service, case.rules, base_urls=urls)
        return await asyncio.to_thread(compare, monolith, service, case.rules, base_urls=urls)

    async def _asked_again(self, doubt: _Doubt, request: Request) -> _Doubt:
        """Put a safe request to the monolith again, until all is noise or it was asked enough."""
        if request.method not in SAFE_METHODS:
            return doubt
        often = _often(doubt.heard[0])
        for turn in range(SHUFFLES):
            if turn >= often and not self._only_order(doubt):
                break
            if turn == often - 1:
                await self._another_second(doubt)
            answer = await self.stand.monolith.put(request)
            if isinstance(answer, NoAnswer):
                break
            self.session.keep(self.session.monolith, request, answer, time.time())
            doubt = await self._sifted(doubt, answer)
            if not doubt.so_far.real:
                break
        return doubt

    async def _another_second(self, doubt: _Doubt) -> None:
        """Wait until the clock shows another second, if what differs looks like a time."""
        if any(tells_time(d.monolith) and tells_time(d.service) for d in doubt.so_far.real):
            while int(time.time()) <= int(self._asked):
                await asyncio.sleep(1.001 - time.time() % 1)

    async def _sifted(self, doubt: _Doubt, answer: Observation) -> _Doubt:
        again = (*doubt.again, answer)
        sifted = await asyncio.to_thread(
            sift,
            doubt.differences,
            *doubt.heard,
            again,
            doubt.case.rules,
            base_urls=self._urls(doubt.case),
        )
        return replace(doubt, again=again, so_far=sifted)

    async def _settled(self, held: Sequence[Verdict | _Doubt]) -> list[Verdict]:
        """Ask a second monolith about what is in doubt, answers and rows."""
        verdicts: list[Verdict] = []
        twin = self._twin()
        for found in held:
            if isinstance(found, Verdict):
                verdicts.append(found)
                continue
            assert twin is not None
            verdicts.append(await self._second_opinion(found, twin))
        if self.stand.changes is None:
            return verdicts
        rows = await self._rows(self.stand.changes, twin)
        to_whom = self.chain[self._kept_back()]
        return [_with_rows(v, rows) if v.case is to_whom else v for v in verdicts]

    async def _rows(self, changes: BothChanges, twin: Twin | None) -> Sifted:
        """What the sides have written otherwise. The twin is asked only if that is anything."""
        stand = self.stand
        ours, theirs = await changes()
        ours = neutral_rows(ours, [stand.monolith.base_url])
        theirs = neutral_rows(theirs, [client.base_url for client in stand.services.values()])
        generated = all(case.rules.generated for case in self.chain)
        found = await asyncio.to_thread(sift_rows, ours, theirs, generated=generated)
        if not found.real or twin is None:
            return found
        second = await twin.changes()
        return await asyncio.to_thread(sift_rows, ours, theirs, second, generated=generated)

    def _twin(self) -> Twin | None:
        if self.stand.second is None:
            return None
        return Twin(self.stand.second, self.session, self.chain, self._asked)

    async def _second_opinion(self, doubt: _Doubt, twin: Twin) -> Verdict:
        try:
            doubt = await self._asked_of(twin, doubt)
            if self.stand.changes is not None:
                doubt = await self._asked_of_more(doubt)
        except (UnusableError, QueryError) as error:
            return _broken(doubt.case, error, doubt.heard)
        return _judged(doubt)

    async def _asked_of(self, twin: Twin, doubt: _Doubt) -> _Doubt:
        base_url = self._urls(doubt.case)[0]
        often = _often(doubt.heard[0]) if self.stand.changes is not None else 0
        async for answer in twin.answers(doubt.case, base_url, often=often):
            doubt = await self._sifted(doubt, answer)
            if not doubt.so_far.real:
                break
        return doubt

    async def _asked_of_more(self, doubt: _Doubt) -> _Doubt:
        """Ask further monoliths for an order, each on data as the session found them."""
        for _ in range(FURTHER):
            twin = self._twin() if doubt.so_far.real and self._only_order(doubt) else None
            if twin is None:
                break
            doubt = await self._asked_of(twin, doubt)
        return doubt

    def _only_order(self, doubt: _Doubt) -> bool:
        """Whether nothing would be left of the difference if no array had an order."""
        if len(doubt.heard[0].body) >= LARGE:
            return False
        rules = replace(doubt.case.rules, unordered=("$", "$..*"))
        urls = self._urls(doubt.case)
        left = compare(*doubt.heard, rules, base_urls=urls)
        return not sift(left, *doubt.heard, doubt.again, rules, base_urls=urls).real


def _with_rows(verdict: Verdict, rows: Sifted) -> Verdict:
    mismatched = rows.real and verdict.outcome is Outcome.MATCH
    return replace(
        verdict,
        outcome=Outcome.MISMATCH if mismatched else verdict.outcome,
        differences=(*verdict.differences, *rows.real),
        noise=(*verdict.noise, *rows.noise),
    )


def _often(answer: Observation) -> int:
    return AGAIN if len(answer.body) < LARGE else 1


def _judged(doubt: _Doubt) -> Verdict:
    sifted = doubt.so_far
    outcome = Outcome.MISMATCH if sifted.real else Outcome.MATCH
    return Verdict(doubt.case, outcome, sifted.real, sifted.noise, "", *_answers(doubt.heard))


def _answers(heard: Sequence[Heard]) -> tuple[Answer | None, Answer | None]:
    told = [
        None if isinstance(h, NoAnswer) else Answer(h.status, round(h.elapsed * 1000, 1))
        for h in heard
    ]
    return told[0], told[1]


def _reasons(case: Case, heard: Sequence[Heard]) -> str:
    sides = ("monolith", f"service {case.service}")
    reasons = (
        f"{side}: {answer.reason}"
        for side, answer in zip(sides, heard, strict=True)
        if isinstance(answer, NoAnswer)
    )
    return "; ".join(reasons)


def _broken(case: Case, error: UnusableError | QueryError, heard: Sequence[Heard]) -> Verdict:
    names = {"monolith": "monolith", "service": f"service {case.service}"}
    if isinstance(error, UnusableError):
        text = "; ".join(f"{names[side]}: {reason}" for side, reason in error.reasons.items())
    else:
        text = f"monolith, service: {error}"
    return Verdict(case, Outcome.ERROR, (), (), text, *_answers(heard))

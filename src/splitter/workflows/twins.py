"""A second monolith, asked the same in the same order: what it answers otherwise is noise."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from splitter.model.parity import SAFE_METHODS, Case, NoAnswer, Observation
from splitter.model.rows import Changes
from splitter.parity.chains import Chain
from splitter.parity.origins import neutral
from splitter.parity.rows import neutral_rows
from splitter.parity.sessions import Session, Side, SkippedError
from splitter.workflows.stands import Second


@dataclass(slots=True)
class Twin:
    """A monolith on data as the session found them, started when it is wanted for the first time.

    It is put the session's cases from the first on, in another second of the clock than the
    monolith was, so that a time of day is not the same by chance.
    """

    start: Callable[[], Awaitable[Second]]
    session: Session
    chain: Chain
    asked_until: float
    _second: Second | None = None
    _side: Side = field(default_factory=lambda: Side("monolith"))
    _to_do: deque[Case] = field(default_factory=deque)
    _asked_again: bool = False

    async def answers(
        self, case: Case, base_url: str, *, often: int
    ) -> AsyncGenerator[Observation]:
        """What it answers to a case that is still to be put, and `often` times again to a safe one;
        `base_url` stands where it has its own."""
        second = await self._ready()
        while self._to_do:
            following = self._to_do.popleft()
            answer = await self._put(second, following)
            if following is case:
                break
        else:
            return
        for _ in range(often if case.request.method in SAFE_METHODS else 0):
            if answer is None:
                return
            yield _as_from(answer, second.client.base_url, base_url)
            self._asked_again = True
            answer = await self._put(second, case)
        if answer is not None:
            yield _as_from(answer, second.client.base_url, base_url)

    async def changes(self) -> Changes:
        """The rows that it changes in the whole session, each case put once."""
        if self._asked_again:
            self._second, self._asked_again = None, False
        second = await self._ready()
        while self._to_do:
            await self._put(second, self._to_do.popleft())
        assert second.changes is not None
        return neutral_rows(await second.changes(), [second.client.base_url])

    async def _ready(self) -> Second:
        if self._second is None:
            self._second = await self.start()
            self._side, self._to_do = Side("monolith"), deque(self.chain)
            while int(time.time()) <= int(self.asked_until):
                await asyncio.sleep(1.001 - time.time() % 1)
        return self._second

    async def _put(self, second: Second, case: Case) -> Observation | None:
        session, side, client = self.session, self._side, second.client
        try:
            request = session.request(side, case, client.base_url, time.time())
        except SkippedError:
            session.capture(side, case, None)
            return None
        answer = await client.put(request)
        usable = None if isinstance(answer, NoAnswer) else answer
        if usable is not None:
            session.keep(side, request, usable, time.time())
        session.capture(side, case, usable)
        return usable


def _as_from(answer: Observation, own: str, base_url: str) -> Observation:
    """The answer with the twin's own base URL replaced."""
    headers = tuple((n, neutral(v, own, instead=base_url)) for n, v in answer.headers)
    text = answer.body.decode("latin-1")
    body = neutral(text, own, instead=base_url).encode("latin-1")
    return replace(answer, headers=headers, body=body)

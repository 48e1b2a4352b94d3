"""A second monolith, asked the same in the same order: what it answers otherwise is noise."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from splitter.effects.http import Client
from splitter.model.parity import Case, NoAnswer, Observation
from splitter.parity.origins import neutral
from splitter.parity.sessions import Session, SkippedError

_Key = tuple[str, str]


@dataclass(slots=True)
class Twin:
    """A monolith on a copy of the data that both sides began with.

    It is started by `start` when its answer is wanted for the first time, and is then put all
    requests that the monolith was put before, in their order, so that it stands where that stood.
    """

    start: Callable[[], Client]
    _pending: list[tuple[Session, Case]] = field(default_factory=list)
    _answers: dict[_Key, Observation] = field(default_factory=dict)
    _client: Client | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def note(self, session: Session, case: Case) -> None:
        """The monolith is put this case now."""
        self._pending.append((session, case))

    async def answer(self, case: Case, base_url: str) -> Observation | None:
        """What the twin answers to a case that was noted; `base_url` stands where it has its own.

        None where it has no answer.
        """
        async with self._lock:
            if self._client is None:
                self._client = await asyncio.to_thread(self.start)
            while _key(case) not in self._answers and self._pending:
                await self._put(self._client, *self._pending.pop(0))
        found = self._answers.get(_key(case))
        return _as_from(found, self._client.base_url, base_url) if found else None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _put(self, client: Client, session: Session, case: Case) -> None:
        try:
            request = session.request(session.twin, case, client.base_url, time.time())
        except SkippedError:
            session.capture(session.twin, case, None)
            return
        answer = await client.put(request)
        usable = None if isinstance(answer, NoAnswer) else answer
        if usable is not None:
            session.keep(session.twin, request, usable, time.time())
            self._answers[_key(case)] = usable
        session.capture(session.twin, case, usable)


def _key(case: Case) -> _Key:
    return case.source, case.name


def _as_from(answer: Observation, own: str, base_url: str) -> Observation:
    """The answer with the twin's own base URL replaced."""
    headers = tuple((n, neutral(v, own, instead=base_url)) for n, v in answer.headers)
    text = answer.body.decode("latin-1")
    body = neutral(text, own, instead=base_url).encode("latin-1")
    return replace(answer, headers=headers, body=body)

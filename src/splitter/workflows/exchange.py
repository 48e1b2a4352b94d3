"""Has sessions put to both sides, some at a time, and hands on what came of each case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

from splitter.model.parity import Verdict
from splitter.parity.chains import Chain
from splitter.parity.secrets import Tokens
from splitter.parity.sessions import Session
from splitter.workflows.shrinking import Shrinking
from splitter.workflows.stands import Ground
from splitter.workflows.trials import Trial


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where sessions are put to both sides, and the secrets that the cases spell out."""

    ground: Ground
    known: frozenset[str] = frozenset()
    shrinking: Shrinking | None = None
    tokens: Tokens = field(default_factory=Tokens)
    late: list[Verdict] = field(default_factory=list)
    """In the end, those that nobody had asked for yet when the work was broken off."""

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
            items = [queue.get_nowait() for _ in range(queue.qsize())]
            self.late.extend(item for item in items if isinstance(item, Verdict))
            await self.ground.close()

    async def session(self, chain: Chain) -> AsyncGenerator[Verdict]:
        """The verdicts of one chain, on a stand of its own if it writes; as often as is wanted."""
        async with self.ground.stand(chain) as stand:
            trial = Trial(stand, chain, Session(chain, self.known, self.tokens))
            async with aclosing(trial.verdicts()) as verdicts:
                async for verdict in verdicts:
                    yield verdict

    async def _work(
        self, waiting: Iterator[Chain], queue: asyncio.Queue[Verdict | BaseException | None]
    ) -> None:
        try:
            for chain in waiting:
                if self.shrinking is None:
                    async with aclosing(self.session(chain)) as verdicts:
                        async for verdict in verdicts:
                            queue.put_nowait(verdict)
                else:
                    await self._shrunk(chain, self.shrinking, queue)
        except Exception as error:
            queue.put_nowait(error)
        else:
            queue.put_nowait(None)

    async def _shrunk(
        self,
        chain: Chain,
        shrinking: Shrinking,
        queue: asyncio.Queue[Verdict | BaseException | None],
    ) -> None:
        """Put a session, and shrink it if it fails; its verdicts are told even if that is broken
        off."""
        found: list[Verdict] = []
        try:
            async with aclosing(self.session(chain)) as verdicts:
                async for verdict in verdicts:
                    found += (verdict,)
            found = await shrinking.told(chain, found, self.session, fresh=self.ground.fresh)
        finally:
            for verdict in found:
                queue.put_nowait(verdict)

"""Has sessions put to both sides, some at a time, and hands on what came of each case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass

from splitter.model.parity import Verdict
from splitter.parity.chains import Chain
from splitter.parity.sessions import Session
from splitter.workflows.stands import Ground
from splitter.workflows.trials import Trial


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where sessions are put to both sides, and the secrets that the cases spell out."""

    ground: Ground
    known: frozenset[str] = frozenset()

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
            await self.ground.close()

    async def session(self, chain: Chain) -> AsyncGenerator[Verdict]:
        """The verdicts of one chain, on a stand of its own if it writes; as often as is wanted."""
        async with self.ground.stand(chain) as stand:
            trial = Trial(stand, chain, Session(chain, self.known))
            async with aclosing(trial.verdicts()) as verdicts:
                async for verdict in verdicts:
                    yield verdict

    async def _work(
        self, waiting: Iterator[Chain], queue: asyncio.Queue[Verdict | BaseException | None]
    ) -> None:
        try:
            for chain in waiting:
                async with aclosing(self.session(chain)) as verdicts:
                    async for verdict in verdicts:
                        queue.put_nowait(verdict)
        except Exception as error:
            queue.put_nowait(error)
        else:
            queue.put_nowait(None)

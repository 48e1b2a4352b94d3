"""What a worker does, wherever it runs: it puts batches of sessions to both sides."""

from __future__ import annotations

import asyncio
import pickle
import signal
import sys
import traceback
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection

from splitter.errors import SplitterError
from splitter.model.parity import Verdict
from splitter.parity.backlog import Batch
from splitter.parity.transit import packed
from splitter.workflows.data import Say
from splitter.workflows.exchange import Exchange
from splitter.workflows.places import Place
from splitter.workflows.shrinking import Judge, Shrinking
from splitter.workflows.stands import Ground


@dataclass(frozen=True, slots=True)
class Duty:
    """What a worker has to know. `known` are secrets that the cases spell out."""

    place: Place
    known: frozenset[str]
    concurrency: int
    judge: Judge | None = None
    """What sessions that fail are shrunk by, if they are to be."""

    def shrinking(self, say: Say) -> Shrinking | None:
        return None if self.judge is None else Shrinking(self.judge, say)


def put(batch: Batch, duty: Duty) -> list[Verdict]:
    """All verdicts of a batch, packed, on servers that are let go at its end."""

    async def everything(ground: Ground) -> list[Verdict]:
        try:
            shrinking = duty.shrinking(lambda text: None)
            found = _verdicts(batch, duty, ground, shrinking)
            return packed([verdict async for some in found for verdict in some])
        finally:
            await ground.close()

    with duty.place.ground(lambda text: None) as ground:
        return asyncio.run(everything(ground))


READY = True
"""What a worker sends once it has both sides at hand."""


def serve(connection: Connection, duty: Duty) -> None:
    """Put the batches that come through the connection until it is closed, and send verdicts,
    packed, as they come, text that is to be said, and the error that ends it, if there is one."""
    stop = _Stop()
    signal.signal(signal.SIGTERM, stop)
    try:
        say = partial(_say, connection, stop)
        with duty.place.ground(say) as ground, asyncio.Runner() as runner:
            runner.run(_serve(connection, duty, ground, stop))
    except Exception as error:
        if not isinstance(error, SplitterError):
            error.add_note(traceback.format_exc())
        with suppress(OSError):
            _send(connection, error)


def _say(connection: Connection, stop: _Stop, text: str) -> None:
    with suppress(OSError):
        connection.send(text)
        return
    stop()  # whoever would hear it is gone


def _leave() -> None:
    """While an exception is on its way all is being tidied up already."""
    if sys.exc_info()[0] is None:
        sys.exit()


class _Stop:
    """What SIGTERM does, once: while the servers are started it ends that, then what `how` says.
    The tidying up is not interrupted."""

    def __init__(self) -> None:
        self.how: Callable[[], object] | None = _leave

    def __call__(self, number: int = 0, frame: object = None) -> None:
        how, self.how = self.how, None
        if how is not None:
            how()


def _send(connection: Connection, error: Exception) -> None:
    try:
        connection.send(error)
    except (pickle.PicklingError, TypeError, AttributeError):
        connection.send(RuntimeError(repr(error)))


async def _serve(connection: Connection, duty: Duty, ground: Ground, stop: _Stop) -> None:
    loop = asyncio.get_running_loop()
    batches: asyncio.Queue[Batch] = asyncio.Queue()
    work = asyncio.create_task(_work(connection, batches, duty, ground))

    def receive() -> None:
        try:
            batches.put_nowait(connection.recv())
        except (EOFError, OSError):
            loop.remove_reader(connection.fileno())
            stop()

    stop.how = partial(loop.call_soon_threadsafe, work.cancel)
    loop.add_reader(connection.fileno(), receive)
    connection.send(READY)
    try:
        await asyncio.wait([work])
        if not work.cancelled():
            work.result()
    finally:
        stop.how = None
        await ground.close()


async def _work(
    connection: Connection, batches: asyncio.Queue[Batch], duty: Duty, ground: Ground
) -> None:
    shrinking = duty.shrinking(connection.send)
    while True:
        batch = await batches.get()
        async with aclosing(_verdicts(batch, duty, ground, shrinking)) as verdicts:
            async for some in verdicts:
                if some:
                    connection.send(packed(some))


async def _verdicts(
    batch: Batch, duty: Duty, ground: Ground, shrinking: Shrinking | None
) -> AsyncGenerator[list[Verdict]]:
    """Of a batch whose worker died one session is put at a time: it tells which it died of."""
    exchange = Exchange(replace(ground, close=_stays), duty.known, shrinking)
    concurrency = 1 if batch.deaths else duty.concurrency
    async with aclosing(exchange.verdicts(batch.chains, concurrency=concurrency)) as verdicts:
        async for some in verdicts:
            yield some


async def _stays() -> None:
    """The ground outlives the batch."""

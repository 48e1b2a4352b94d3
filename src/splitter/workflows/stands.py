"""What a session is put to: both sides at the ready, and perhaps a second monolith and the data."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from splitter.effects.http import Client
from splitter.model.rows import Changes
from splitter.parity.chains import Chain

BothChanges = Callable[[], Awaitable[tuple[Changes, Changes]]]
"""Stops both sides, and gives the rows that each has changed."""


@dataclass(frozen=True, slots=True)
class Second:
    """Another monolith, on data as they were when the session began.

    `changes` stops it and gives the rows that it has changed.
    """

    client: Client
    changes: Callable[[], Awaitable[Changes]] | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """Both sides. `changes` stops them and gives the rows that each has changed; it is there only
    where the data are this session's alone. `second` gives a monolith that lives as long as the
    stand; a safe request may be put again to it if the data are shared, else to the first."""

    monolith: Client
    services: Mapping[str, Client]
    second: Callable[[], Awaitable[Second]] | None = None
    changes: BothChanges | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """Gives a stand for each session, as often as it is asked; `close` ends all of it. `fresh`: a
    session that writes finds data as they were at first, each time."""

    stand: Callable[[Chain], AbstractAsyncContextManager[Stand]]
    close: Callable[[], Awaitable[None]]
    fresh: bool = False


def given(
    monolith: Client, services: Mapping[str, Client], twin: Callable[[], Client] | None = None
) -> Ground:
    """Servers that are there, the same for all sessions. `twin` starts a second monolith."""
    started: list[Client] = []

    async def second() -> Second:
        assert twin is not None
        started.append(twin())
        return Second(started[-1])

    stand = Stand(monolith, services, second if twin else None)

    @asynccontextmanager
    async def same(chain: Chain) -> AsyncIterator[Stand]:
        yield stand

    async def close() -> None:
        for client in {id(c): c for c in (monolith, *services.values(), *started)}.values():
            await client.close()

    return Ground(same, close)

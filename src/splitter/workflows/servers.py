"""Servers on a fork of the data, started as they are needed and stopped together."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket

from splitter.effects.http import Client
from splitter.effects.nursery import Nursery, Server, url_of
from splitter.effects.rows import Snapshot
from splitter.model.rows import Changes
from splitter.workflows import data
from splitter.workflows.data import Base, Fork
from splitter.workflows.project import Project
from splitter.workflows.sites import Site

AHEAD = 4
"""How many forks are made before they are wanted, at most."""

Held = AbstractContextManager[Fork]


@dataclass(slots=True)
class Forks:
    """Forks of one base, some of them made ahead: the more, the more were wanted so far."""

    project: Project
    base: Base
    at: Path
    _made: deque[asyncio.Task[tuple[Fork, Held]]] = field(default_factory=deque)
    _begun: int = 0
    _taken: int = 0
    _reference: Held | None = None
    _snapshot: Snapshot | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self) -> tuple[Fork, Held]:
        """A fork, and what drops it when it is left."""
        if not self._made:
            self._begin()
        first = self._made.popleft()
        while len(self._made) < min(self._taken, AHEAD):
            self._begin()
        self._taken += 1
        return await first

    async def changes(self, fork: Fork) -> Changes:
        """The rows of a fork that were otherwise when it was made; nobody is at work on it now."""
        async with self._lock:
            if self._snapshot is None:
                reference, self._reference = await self.take()
                self._snapshot = Snapshot(reference.url, reference.folder)
                return await asyncio.to_thread(self._snapshot.changes, fork.url, fork.folder)
        return await asyncio.to_thread(self._snapshot.changes, fork.url, fork.folder)

    async def close(self) -> None:
        """Drop those that nobody took."""
        if self._reference is not None:
            await asyncio.to_thread(self._reference.__exit__, None, None, None)
        for result in await asyncio.gather(*self._made, return_exceptions=True):
            if not isinstance(result, BaseException):
                await asyncio.to_thread(result[1].__exit__, None, None, None)

    def _begin(self) -> None:
        self._begun += 1
        held = data.fork(self.project, self.base, self.at, f"fork{self._begun}")
        self._made.append(asyncio.create_task(self._make(held)))

    async def _make(self, held: Held) -> tuple[Fork, Held]:
        return await asyncio.to_thread(held.__enter__), held


@dataclass(slots=True)
class Servers:
    """Servers on one fork."""

    site: Site
    forks: Forks
    number: int
    timeout: float
    _fork: tuple[Fork, Held] | None = None
    _running: list[AbstractContextManager[object]] = field(default_factory=list)
    _clients: list[Client] = field(default_factory=list)

    async def fork(self) -> Fork:
        """The data; taken at first."""
        if self._fork is None:
            self._fork = await self.forks.take()
        return self._fork[0]

    async def serve(self, nursery: Nursery, server: Server, listening: socket) -> Client:
        """Start a server and give a client for it."""
        url, running = url_of(listening), nursery.serve(server, listening)
        await asyncio.to_thread(running.__enter__)
        self._running.append(running)
        self._clients.append(Client(url, timeout=self.timeout))
        return self._clients[-1]

    async def stop(self) -> None:
        """Stop the servers; what their requests set off is done then."""
        running, self._running = self._running, []
        clients, self._clients = self._clients, []
        for client in clients:
            await client.close()
        ends = (asyncio.to_thread(one.__exit__, None, None, None) for one in running)
        await asyncio.gather(*ends)

    async def changes(self) -> Changes:
        """Stop; the rows that were changed."""
        await self.stop()
        return await self.forks.changes(await self.fork())

    async def close(self) -> None:
        """Stop, and drop the data."""
        await self.stop()
        if self._fork is not None:
            held, self._fork = self._fork[1], None
            await asyncio.to_thread(held.__exit__, None, None, None)

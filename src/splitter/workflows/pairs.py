"""Servers on forks of the data, started as they are needed and stopped together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket

from splitter.effects.http import Client
from splitter.effects.nursery import Nursery, Server, bound, url_of
from splitter.effects.rows import Snapshot
from splitter.model.rows import Changes
from splitter.workflows import data
from splitter.workflows.data import Base, Fork
from splitter.workflows.project import Project
from splitter.workflows.sides import REST
from splitter.workflows.sites import Site
from splitter.workflows.stands import Second

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


@dataclass(slots=True)
class Lone:
    """A second monolith."""

    site: Site
    forks: Forks
    number: int
    timeout: float
    _servers: Servers | None = None
    _second: Second | None = None

    async def second(self) -> Second:
        """It, running."""
        if self._second is None:
            self._servers = Servers(self.site, self.forks, self.number, self.timeout)
            fork = await self._servers.fork()
            server = self.site.monolith("second", fork.variables, self.number)
            self.site.say_once("starting second monoliths: what they answer otherwise is noise")
            nursery = await asyncio.to_thread(self.site.other_nursery)
            client = await self._servers.serve(nursery, server, bound())
            self._second = Second(client, self.changes)
        return self._second

    async def changes(self) -> Changes:
        """Stop it; the rows that it has changed."""
        assert self._servers is not None
        return await self._servers.changes()

    async def close(self) -> None:
        if self._servers is not None:
            await self._servers.close()


class Pair:
    """The monolith on one fork; on another the services, and the monolith for the rest."""

    def __init__(self, site: Site, forks: Forks, number: int, timeout: float) -> None:
        self.site, self.number = site, number
        self.ours = Servers(site, forks, number, timeout)
        self.theirs = Servers(site, forks, number, timeout)
        self.services: dict[str, Client] = {}
        self._monolith: Client | None = None
        self._places: dict[str, socket] = {}
        self._urls: dict[str, str] = {}

    @property
    def monolith(self) -> Client:
        assert self._monolith is not None
        return self._monolith

    async def start(self, names: Collection[str]) -> None:
        """Have these services running, and those that they ask; `REST` is the monolith there."""
        starts = [self._started(*item) for item in (await self._missing(names)).items()]
        await asyncio.gather(self._started_monolith(), *starts)

    async def changes(self) -> tuple[Changes, Changes]:
        """Stop both sides; the rows that each has changed."""
        ours, theirs = await asyncio.gather(self.ours.changes(), self.theirs.changes())
        return ours, theirs

    async def close(self) -> None:
        for listening in self._places.values():
            listening.close()
        await asyncio.gather(self.ours.close(), self.theirs.close())

    async def _started_monolith(self) -> None:
        if self._monolith is None:
            fork = await self.ours.fork()
            server = self.site.monolith("monolith", fork.variables, self.number)
            self._monolith = await self.ours.serve(self.site.nursery, server, bound())

    async def _missing(self, names: Collection[str]) -> dict[str, Server]:
        found: dict[str, Server] = {}
        told = {**(await self.theirs.fork()).variables, **self._addresses()}
        for service in self.site.with_asked([n for n in names if n != REST]):
            if service.name not in self.services:
                found[service.name] = self.site.service(service, told, self.number)
        if REST in names and REST not in self.services:
            fork = await self.theirs.fork()
            found[REST] = self.site.monolith("rest", fork.variables, self.number)
        return found

    def _addresses(self) -> Mapping[str, str]:
        """Where each service is or will be, for those that ask others."""
        if not self.site.project.manifest.calls:
            return {}
        for service in self.site.services:
            if service.url_variable not in self._urls:
                self._places[service.name] = bound()
                self._urls[service.url_variable] = url_of(self._places[service.name])
        return self._urls

    async def _started(self, name: str, server: Server) -> None:
        listening = self._places.pop(name, None) or bound()
        self.services[name] = await self.theirs.serve(self.site.nursery, server, listening)


async def closed(*ones: Pair | Lone) -> None:
    """Close all, at the same time."""
    await asyncio.gather(*(one.close() for one in ones))

"""Who works on a fork of the data: the monolith alone, or the services with the monolith for the
rest."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from socket import socket

from splitter.effects.http import Client
from splitter.effects.nursery import Server, bound, url_of
from splitter.model.rows import Changes
from splitter.workflows.servers import Forks, Servers
from splitter.workflows.sides import REST
from splitter.workflows.sites import Site
from splitter.workflows.stands import Second
from splitter.workflows.starts import Starts


@dataclass(slots=True)
class Lone:
    """A second monolith."""

    site: Site
    forks: Forks
    number: int
    timeout: float
    starts: Starts
    processes: int = 1
    _servers: Servers | None = None
    _second: Second | None = None

    async def second(self) -> Second:
        """It, running, on data on which as many `processes` have started."""
        if self._second is None:
            self._servers = Servers(self.site, self.forks, self.number, self.timeout)
            fork = await self._servers.fork()
            server = self.site.monolith("second", fork.variables, self.number)
            self.site.say_once("starting second monoliths: what they answer otherwise is noise")
            nursery = await asyncio.to_thread(self.site.other_nursery)
            await self.starts.made_even(self._servers, nursery, "second", self.processes)
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

    def __init__(
        self, site: Site, forks: Forks, number: int, timeout: float, starts: Starts
    ) -> None:
        self.site, self.number, self.starts = site, number, starts
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
        missing = await self._missing(names)
        starts = [self._started(*item) for item in missing.items()]
        await asyncio.gather(self._started_monolith(len(missing)), *starts)

    async def changes(self) -> tuple[Changes, Changes]:
        """Stop both sides; the rows that each has changed."""
        ours, theirs = await asyncio.gather(self.ours.changes(), self.theirs.changes())
        return ours, theirs

    async def close(self) -> None:
        for listening in self._places.values():
            listening.close()
        await asyncio.gather(self.ours.close(), self.theirs.close())

    async def _started_monolith(self, processes: int) -> None:
        if self._monolith is None:
            fork = await self.ours.fork()
            await self.starts.made_even(self.ours, self.site.nursery, "monolith", processes)
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

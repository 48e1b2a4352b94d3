"""Applications that write each time they start: each side is to have been started as often."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from splitter.effects.nursery import Nursery, bound
from splitter.workflows.servers import Servers
from splitter.workflows.sites import Site


@dataclass(slots=True)
class Starts:
    """On the services' side several processes start on one fork, on the monolith's one alone.

    Where the monolith writes each time it starts, that is told to it beforehand: else it would
    have fewer rows of starting, other ids and shorter lists than the services.
    """

    site: Site
    _write: bool | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def made_even(
        self, servers: Servers, nursery: Nursery, role: str, processes: int
    ) -> None:
        """Start and stop the monolith on data on which it will be started once more, so that there
        are as many starts as `processes`. Nothing is done where starting writes nothing."""
        done = 0
        if processes > 1 and self._write is None:
            async with self._lock:
                if self._write is None:
                    await self._once(servers, nursery, role)
                    self._write, done = bool(await servers.changes()), 1
        for _ in range(done, processes - 1 if self._write else 0):
            await self._once(servers, nursery, role)

    async def _once(self, servers: Servers, nursery: Nursery, role: str) -> None:
        fork = await servers.fork()
        server = self.site.monolith(role, fork.variables, servers.number)
        await servers.serve(nursery, server, bound())
        await servers.stop()

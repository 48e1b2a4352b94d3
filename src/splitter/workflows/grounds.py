"""Where sessions are put to servers of splitter's own: each that writes to a pair of its own.

A pair is the monolith on one fork of the data, and on another fork the services with a second
monolith for routes that no service has, as behind the gateway. Sessions that only read share a
pair.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from splitter.effects.nursery import Nursery, nursery
from splitter.effects.scratch import scratch
from splitter.model.parity import SAFE_METHODS
from splitter.model.plan import Service
from splitter.parity.chains import Chain
from splitter.workflows import data
from splitter.workflows.data import Say
from splitter.workflows.pairs import Lone, Pair, closed
from splitter.workflows.project import Project
from splitter.workflows.servers import Forks
from splitter.workflows.sides import asked
from splitter.workflows.sites import Site
from splitter.workflows.stands import Ground, Second, Stand
from splitter.workflows.starts import Starts

AT_A_TIME = max(2, os.cpu_count() or 2)
"""How many sessions have servers of their own at a time."""


@contextmanager
def own_ground(
    project: Project, services: Sequence[Service], *, timeout: float, say: Say
) -> Iterator[Ground]:
    """Servers on free ports, for as long as they are needed; no process and no data are left.

    The services' files are those of `project.sources`, be they on the disk or only proposed.
    StartError says which server did not come up, with the end of its log.
    """
    with ExitStack() as stack:
        at = stack.enter_context(scratch("parity"))
        born = stack.enter_context(nursery(_nursery(project, at)))
        site = Site(project, (*asked(project, services), *services), at, born, say)
        stack.callback(site.close)
        site.lay()
        base = stack.enter_context(data.base(project, at, site.monolith_alone, say))
        born.warm()
        grounds = _Own(site, Forks(project, base, at), Starts(site), timeout)
        fresh = project.settings.database.isolation != "run"
        yield Ground(grounds.stand, grounds.close, fresh)


@dataclass(slots=True)
class _Own:
    """Makes stands; the one that sessions share is made when it is first wanted."""

    site: Site
    forks: Forks
    starts: Starts
    timeout: float
    _shared: Pair | None = None
    _second: Lone | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _seats: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_A_TIME))
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def stand(self, chain: Chain) -> AsyncIterator[Stand]:
        names = {case.service for case in chain}
        if not self._is_alone(chain):
            yield await self._common(names)
            return
        async with self._seats:
            pair = self._pair()
            seconds: list[Lone] = []

            async def second() -> Second:
                seconds.append(self._lone(len(pair.services)))
                return await seconds[-1].second()

            try:
                await pair.start(names)
                yield Stand(pair.monolith, pair.services, second, pair.changes)
            finally:
                await closed(pair, *seconds)

    def _is_alone(self, chain: Chain) -> bool:
        if self.site.project.settings.database.isolation == "run":
            return False
        return any(case.request.method not in SAFE_METHODS for case in chain)

    async def _common(self, names: Collection[str]) -> Stand:
        async with self._lock:
            if self._shared is None:
                self._shared = self._pair()
            await self._shared.start(names)
        return Stand(self._shared.monolith, self._shared.services, self._common_second)

    async def _common_second(self) -> Second:
        async with self._lock:
            if self._second is None:
                self._second = self._lone()
            found = await self._second.second()
        return Second(found.client)

    def _pair(self) -> Pair:
        return Pair(self.site, self.forks, next(self._numbers), self.timeout, self.starts)

    def _lone(self, processes: int = 1) -> Lone:
        number = next(self._numbers)
        return Lone(self.site, self.forks, number, self.timeout, self.starts, processes)

    async def close(self) -> None:
        """End what all sessions shared, and forks that were made ahead."""
        await closed(*(one for one in (self._shared, self._second) if one is not None))
        await self.forks.close()


def _nursery(project: Project, at: Path) -> Nursery:
    database = project.settings.database
    variables = {name for name in (database.url_env, *database.environment) if name}
    variables |= {service.url_variable for service in project.planned()}
    own = {project.settings.monolith.app.partition(":")[0].partition(".")[0], "services", "shared"}
    return Nursery(
        project.settings.python,
        at / "zygote.log",
        frozenset(own),
        frozenset(variables),
        project.settings.monolith.environment,
    )

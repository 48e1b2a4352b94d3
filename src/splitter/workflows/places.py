"""Where a worker puts sessions: servers that are given to it, or its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from splitter.effects.http import Client
from splitter.workflows.data import Say
from splitter.workflows.grounds import own_ground
from splitter.workflows.project import open_project
from splitter.workflows.stands import Ground, given


class Place(Protocol):
    """Where sessions are put; it can be sent to another process."""

    def ground(self, say: Say) -> AbstractContextManager[Ground]:
        """Both sides, for as long as the worker needs them."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Servers that are there, the same for all workers."""

    monolith: str
    services: tuple[tuple[str, str], ...]
    timeout: float

    @contextmanager
    def ground(self, say: Say) -> Iterator[Ground]:
        services = {name: Client(url, timeout=self.timeout) for name, url in self.services}
        yield given(Client(self.monolith, timeout=self.timeout), services)


@dataclass(frozen=True, slots=True)
class Own:
    """Servers of each worker's own, on a copy of the data of its own."""

    root: Path
    services: tuple[str, ...]
    timeout: float

    @contextmanager
    def ground(self, say: Say) -> Iterator[Ground]:
        project = open_project(self.root)
        services = [project.settings.service(name) for name in self.services]
        with own_ground(project, services, timeout=self.timeout, say=say) as ground:
            yield ground

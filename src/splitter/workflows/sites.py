"""What is served to sessions: the monolith from a copy of the project, each service alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from splitter.effects.nursery import Nursery, Server, bound
from splitter.effects.scratch import copy_project, lay
from splitter.model.plan import Service
from splitter.workflows.data import Say
from splitter.workflows.project import Project
from splitter.workflows.sides import asked, folder_of, own_files


@dataclass(frozen=True)
class Site:
    """The applications of a project, `services` and those that these ask among them."""

    project: Project
    services: Sequence[Service]
    at: Path
    nursery: Nursery
    say: Say
    _others: list[Nursery] = field(default_factory=list)
    _said: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def lay(self) -> None:
        """Put down the files that all servers of one application share."""
        for role in ("monolith", "rest", "second"):
            copy_project(self.project.root, self.at / role)
        for service in self.services:
            lay(folder_of(self.at, service), own_files(self.project, service))

    def with_asked(self, names: Sequence[str]) -> list[Service]:
        """The services of these names, and before them those that they ask."""
        chosen = [s for s in self.services if s.name in names]
        return [*asked(self.project, chosen), *chosen]

    def other_nursery(self) -> Nursery:
        """One for second monoliths: what hangs on the hashes of a process is not the same there."""
        with self._lock:
            if not self._others:
                self._others.append(self.nursery.sibling(self.at / "zygote-2.log"))
        return self._others[0]

    def close(self) -> None:
        for nursery in self._others:
            nursery.close()

    def say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.say(text)

    @contextmanager
    def monolith_alone(self, environment: dict[str, str]) -> Iterator[str]:
        """The monolith, for as long as that is open."""
        listening = bound()
        with self.nursery.serve(self.monolith("monolith", environment, 0), listening) as running:
            yield running.url

    def monolith(self, role: str, environment: Mapping[str, str], number: int) -> Server:
        """The monolith, from a copy of the project that it shares with others in its role."""
        monolith = self.project.settings.monolith
        return Server(
            "monolith",
            monolith.app,
            self.at / role,
            {**monolith.environment, **environment},
            self.at / "logs" / f"{role}-{number}.log",
            factory=monolith.factory,
            timeout=monolith.start_seconds,
        )

    def service(self, service: Service, environment: Mapping[str, str], number: int) -> Server:
        """A service, from a folder with only shared/ and itself."""
        monolith = self.project.settings.monolith
        return Server(
            f"{service.name} service",
            service.application,
            folder_of(self.at, service),
            {**monolith.environment, **environment},
            self.at / "logs" / f"{service.name}-{number}.log",
            timeout=monolith.start_seconds,
            ready="/health",
        )

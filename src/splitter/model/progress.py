"""How far a migration has come, as a status page states it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Milestone:
    """One line of the status page: a fact that holds (`done`) or a step to be taken."""

    what: str
    done: bool
    next: str = ""


@dataclass(frozen=True, slots=True)
class ServiceProgress:
    """A service, its port and its milestones in the order in which they are reached."""

    name: str
    port: int
    milestones: tuple[Milestone, ...]

    @property
    def percent(self) -> int:
        return round(100 * sum(m.done for m in self.milestones) / len(self.milestones))


@dataclass(frozen=True, slots=True)
class Progress:
    """The whole page: foundation, services, integration; `date` is ISO 8601."""

    project: str
    date: str
    monolith_port: int
    foundation: tuple[Milestone, ...]
    services: tuple[ServiceProgress, ...]
    integration: tuple[Milestone, ...]
    steps: tuple[str, ...] = ()

"""How far a migration has come, as a status page states it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Milestone:
    """One line of the status page: a fact that holds (`done`) or a step to be taken.

    `id` is a short name that does not change with the wording.
    """

    what: str
    done: bool
    next: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class RouteStand:
    """A route, how far it has moved, and who moved it when (ISO 8601; empty: nobody yet).

    `hits` are requests that the monolith still had on it after its deprecation, the last of them on
    the day `last`; `None`: nothing counted them.
    """

    title: str
    state: str = "monolith"
    percent: int = 0
    moved: str = ""
    by: str = ""
    hits: int | None = None
    last: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """The last parity run: `when` in ISO 8601; `current`: for the files as they are now."""

    ok: bool
    when: str
    matched: int
    total: int
    current: bool


@dataclass(frozen=True, slots=True)
class Blockage:
    """What is in the way, and the command that helps, or shows more; empty where none does."""

    why: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """Requests that the gateway has logged for a service's routes, by who answered them."""

    service: str
    answered: int
    by_monolith: int


@dataclass(frozen=True, slots=True)
class ServiceProgress:
    """A service, its port and its milestones in the order in which they are reached.

    `remarks` say what else needs a look, `blocked` what is in the way.
    """

    name: str
    port: int
    milestones: tuple[Milestone, ...]
    remarks: tuple[str, ...] = ()
    routes: tuple[RouteStand, ...] = ()
    proof: Proof | None = None
    blocked: tuple[Blockage, ...] = ()

    @property
    def percent(self) -> int:
        return round(100 * sum(m.done for m in self.milestones) / len(self.milestones))

    @property
    def started(self) -> bool:
        return any(milestone.done for milestone in self.milestones)

    @property
    def following(self) -> Milestone | None:
        """The first milestone that is not reached."""
        return next((m for m in self.milestones if not m.done), None)


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the whole way, in percent of its milestones."""

    name: str
    percent: int

    @property
    def state(self) -> str:
        if self.percent == 100:
            return "complete"
        return "in progress" if self.percent else "not started"


@dataclass(frozen=True, slots=True)
class Place:
    """A file, or a folder with a slash at its end, and what is to be said of it."""

    path: str
    what: str = ""
    done: bool = True


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
    phases: tuple[Phase, ...] = ()
    places: tuple[Place, ...] = ()
    gateway_port: int = 0
    shares: tuple[Share, ...] = ()
    kept: tuple[RouteStand, ...] = ()
    """Routes that no planned service has."""

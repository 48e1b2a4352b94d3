"""What a plan comes to in figures: code, tables and calls, for each service and for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from splitter.model.changes import Note
from splitter.model.monolith import Route
from splitter.model.plan import Placement, Service


@dataclass(frozen=True, slots=True)
class Amount:
    """How much code: files that have some of it, top-level definitions, lines of statements.

    Comments and blank lines between statements do not count.
    """

    files: int = 0
    symbols: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Crossing:
    """Code that runs for a service uses a name of a route module that is another one's.

    `owner` is empty where no planned service has that module; `name` is `module:name`.
    """

    service: str
    owner: str
    name: str
    path: str
    line: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A route that writes tables of several owners in one request."""

    route: str
    path: str
    line: int
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableUsers:
    """A table, those whose routes write and read it, and its owner among them.

    These are services and, for routes that stay, the monolith. The owner has more than half of the
    routes that write it; empty if nobody does, or if more than two write it.
    """

    name: str
    owner: str
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedFile:
    """Code of a module that goes to `shared/`, with the services that have it, and why.

    `names` is empty where all of the module goes.
    """

    module: str
    path: str
    names: tuple[str, ...]
    target: str
    lines: int
    services: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Tie:
    """Some services, but not all, share code that nobody else has."""

    services: tuple[str, ...]
    amount: Amount


@dataclass(frozen=True, slots=True)
class Figures:
    """A planned service.

    `own` and `shared` are what is copied for it; `around` is the part of both that its routes do
    not reach: what the application has around every route, and what is kept in doubt. `whole` are
    the same modules as whole files, `closure` is what its route files import, file by file.
    `left_out` are the places (path, line) where the application is cut. `writes` and `reads` are
    the tables of its routes; a table that it only reads is not in `writes`. `unneeded` are the
    distributions that the monolith's own files ask for and this service can do without.
    `omitted` are the names that the owner leaves out of it, `spared` the lines that do not come
    along because of that.
    """

    service: Service
    routes: tuple[Route, ...]
    placements: tuple[Placement, ...]
    own: Amount
    shared: Amount
    around: Amount
    whole: Amount
    closure: Amount
    left_out: tuple[tuple[str, int], ...] = ()
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    spans: tuple[Span, ...] = ()
    requirements: tuple[str, ...] = ()
    unneeded: tuple[str, ...] = ()
    blockers: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    omitted: tuple[str, ...] = ()
    spared: int = 0

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def copied(self) -> int:
        """The lines that are copied for this service, shared ones included."""
        return self.own.lines + self.shared.lines


@dataclass(frozen=True, slots=True)
class Chart:
    """All planned services together. `left` are the routes that none of them takes.

    `circles` are services that use names of each other's route modules all around.
    """

    app: str
    monolith: Amount
    services: tuple[Figures, ...]
    shared: tuple[SharedFile, ...] = ()
    ties: tuple[Tie, ...] = ()
    tables: tuple[TableUsers, ...] = ()
    circles: tuple[tuple[str, ...], ...] = ()
    left: tuple[Route, ...] = ()
    notes: tuple[Note, ...] = ()

    def figures(self, name: str) -> Figures | None:
        """Those of a service, if it is planned."""
        return next((found for found in self.services if found.name == name), None)

    def contested(self, name: str) -> tuple[str, ...]:
        """The tables that the routes of a service write, and those of another one too."""
        return tuple(t.name for t in self.tables if name in t.writers and len(t.writers) > 1)

    def foreign(self, name: str) -> tuple[str, ...]:
        """The tables that a service only reads, and others write."""
        return tuple(
            t.name for t in self.tables if name in t.readers and t.writers and name not in t.writers
        )

    def references(self, name: str) -> tuple[tuple[str, str], ...]:
        """From tables of a service to tables of others, by foreign keys and relationships."""
        owners = {t.name: t.owner for t in self.tables}
        return tuple(
            (t.name, other)
            for t in self.tables
            if t.owner == name
            for other in t.references
            if owners.get(other, "") not in ("", name)
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of a service was something else in another plan; `None`: it is not planned there."""

    service: str
    figure: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """A chart, and what differs from another one, which `against` names (`` for none)."""

    chart: Chart
    differences: tuple[Difference, ...] = ()
    against: str = ""

"""What is known of a monolith: its files, modules, routes and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from splitter.model.changes import Note
from splitter.model.ranking import Candidate


class Sources(Mapping[str, bytes]):
    """A snapshot of the project's files: posix path below the root → bytes. Never changes."""

    __slots__ = ("_files",)

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    def __getitem__(self, path: str) -> bytes:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the application, under its whole path.

    `endpoint` is `module:qualname`; `file` is relative to the project root (empty where the
    endpoint is not in the project); `line` counts from 1; `kind` is `http`, `websocket` or `mount`.
    """

    methods: tuple[str, ...]
    path: str
    endpoint: str
    file: str
    line: int
    found_by: tuple[str, ...] = ("static",)
    kind: str = "http"
    name: str = ""
    in_schema: bool = True

    @property
    def module(self) -> str:
        return self.endpoint.partition(":")[0]


@dataclass(frozen=True, slots=True)
class TableUse:
    """A module reads or writes a table, seen at a line, through the ORM or in raw SQL."""

    module: str
    line: int
    mode: str
    how: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table, the class that maps it (`module:Class`, empty if only SQL names it), its users.

    `references` are the tables that it is tied to; `cascades` those whose rows are deleted with
    one of its own, by the database or by the ORM.
    """

    name: str
    model: str
    file: str
    line: int
    uses: tuple[TableUse, ...] = ()
    references: tuple[str, ...] = ()
    cascades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Variable:
    """An environment variable that code asks for; `default` is an expression, empty if none."""

    name: str
    file: str
    line: int
    required: bool
    default: str
    module: str


@dataclass(frozen=True, slots=True, order=True)
class Observation:
    """While the monolith's tests ran, an endpoint (`module:qualname`) read or wrote a table."""

    endpoint: str
    table: str
    mode: str


@dataclass(frozen=True, slots=True, order=True)
class Access:
    """An endpoint reads or writes a table. `at` are the places, `file:line`, where the code does.

    `found_by` is `static` where the endpoint's code can reach such a place, `runtime` where the
    tests saw it happen.
    """

    endpoint: str
    table: str
    mode: str
    found_by: tuple[str, ...]
    at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunningApp:
    """What the monolith says of itself when its own interpreter imports it.

    `distributions` maps an import name to the distributions that provide it, `versions` a
    normalised distribution name to the installed version, `requires` to what it requires
    (environment markers already applied). `reads` are the environment variables read while
    importing, with the value seen (`None`: not set); `read_at` says where, as `file:line`, for
    those that the project's own code asks for. `mounted` holds the OpenAPI documents of mounted
    applications by their whole prefix. `error` is empty if the import succeeded and routes were
    found, else `hint` says what to do; `remarks` are lines about what is odd but did not stop it.
    """

    python: str
    python_version: str
    routes: tuple[Route, ...] = ()
    openapi: Mapping[str, object] = field(default_factory=dict)
    middleware: tuple[str, ...] = ()
    exception_handlers: tuple[str, ...] = ()
    reads: Mapping[str, str | None] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    distributions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    error: str = ""
    read_at: Mapping[str, str] = field(default_factory=dict)
    mounted: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A Python module of the monolith: dotted name as the monolith imports it, and its file."""

    name: str
    path: str
    is_package: bool
    lines: int
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Monolith:
    """All that was found out before anything is planned.

    `matrix`: who (a planned service, or the monolith with the other routes) → table → `r`, `w`,
    or `rw`.
    """

    app: str
    factory: bool
    modules: tuple[Module, ...]
    routes: tuple[Route, ...]
    tables: tuple[Table, ...]
    findings: tuple[Note, ...]
    running: RunningApp | None = None
    accesses: tuple[Access, ...] = ()
    matrix: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    variables: tuple[Variable, ...] = ()
    ranking: tuple[Candidate, ...] = ()

"""What is to be done: a service, where each piece of code goes, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from splitter.model.changes import Note
from splitter.model.monolith import Route


class Home(StrEnum):
    """Where code lives after the split."""

    SERVICE = "service"
    SHARED = "shared"
    MONOLITH = "monolith"


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the user names it; `routes` are modules, files or URL prefixes, as given.

    `owns` are modules, packages and names of the monolith that are its own besides; `leave_out`
    are those that it does without.
    """

    name: str
    port: int
    routes: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        return f"services/{self.name}_service"

    @property
    def package(self) -> str:
        return f"services.{self.name}_service"

    @property
    def url_variable(self) -> str:
        """The environment variable that tells others where it answers."""
        return f"{self.name.upper()}_SERVICE_URL"

    @property
    def application(self) -> str:
        """The ASGI application as uvicorn takes it."""
        return f"{self.package}.main:app"


@dataclass(frozen=True, slots=True)
class Placement:
    """A module of the monolith, or some of its names, has a new home, for a reason.

    `names` is empty when the whole module moves; `target` is the new dotted module name.
    """

    origin: str
    origin_path: str
    names: tuple[str, ...]
    home: Home
    target: str
    path: str
    because: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What was copied from where: the facts that rewrite-imports, status and extract go by.

    Digests are SHA-256 in hex: `origin_digest` of the monolith's file as it was read, `raw` of the
    text as copied, before imports were rewritten, `written` of what splitter last wrote.
    """

    path: str
    owner: str
    origin: str
    origin_path: str
    origin_digest: str
    raw: str
    written: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a service's routes and of the code they need.

    `imports` maps dotted names of the monolith to their new names, for the files of this service
    and, where the target is shared, for shared files.
    """

    service: Service
    routes: tuple[Route, ...]
    placements: tuple[Placement, ...]
    imports: Mapping[str, str]
    requirements: tuple[str, ...]
    tables_written: tuple[str, ...] = ()
    tables_read: tuple[str, ...] = ()
    blockers: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What splitter has written so far, as recorded in `.splitter/manifest.json`.

    `written`: path → SHA-256 of what was last written there, skeleton files included; `imports`:
    owner of files (a service, or `shared`) → old dotted name → new dotted name; `marked`: a file
    of the monolith → the endpoints that were marked as deprecated in it; `calls`: a service → those
    that it asks for their functions; `prints`: owner of files → SHA-256 of the plan that they were
    written by.
    """

    copies: tuple[Copy, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    imports: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    marked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prints: Mapping[str, str] = field(default_factory=dict)

    def copy(self, path: str) -> Copy | None:
        """The record of the copy at `path`, if it is one."""
        return next((c for c in self.copies if c.path == path), None)

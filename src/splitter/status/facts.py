"""What a status page follows from: files and their digests, copies, runs, and what is live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from splitter.model.hits import Traffic
from splitter.model.plan import Copy, Service
from splitter.model.progress import Share
from splitter.model.routing import RoutingTable

GATEWAY = "gateway/nginx.conf"
SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Run:
    """The last run of verify or parity-check: `when` in ISO 8601, for which `files` (a digest)."""

    ok: bool
    when: str
    files: str
    matched: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so, at `date` (ISO 8601): the page says nothing that does not follow from this.

    `files`: path → SHA-256 in hex of every file of the project. `homes`: module of the monolith →
    its new dotted name. `unrewritten`: copies that still import from the monolith. `prints`,
    `verified`, `parity` and `blocked` are by service: the digest of its files now, the last runs,
    and what stands in its way. `live` services have their traffic; `deprecated` ones their old
    routes, until the day that is named. `table` is where traffic goes, `old` the requests on
    deprecated routes, by methods and path; `waiting` says by service why its old routes may not go
    yet, `shares` what the gateway has logged.
    """

    project: str
    date: str
    monolith_port: int
    services: tuple[Service, ...]
    files: Mapping[str, str]
    gateway_port: int = 0
    gateway_file: str = GATEWAY
    homes: Mapping[str, str] = field(default_factory=dict)
    copies: tuple[Copy, ...] = ()
    unrewritten: frozenset[str] = frozenset()
    prints: Mapping[str, str] = field(default_factory=dict)
    verified: Mapping[str, Run] = field(default_factory=dict)
    parity: Mapping[str, Run] = field(default_factory=dict)
    live: frozenset[str] = frozenset()
    deprecated: Mapping[str, str] = field(default_factory=dict)
    blocked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    table: RoutingTable = field(default_factory=RoutingTable)
    old: Mapping[str, Traffic] = field(default_factory=dict)
    waiting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shares: tuple[Share, ...] = ()

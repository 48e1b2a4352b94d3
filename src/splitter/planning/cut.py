"""The cut as a whole: who runs what, who uses which tables, what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitter.discovery.names import Names
from splitter.discovery.tables import read_tables
from splitter.discovery.variables import read_variables
from splitter.model.changes import Note
from splitter.model.monolith import Access, Observation, Table, Variable
from splitter.model.plan import Service
from splitter.planning.access import Evidence, Matrix, accesses, matrix
from splitter.planning.findings.finding import Finding
from splitter.planning.findings.overview import findings
from splitter.planning.ground import Ground
from splitter.planning.parties import Parties, parties
from splitter.planning.program import Program

if TYPE_CHECKING:
    from splitter.planning.plan import Blueprint


@dataclass(frozen=True, slots=True)
class Cut:
    """What follows from the services that are planned; without any, what holds for each."""

    members: Parties
    evidence: Evidence
    tables: tuple[Table, ...]
    variables: tuple[Variable, ...]
    accesses: tuple[Access, ...]
    matrix: Matrix
    findings: tuple[Finding, ...]

    def of(self, service: str) -> tuple[Note, ...]:
        """What concerns one service."""
        return tuple(f.note for f in self.findings if service in f.services)


def cut(
    ground: Ground,
    services: Sequence[Service],
    *,
    blueprint: Blueprint | None = None,
    seen: Sequence[Observation] = (),
) -> Cut:
    """Look at the monolith along the lines of some services. `seen`: what its tests did.

    Without either, who uses which table is told by module alone.
    """
    running = ground.running
    program = blueprint.program if blueprint is not None else None
    program = program or Program(
        ground.parsed, loaded=running.modules, installed=running.distributions
    )
    calls = {s.name: blueprint.calls(s.name) for s in services} if blueprint is not None else {}
    needs = blueprint.needs if blueprint is not None else {}
    members = parties(program, ground.routes, services, ground.app, calls=calls, needs=needs)
    names = Names(ground.parsed)
    tables = read_tables(ground.parsed, names)
    variables = read_variables(ground.parsed, names)
    evidence = Evidence(members, tables)
    used: tuple[Access, ...] = ()
    if members.planned or seen:
        used = accesses(members, evidence, ground.routes, seen)
    found = findings(
        members,
        routes=ground.routes,
        tables=tables,
        accesses=used,
        variables=variables,
        running=running,
        blueprint=blueprint,
    )
    return Cut(members, evidence, tables, variables, used, matrix(members, used), found)

"""Traffic moves: the routing table and the gateway's files change together, then it reloads."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from splitter.actions.dialects import DIALECTS, FOLDER
from splitter.actions.gateway import Gateway, configure, generation_of
from splitter.actions.ownership import EDITED
from splitter.actions.routing_file import PATH, table_bytes
from splitter.actions.traffic import moved
from splitter.effects import person, processes, results, workspace
from splitter.effects.gateways import programs
from splitter.effects.gateways.program import Program
from splitter.effects.lock import locked
from splitter.effects.templates import read_templates
from splitter.errors import OutsideError, RefusedError, UsageError
from splitter.model.changes import ChangeSet
from splitter.model.plan import Service
from splitter.model.routing import Entry, Key, RoutingTable, State, summary
from splitter.planning.ground import Ground
from splitter.planning.selecting import select
from splitter.workflows.cutting import proposal_of
from splitter.workflows.data import Say
from splitter.workflows.look import sure_ground
from splitter.workflows.project import Project
from splitter.workflows.proposal import Proposal
from splitter.workflows.readiness import refuse_a_taken, refuse_the_down
from splitter.workflows.rehearsing import rehearse
from splitter.workflows.traffic import gateway_of, present

_RELOAD_SECONDS = 10.0


@dataclass(frozen=True)
class Order:
    """What `cutover` was told: the service, how far it is to go, and which of its routes."""

    service: str
    state: State
    percent: int = 0
    routes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Switch:
    """A move that was thought out: what it writes, and the gateway that is to go by it."""

    project: Project
    proposal: Proposal
    service: Service
    gateway: Gateway
    table: RoutingTable
    routes: tuple[Entry, ...]

    @property
    def changes(self) -> ChangeSet:
        return self.proposal.changes

    @property
    def generation(self) -> str:
        return generation_of(self.gateway, self.table)


def order_of(service: str, to: str, routes: Sequence[str] = ()) -> Order:
    """`to` is `shadow`, a percentage such as `10%`, or `service`. UsageError for all else."""
    if to in (State.SHADOW, State.SERVICE):
        return Order(service, State(to), 100 if to == State.SERVICE else 0, tuple(routes))
    number = to.removesuffix("%").strip()
    if number.isdigit() and 0 < int(number) < 100:
        return Order(service, State.CANARY, int(number), tuple(routes))
    hint = {"100": "--to service is all of it", "0": f"splitter rollback {service} takes it back"}
    raise UsageError(
        f"--to: {to!r} is no step of a cutover",
        hint=hint.get(number, "shadow, a percentage such as 10%, or service"),
    )


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Nobody else moves traffic in this project meanwhile; OutsideError where somebody does."""
    folder = root / results.FOLDER
    results.write(root, "cutover", {})
    with locked(folder / "cutover.lock"):
        yield


def prepare(project: Project, order: Order) -> Switch:
    """What is to be written so that the service's routes go as far as the order says."""
    service = project.settings.service(order.service)
    if f"{service.folder}/main.py" not in project.sources:
        raise RefusedError(
            f"{service.name} has no service yet that could answer",
            hint=f"splitter split {service.name} --port {service.port}",
        )
    ground = sure_ground(project)
    before, notes = present(project, ground)
    only = _chosen(service, order.routes, ground, before)
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    table = moved(
        before,
        service.name,
        order.state,
        percent=order.percent,
        when=when,
        by=person.name(),
        only=only,
    )
    gateway = gateway_of(project)
    title = f"{service.name}: {_words(order)}"
    changes = configure(
        gateway,
        table,
        templates=read_templates(project.root),
        before=project.sources,
        recorded=project.manifest.written,
        routes=ground.routes,
    )
    _refuse_edits(changes)
    files = {PATH: table_bytes(table), **_last_good(project, changes)}
    changes = changes + ChangeSet.between(title, project.sources, files, notes)
    changes = ChangeSet(title, changes.changes, changes.notes)
    said = (f"{service.name}: {summary(table.of(service.name))}",)
    chosen = tuple(e for e in table.of(service.name) if only is None or e.key in only)
    proposal = replace(proposal_of(project, changes, said), warnings=_warnings(gateway, order))
    return Switch(project, proposal, service, gateway, table, chosen)


def carry_out(switch: Switch, *, say: Say) -> bool:
    """Try the new configuration out, write it, and have the gateway go by it.

    Gives whether a gateway runs that goes by it now. If anything fails before, nothing is
    written; if the gateway does not take the files over, they are put back and it goes on as
    it was.
    """
    program = programs.program(switch.gateway.kind)
    if program is None:
        say(f"{switch.gateway.kind} is not on this machine: nothing is tried out")
        switch.proposal.apply()
        return False
    folder = switch.project.root / FOLDER
    running = program.pid(folder)
    states = frozenset(entry.state for entry in switch.routes)
    refuse_the_down(switch.service.name, states, switch.gateway)
    if not running:
        refuse_a_taken(switch.gateway.port, program.name)
    rehearse(
        switch.gateway,
        switch.table,
        _files(switch),
        program=program,
        templates=read_templates(switch.project.root),
        say=say,
    )
    switch.proposal.apply()
    if running:
        _reload(switch, program, folder, running, say)
    return bool(running)


def start_words(kind: str) -> str:
    """How a gateway is started that does not run."""
    return programs.start_words(kind)


def _warnings(gateway: Gateway, order: Order) -> tuple[str, ...]:
    if order.state is not State.SHADOW or DIALECTS[gateway.kind].mirrors:
        return ()
    able = " and ".join(kind for kind, dialect in DIALECTS.items() if dialect.mirrors)
    return (
        f"{gateway.kind} cannot mirror: in the shadow the service hears only testers, and what "
        f"--watch samples ({able} can)",
    )


def _words(order: Order) -> str:
    if order.state is State.MONOLITH:
        return "back to the monolith"
    return f"{order.percent} % of its traffic" if order.state is State.CANARY else order.state


def _chosen(
    service: Service, wanted: Sequence[str], ground: Ground, table: RoutingTable
) -> frozenset[Key] | None:
    """The keys of the routes that are meant: by module, file, prefix, or `METHOD /path`."""
    own = {entry.key: entry for entry in table.of(service.name)}
    if not own:
        raise RefusedError(f"{service.name} has no routes of the monolith")
    if not wanted:
        return None
    found: set[Key] = set()
    for word in wanted:
        titles = {k for k, e in own.items() if word in (f"{m} {e.path}" for m in e.methods)}
        if not titles:
            some = Service(service.name, service.port, (word,))
            chosen = select(some, ground.routes)[1]
            keys = {(r.kind, r.path, tuple(sorted(r.methods))) for r in chosen}
            titles = keys & own.keys()
        if not titles:
            raise UsageError(f"--routes: none of {word} is {service.name}'s")
        found |= titles
    return frozenset(found)


def _refuse_edits(changes: ChangeSet) -> None:
    edited = [note.path for note in changes.notes if note.code == EDITED]
    if edited:
        raise RefusedError(
            f"{edited[0]} was edited by hand, so it would not be switched",
            where=edited[0],
            hint="move your edits to .splitter/templates/gateway/, remove the file, "
            "and run this again",
        )


def _last_good(project: Project, changes: ChangeSet) -> dict[str, bytes]:
    """The gateway's files as they were, kept beside the new ones."""
    return {
        f"{FOLDER}/last/{change.path.rpartition('/')[2]}": change.before
        for change in changes.changes
        if change.before is not None and not change.path.endswith(".gitignore")
    }


def _files(switch: Switch) -> dict[str, bytes]:
    after = switch.changes.over(switch.project.sources)
    return {path: data for path, data in after.items() if path.startswith(f"{FOLDER}/")}


def _reload(switch: Switch, program: Program, folder: Path, running: int, say: Say) -> None:
    if program.loaded(folder, switch.generation, switch.gateway.port):
        say(f"{program.name} goes by it now")
        return
    with _connections_closing(switch, program, folder, say):
        program.reload(folder, running)
        if _goes_by_it(switch, program, folder):
            say(f"{program.name} goes by it now")
            return
        workspace.undo(switch.project.root)
        program.reload(folder, running)
    raise OutsideError(
        f"{program.name} did not take the new configuration over; the old one serves on, "
        "and the files are as they were",
        where=f"{FOLDER}/{program.log}",
        hint=processes.log_end(folder / program.log, 5),
    )


def _goes_by_it(switch: Switch, program: Program, folder: Path) -> bool:
    deadline = time.monotonic() + _RELOAD_SECONDS
    while not program.loaded(folder, switch.generation, switch.gateway.port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def _connections_closing(
    switch: Switch, program: Program, folder: Path, say: Say
) -> Iterator[None]:
    """Clients close their connections before the gateway would close some under a request."""
    if program.closing is None:
        yield
        return
    seconds = switch.project.settings.gateway.closing_seconds
    with program.closing(folder):
        say(f"for {seconds:g} s clients are told to close their connections")
        time.sleep(seconds)
        yield

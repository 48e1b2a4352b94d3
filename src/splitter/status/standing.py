"""Where a service's routes stand, what its parity is, and what is in its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from splitter.model.plan import Service
from splitter.model.progress import Blockage, Milestone, Proof, RouteStand
from splitter.model.routing import Entry, State
from splitter.status.facts import Facts


def stands(facts: Facts, entries: Sequence[Entry]) -> tuple[RouteStand, ...]:
    """Routes of the table with the requests that were counted on them."""
    return tuple(_stand(facts, entry) for entry in entries)


def proof(facts: Facts, service: Service) -> Proof | None:
    """The last parity run of a service, if there was one."""
    run = facts.parity.get(service.name)
    if run is None:
        return None
    current = run.files == facts.prints.get(service.name, "")
    return Proof(run.ok, run.when, run.matched, run.total, current)


def blockages(
    facts: Facts, service: Service, milestones: Sequence[Milestone], drifted: Sequence[str]
) -> tuple[Blockage, ...]:
    """What keeps a service from its next step, or from what it has reached."""
    reached = {m.id for m in milestones if m.done}
    return tuple(_blockages(facts, service, reached, drifted))


def _blockages(
    facts: Facts, service: Service, reached: set[str], drifted: Sequence[str]
) -> Iterator[Blockage]:
    name = service.name
    for why in facts.blocked.get(name, ()):
        yield Blockage(why, f"splitter plan {name}")
    if drifted:
        many = f"{drifted[0]} and {len(drifted) - 1} more" if len(drifted) > 1 else drifted[0]
        yield Blockage(f"the monolith has changed since it was copied: {many}", _extract(name))
    shown = proof(facts, service)
    check = f"splitter parity-check {name}"
    if shown and not shown.ok:
        total = f"{shown.matched} of {shown.total} cases match" if shown.total else "it failed"
        yield Blockage(f"it does not answer as the monolith: {total}", check)
    moved = [e for e in facts.table.of(name) if e.state in (State.CANARY, State.SERVICE)]
    if moved and "parity" not in reached:
        yield Blockage(f"{len(moved)} of its routes have traffic without proof", check)
    for why in facts.waiting.get(name, ()):
        yield Blockage(f"its old routes cannot retire yet: {why}")


def _extract(name: str) -> str:
    return f"splitter extract {name}"


def _stand(facts: Facts, entry: Entry) -> RouteStand:
    found = facts.old.get(f"{' '.join(sorted(entry.methods))} {entry.path}")
    counted = found is not None and found.since > 0
    return RouteStand(
        entry.title,
        str(entry.state),
        entry.percent,
        entry.moved,
        entry.by,
        found.hits if found is not None and counted else None,
        _day(found.last) if found is not None and found.last else "",
    )


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()

"""The milestones of one service, from the first file to the end of its old routes."""

from __future__ import annotations

from collections.abc import Sequence

from splitter.model.plan import Copy, Service
from splitter.model.progress import Milestone, ServiceProgress
from splitter.model.routing import State, summary
from splitter.status.facts import SHARED, Facts, Run
from splitter.status.standing import blockages, proof, stands


def service_progress(facts: Facts, service: Service) -> ServiceProgress:
    copies = [copy for copy in facts.copies if copy.owner == service.name]
    milestones = (
        _structure(facts, service),
        _routes(facts, service, copies),
        _imports(facts, service, copies),
        _boots(facts, service),
        _answers(facts, service),
        _traffic(facts, service),
        _deprecation(facts, service),
        _retirement(facts, service),
    )
    drifted = _drift(facts, service)
    told = (f"{path} has changed since it was copied" for path in drifted)
    return ServiceProgress(
        service.name,
        service.port,
        milestones,
        (*facts.blocked.get(service.name, ()), *told),
        stands(facts, facts.table.of(service.name)),
        proof(facts, service),
        blockages(facts, service, milestones, drifted),
    )


def _structure(facts: Facts, service: Service) -> Milestone:
    return Milestone(
        f"Structure created ({service.folder}/)",
        f"{service.folder}/main.py" in facts.files,
        f"splitter scaffold {service.name} --port {service.port}",
        "structure",
    )


def _routes(facts: Facts, service: Service, copies: Sequence[Copy]) -> Milestone:
    origins = ", ".join(sorted({c.origin_path for c in copies if _has_routes(service, c)}))
    return Milestone(
        f"Routes copied from {origins}" if origins else "Routes copied",
        bool(copies) and all(copy.path in facts.files for copy in copies),
        f"splitter extract {service.name}",
        "routes",
    )


def _has_routes(service: Service, copy: Copy) -> bool:
    """Whether the copy is of a module that the service names, or is named after, as its routes."""
    if service.routes:
        return copy.origin in service.routes or copy.origin_path in service.routes
    return copy.origin.rpartition(".")[2] in (service.name, f"{service.name}s")


def _imports(facts: Facts, service: Service, copies: Sequence[Copy]) -> Milestone:
    owned = {copy.path for copy in facts.copies if copy.owner in (service.name, SHARED)}
    left = len(owned & facts.unrewritten)
    return Milestone(
        "Imports point at the new homes" + (f" ({left} files do not yet)" if left else ""),
        bool(copies) and not left,
        "splitter rewrite-imports",
        "imports",
    )


def _boots(facts: Facts, service: Service) -> Milestone:
    run = facts.verified.get(service.name)
    said, done = _standing(run, facts.prints.get(service.name, ""), "failed")
    return Milestone(f"Boots alone{said}", done, f"splitter verify {service.name}", "boots")


def _answers(facts: Facts, service: Service) -> Milestone:
    run = facts.parity.get(service.name)
    if _is_retired(facts, service):
        what = "Answers as the monolith did, which has the routes no longer"
        return Milestone(what, True, "", "parity")
    failed = f"{run.matched} of {run.total} cases match" if run and run.total else "failed"
    said, done = _standing(run, facts.prints.get(service.name, ""), failed)
    if done and run and run.total:
        said = f" ({run.total} cases{said.replace(' (', ', ')}"
    return Milestone(
        f"Answers as the monolith{said}", done, f"splitter parity-check {service.name}", "parity"
    )


def _standing(run: Run | None, files: str, failed: str) -> tuple[str, bool]:
    """What the last run says of the files as they are now, and whether that is good."""
    if run is None:
        return "", False
    day = run.when[:10]
    if not run.ok:
        return f" ({failed}, {day})", False
    if run.files != files:
        return f" (its files have changed since {day})", False
    return f" ({day})", True


def _traffic(facts: Facts, service: Service) -> Milestone:
    entries = facts.table.of(service.name)
    done = service.name in facts.live and facts.gateway_file in facts.files
    moved = any(entry.moved for entry in entries) and not done
    return Milestone(
        "Traffic goes to it" + (f" ({summary(entries)})" if moved else ""),
        done,
        f"splitter cutover {service.name} --to {_step(facts, service)}"
        if facts.gateway_file in facts.files and service.name not in facts.live
        else "splitter gateway",
        "traffic",
    )


def _step(facts: Facts, service: Service) -> str:
    """The step after the one that the route which is furthest behind has taken."""
    states = {entry.state for entry in facts.table.of(service.name)}
    if State.MONOLITH in states or not states:
        return "shadow"
    return "10%" if State.SHADOW in states else "service"


def _deprecation(facts: Facts, service: Service) -> Milestone:
    sunset = facts.deprecated.get(service.name)
    return Milestone(
        "Old routes deprecated" + (f" (sunset {sunset})" if sunset else ""),
        service.name in facts.deprecated or _is_retired(facts, service),
        f"splitter deprecate {service.name} --sunset DATE",
        "deprecated",
    )


def _retirement(facts: Facts, service: Service) -> Milestone:
    entries = facts.table.of(service.name)
    gone = sum(entry.state is State.RETIRED for entry in entries)
    some = f" ({gone} of {len(entries)})" if 0 < gone < len(entries) else ""
    return Milestone(
        f"Old routes taken out of the monolith{some}",
        _is_retired(facts, service),
        f"splitter retire {service.name}",
        "retired",
    )


def _is_retired(facts: Facts, service: Service) -> bool:
    entries = facts.table.of(service.name)
    return bool(entries) and all(entry.state is State.RETIRED for entry in entries)


def _drift(facts: Facts, service: Service) -> list[str]:
    """The files of the monolith that have changed since they were copied for the service."""
    changed = {
        copy.origin_path
        for copy in facts.copies
        if copy.owner in (service.name, SHARED)
        and facts.files.get(copy.origin_path, "") != copy.origin_digest
    }
    if not any(copy.owner == service.name for copy in facts.copies):
        return []
    return sorted(changed)

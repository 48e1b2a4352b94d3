"""The services are held against the monolith: which cases, to whom, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from splitter.actions.deprecation import MODULE as NOTICES
from splitter.actions.gateway import Side
from splitter.effects import results
from splitter.errors import NoProject, UsageError
from splitter.model.acceptance import Stale
from splitter.model.monolith import Route
from splitter.model.parity import Case, Outcome, Summary, Verdict
from splitter.model.plan import Service
from splitter.model.shards import Part
from splitter.parity.shards import part_of
from splitter.planning import ground as planned
from splitter.settings import Settings
from splitter.workflows import accepting, gathering, parity, varying, verifying
from splitter.workflows.concerning import but_for_notices, concerning, owner_of
from splitter.workflows.coverage import Coverage
from splitter.workflows.data import Say
from splitter.workflows.grounds import own_ground
from splitter.workflows.look import ground_of
from splitter.workflows.orders import Limits, Order, limits_of
from splitter.workflows.places import Own, Place, Urls
from splitter.workflows.project import Project, open_project
from splitter.workflows.retelling import at_home
from splitter.workflows.retired import comparable, refuse_incomparable, routes_of
from splitter.workflows.shrinking import Known, Shrinking
from splitter.workflows.sides import asked
from splitter.workflows.stands import Ground


@dataclass(frozen=True)
class Proof:
    """The verdicts on some services, all of them, and what else fails."""

    verdicts: tuple[Verdict, ...]
    stale: tuple[Stale, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every case was put, answered and a match; no case proves nothing.

        What was recorded and could not be put again is not held against a service: that is so where
        an earlier answer was another than when it was recorded, and one of a service that is not
        the monolith's is a mismatch of its own.
        """
        left = [v for v in self.verdicts if not _cannot_be_replayed(v)]
        matched = all(v.outcome is Outcome.MATCH for v in left)
        return bool(left) and matched and not self.stale

    @property
    def summary(self) -> Summary:
        return Summary.of(Counter(v.outcome for v in self.verdicts))


def _cannot_be_replayed(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.SKIPPED and bool(verdict.case.recorded)


@contextmanager
def compared(folder: Path | None, order: Order, *, say: Say) -> Iterator[accepting.Comparison]:
    """The verdicts, streaming, while both sides run. Errors of usage come before anything is sent.

    With URLs the servers are the user's; without any they are started and stopped here.
    """
    limits = limits_of(order)
    given = parity.named_urls(order.urls)
    if order.monolith or given:
        ledger = accepting.ledger_of(_found(folder), order.accepted, partial=order.leaves_out)
        with _given(folder, order, given, limits, say) as (verdicts, part):
            yield accepting.settled(verdicts, ledger, part=part)
        return
    if order.dask:
        raise UsageError(
            "--dask puts cases to servers that its workers reach",
            hint="start both sides, and name them: --monolith URL --service NAME=URL",
        )
    project = open_project(folder)
    services = [project.settings.service(name) for name in order.services]
    refuse_incomparable(project, [s.name for s in services])
    services = services or comparable(project)
    if not services:
        raise UsageError(
            "there is no service to check yet", hint="splitter split NAME --port N makes one"
        )
    missing = [s.name for s in services if not _exists(project, s)]
    if missing:
        raise UsageError(
            f"the {missing[0]} service is planned and not made yet",
            hint=f"splitter split {missing[0]} --port N makes it",
        )
    ledger = accepting.ledger_of(project, order.accepted, partial=order.leaves_out)
    with _own(project, services, order, limits, say) as (verdicts, coverage, part):
        told = coverage.counted(at_home(project.settings, verdicts))
        remember = partial(_remembered, project, services)
        endpoints = coverage.endpoints
        yield accepting.settled(told, ledger, then=remember, endpoints=endpoints, part=part)


def prove(project: Project, services: Sequence[Service], *, say: Say) -> Proof:
    """Boot both sides for these services, proposed or there, and put the configured cases."""
    order = Order()
    ledger = accepting.ledger_of(project, partial=True)
    with _own(project, services, order, limits_of(order), say) as (verdicts, _, _):
        settled = ledger.settled(at_home(project.settings, verdicts))
        return Proof(tuple(_remembered(project, services, settled)), ledger.stale())


@contextmanager
def _given(
    folder: Path | None, order: Order, services: Mapping[str, str], limits: Limits, say: Say
) -> Iterator[tuple[Iterator[Verdict], Part | None]]:
    if not order.monolith or not services:
        raise UsageError(
            "--monolith URL and --service NAME=URL go together",
            hint="give both, or neither: then both sides are started from the configuration",
        )
    monolith = parity.base_url(order.monolith, option="--monolith")
    project = _found(folder)
    settings = project.settings if project else Settings()
    cases = parity.assigned(_for_urls(folder, settings, order, say), services)
    timeout = limits.timeout or settings.parity.timeout
    place = Urls(monolith, tuple(services.items()), timeout)
    concurrency = limits.concurrency or settings.parity.concurrency
    judge = _judge(project, order, limits)
    with _put(cases, place, place.ground(say), concurrency, limits, judge, say) as verdicts:
        reproduced = gathering.reproduced(verdicts, say=say)
        told = varying.told(reproduced, limits.rules, order.noise, say=say)
        yield told, _part(cases, order, limits, services)


@contextmanager
def _put(
    cases: Sequence[Case],
    place: Place,
    ground: AbstractContextManager[Ground],
    concurrency: int,
    limits: Limits,
    judge: Known | None,
    say: Say,
) -> Iterator[Iterator[Verdict]]:
    """Put by this process on the ground, or by workers, each with its ground at the place."""
    if limits.workers > 1 or limits.dask:
        from splitter.workflows import clusters, crews
        from splitter.workflows.workers import Duty

        work = parity.prepared(cases, limits.shard)
        duty = Duty(place, work.known, concurrency, judge)
        putting = (
            clusters.put(work, duty, address=limits.dask)
            if limits.dask
            else crews.put(work, duty, workers=limits.workers, say=say)
        )
        with putting as verdicts:
            yield verdicts
        return
    with ground as both:
        yield parity.check_on(
            both,
            cases,
            concurrency=concurrency,
            shard=limits.shard,
            shrinking=None if judge is None else Shrinking(judge, say),
        )


def _judge(project: Project | None, order: Order, limits: Limits) -> Known | None:
    """What sessions that fail are shrunk by, if they are to be. The list is one of its own: tries
    are no cases that an entry is needed for."""
    if not order.shrink:
        return None
    return Known(limits.rules, accepting.ledger_of(project, order.accepted, partial=True))


def _part(
    cases: Sequence[Case], order: Order, limits: Limits, services: Iterable[str]
) -> Part | None:
    if limits.shard is None:
        return None
    return part_of(cases, limits.shard, services=services, partial=order.is_partial)


def _found(folder: Path | None) -> Project | None:
    try:
        return open_project(folder)
    except NoProject:
        return None


def _for_urls(folder: Path | None, settings: Settings, order: Order, say: Say) -> list[Case]:
    if order.cases and not order.sources:
        return gathering.of_files(order.cases, say=say)
    if not (order.sources or settings.parity.cases or settings.parity.sources):
        raise UsageError(
            "there are no cases to put",
            hint="give a case file with --cases FILE, or name it in splitter.toml: parity.cases",
        )
    return _gathered(open_project(folder), order, say)


def _gathered(
    project: Project, order: Order, say: Say, ground: planned.Ground | None = None
) -> list[Case]:
    return gathering.of_sources(
        project,
        lambda: ground or ground_of(project),
        sources=gathering.sources_of(order.sources, where="--from"),
        files=order.cases,
        say=say,
    )


@contextmanager
def _own(
    project: Project, services: Sequence[Service], order: Order, limits: Limits, say: Say
) -> Iterator[tuple[Iterator[Verdict], Coverage, Part | None]]:
    ground = ground_of(project)
    everything = _gathered(project, order, say, ground)
    answering = (*services, *asked(project, services))
    sides = [Side(s, routes_of(s, ground.routes), live=True) for s in answering]
    cases = concerning(everything, owner_of(ground.routes, sides), {s.name for s in services})
    if any(path.rpartition("/")[2] == f"{NOTICES}.py" for path in project.sources):
        cases = [but_for_notices(case) for case in cases]
    if not cases:
        raise UsageError(
            f"no case puts a request to {', '.join(s.name for s in services)}",
            hint=_how_to_get_cases([r for side in sides[: len(services)] for r in side.routes]),
        )
    if len(cases) < len(everything):
        say(
            f"{len(cases)} of {len(everything)} cases concern {', '.join(s.name for s in services)}"
        )
    settings = project.settings.parity
    timeout = limits.timeout or settings.timeout
    concurrency = limits.concurrency or settings.concurrency
    place = Own(project.root, tuple(s.name for s in services), timeout)
    both = own_ground(project, services, timeout=timeout, say=say)
    judge = _judge(project, order, limits)
    with _put(cases, place, both, concurrency, limits, judge, say) as verdicts:
        say(f"putting {len(cases)} requests to both sides")
        own = {side.service.name: side.routes for side in sides[: len(services)]}
        reproduced = gathering.reproduced(verdicts, say=say)
        told = varying.told(reproduced, limits.rules, order.noise, say=say)
        yield told, Coverage(ground.routes, own), _part(cases, order, limits, own)


def _how_to_get_cases(routes: Sequence[Route]) -> str:
    if not any("runtime" in route.found_by for route in routes):
        return (
            "the application that was asked does not have its routes; if they are added at "
            "start-up, set lifespan = true under [monolith] in splitter.toml"
        )
    return "add some to the files that parity.cases in splitter.toml names"


def _exists(project: Project, service: Service) -> bool:
    return f"{service.folder}/main.py" in project.sources


def _remembered(
    project: Project, services: Sequence[Service], verdicts: Iterator[Verdict]
) -> Iterator[Verdict]:
    """Pass verdicts on and keep, for the status page, how each service came out."""
    seen: dict[str, list[Verdict]] = {s.name: [] for s in services}
    for verdict in verdicts:
        if verdict.case.service in seen:
            seen[verdict.case.service].append(verdict)
        yield verdict
    kept = dict(results.read(project.root, "parity"))
    alone = dict(results.read(project.root, "verify"))
    for service in services:
        own = seen[service.name]
        ok = bool(own) and all(v.outcome is Outcome.MATCH for v in own)
        matched = sum(v.outcome is Outcome.MATCH for v in own)
        record = verifying.record(project, service, ok)
        kept[service.name] = {**record, "cases": len(own), "matched": matched}
        alone[service.name] = verifying.record(project, service, True)
    results.write(project.root, "parity", kept)
    results.write(project.root, "verify", alone)

"""The status as one self-contained page: at a glance what moved, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from splitter.model.progress import Progress, Proof, RouteStand, ServiceProgress
from splitter.reports.pages import template

STATES = ("monolith", "shadow", "canary", "service", "retired")


@dataclass(frozen=True, slots=True)
class Row:
    """A service as the page shows it."""

    service: ServiceProgress
    stage: str
    done: int
    states: dict[str, int]
    routes: str
    parity: str
    look: str
    age: str
    next: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Requests:
    """What the gateway has logged for routes that have moved."""

    answered: int
    total: int

    @property
    def percent(self) -> int:
        return 100 * self.answered // self.total


def page(progress: Progress) -> str:
    """The page as HTML."""
    routes = [*(r for s in progress.services for r in s.routes), *progress.kept]
    states = _states(routes)
    counted = [route for route in routes if route.hits is not None]
    return template("reports/status.html.j2")(
        page=progress,
        told=_told(progress),
        rows=[_row(service, progress.date) for service in progress.services],
        blocked=any(service.blocked for service in progress.services),
        states=states if routes else {},
        routes=len(routes),
        moved=states["service"] + states["retired"],
        hits=sum(route.hits or 0 for route in counted) if counted else None,
        last=max((route.last for route in counted), default=""),
        requests=_requests(progress),
    )


def _told(progress: Progress) -> str:
    services = progress.services
    done = sum(service.percent == 100 for service in services)
    begun = sum(service.started for service in services) - done
    parts = [f"{len(services)} services"]
    parts += [f"{done} done"] if done else []
    parts += [f"{begun} begun"] if begun else []
    return ", ".join(parts)


def _requests(progress: Progress) -> Requests | None:
    answered = sum(share.answered for share in progress.shares)
    total = answered + sum(share.by_monolith for share in progress.shares)
    return Requests(answered, total) if total else None


def _states(routes: Iterable[RouteStand]) -> dict[str, int]:
    states = [route.state for route in routes]
    return {state: states.count(state) for state in STATES}


def _row(service: ServiceProgress, today: str) -> Row:
    states = _states(service.routes)
    parity, look, age = _parity(service.proof, today)
    following = service.following
    return Row(
        service,
        _stage(service),
        sum(one.done for one in service.milestones),
        states if service.routes else {},
        ", ".join(f"{count} {state}" for state, count in states.items() if count),
        parity if service.started else "",
        look,
        age if service.started else "",
        _next(service) if following else "",
        bool(service.blocked),
    )


def _next(service: ServiceProgress) -> str:
    if not service.started:
        return f"splitter split {service.name} --port {service.port}"
    return service.following.next if service.following else ""


def _stage(service: ServiceProgress) -> str:
    if not service.started:
        return "not started"
    return "done" if service.following is None else f"{service.percent} %"


def _parity(proof: Proof | None, today: str) -> tuple[str, str, str]:
    """What the last run says, how that looks, and how old it is."""
    if proof is None:
        return "not compared yet", "soft", ""
    age = _age(proof.when, today)
    cases = f"{proof.matched} of {proof.total} match" if proof.total else ""
    if not proof.ok:
        return cases or "failed", "bad", age
    if not proof.current:
        return f"{cases or 'matched'}, files changed since", "warn", age
    return cases or "matches", "good", age


def _age(when: str, today: str) -> str:
    try:
        days = (date.fromisoformat(today) - date.fromisoformat(when[:10])).days
    except ValueError:
        return when[:10]
    if days < 1:
        return "compared today"
    return f"compared {days} day{'s' if days > 1 else ''} ago"

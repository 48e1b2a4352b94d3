"""The plan in figures, as splitter.toml has it or as it would be, and what changed in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from splitter.effects import results
from splitter.errors import UsageError
from splitter.model.figures import Chart, Outlook
from splitter.model.monolith import Observation, Route
from splitter.model.plan import Service
from splitter.planning.charting import chart
from splitter.planning.comparing import differences, key_figures
from splitter.planning.cut import cut
from splitter.planning.ground import Ground
from splitter.planning.plan import draw
from splitter.planning.selecting import route_modules, select
from splitter.settings import check_name
from splitter.workflows.look import ground_of, has_routes, kept_observations
from splitter.workflows.naming import service_names
from splitter.workflows.project import Project

LAST = "the plan before its last change"
FILE = "the plan as splitter.toml has it"


def outlook(
    project: Project,
    names: Sequence[str],
    changes: Sequence[str],
    *,
    say: Callable[[str], None],
) -> Outlook:
    """The chart of the planned services; of `names` it is asked only whether they are there.

    `changes` are `NAME=ROUTES`: what if a service had these routes (none: were not planned)?
    Routes that a service is given are taken from the others. Without, the last plan that was
    different is what the figures are held against.
    """
    ground = ground_of(project)
    seen = kept_observations(project, ground, say=say)
    planned = _planned(project, ground)
    if not changes:
        drawn = _drawn(ground, planned, names, seen)
        return _remembered(project, drawn)
    before = _chart(ground, planned, seen)
    for change in changes:
        planned = _changed(planned, change, ground)
    after = _drawn(ground, planned, names, seen)
    found = differences(key_figures(before), key_figures(after))
    return Outlook(after, found, FILE)


def _planned(project: Project, ground: Ground) -> tuple[Service, ...]:
    """The services of the settings; where there are none, one for each route module."""
    named = project.planned()
    planned = tuple(s for s in named if has_routes(s, ground.routes))
    if not named:
        modules = [m for m in route_modules(ground.routes) if m != ground.application]
        proposed = service_names(modules)
        return tuple(Service(n, 0, (m,)) for m, n in proposed.items())
    if not planned:
        raise UsageError(
            "no service in the settings has a route of the monolith",
            where=project.settings_file[0],
            hint="see splitter analyze for the routes",
        )
    return planned


def _drawn(
    ground: Ground,
    planned: Sequence[Service],
    names: Sequence[str],
    seen: Sequence[Observation],
) -> Chart:
    known = [service.name for service in planned]
    for name in names:
        if name not in known:
            raise _unknown(name, known)
    return _chart(ground, planned, seen)


def _chart(ground: Ground, planned: Sequence[Service], seen: Sequence[Observation]) -> Chart:
    blueprint = draw(ground, planned)
    return chart(blueprint, cut(ground, planned, blueprint=blueprint, seen=seen))


def _remembered(project: Project, drawn: Chart) -> Outlook:
    """The chart against the last one that was different; what it shows is kept for the next."""
    now = key_figures(drawn)
    kept = results.read(project.root, "plan")
    last, before = kept.get("now"), kept.get("before")
    if last != now:
        before = last
        results.write(project.root, "plan", {"now": now, "before": before})
    if not isinstance(before, dict):
        return Outlook(drawn)
    return Outlook(drawn, differences(before, now), LAST)


def _changed(planned: Sequence[Service], change: str, ground: Ground) -> tuple[Service, ...]:
    name, sign, listed = change.partition("=")
    if not sign:
        raise UsageError(
            f"--what-if {change!r} is not NAME=ROUTES",
            hint="such as report=api.routes.reports,api.routes.exports; NAME= for no service",
        )
    check_name(name, where="--what-if")
    routes = tuple(part.strip() for part in listed.split(",") if part.strip())
    known = {service.name: service for service in planned}
    if not routes:
        if name not in known:
            raise UsageError(
                f"no service {name!r} is planned", hint=f"there are {', '.join(known)}"
            )
        return tuple(s for s in planned if s.name != name)
    wanted = Service(name, known[name].port if name in known else 0, routes)
    taken = set(select(wanted, ground.routes)[1])
    rest = {s.name: _without(s, taken, ground) for s in planned if s.name != name}
    found = {s.name: rest.get(s.name) if s.name != name else wanted for s in planned}
    return tuple(s for s in {**found, name: wanted}.values() if s is not None)


def _without(service: Service, taken: set[Route], ground: Ground) -> Service | None:
    """A service without the references all of whose routes went elsewhere; `None` if all did."""
    given = service.routes or tuple(sorted(select(service, ground.routes)[0].modules))
    kept = tuple(
        reference
        for reference in given
        if not taken.issuperset(select(replace(service, routes=(reference,)), ground.routes)[1])
    )
    return replace(service, routes=kept) if kept else None


def _unknown(name: str, known: Iterable[str]) -> UsageError:
    return UsageError(f"no service {name!r} is planned", hint=f"planned are {', '.join(known)}")

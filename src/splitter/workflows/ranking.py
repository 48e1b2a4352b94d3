"""The route modules in the order in which to split them off, as `analyze` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from splitter.errors import UsageError
from splitter.model.changes import Note
from splitter.model.monolith import Route
from splitter.model.plan import Service
from splitter.model.ranking import Candidate
from splitter.planning.contacts import Touching
from splitter.planning.cut import Cut
from splitter.planning.ranking import Circumstances, rank
from splitter.planning.selecting import route_modules, select
from splitter.workflows.naming import service_names
from splitter.workflows.project import Project

if TYPE_CHECKING:
    from splitter.planning.plan import Blueprint


def ranked(
    project: Project, routes: Sequence[Route], found: Cut, drawn: Blueprint | None
) -> tuple[Candidate, ...]:
    """The ranking; `drawn` are the plans of the planned services, if there are any."""
    return rank(
        routes,
        Touching(found.members.reaching, found.evidence.uses),
        application=project.settings.monolith.app.partition(":")[0],
        known=_circumstances(project, routes, found, drawn),
    )


def _circumstances(
    project: Project, routes: Sequence[Route], found: Cut, drawn: Blueprint | None
) -> Circumstances:
    planned = {s: _modules(s, routes) for s in project.planned()}
    named = {m: s.name for s, modules in planned.items() for m in modules}
    done = {m for s, modules in planned.items() for m in modules if _exists(project, s)}
    blocked = {
        module: f"blocked: {note.path}:{note.line}: {note.code} {note.what}"
        for service, modules in planned.items()
        for note in _blockers(service.name, found, drawn)[:1]
        for module in modules
    }
    proposed = service_names(m for m in route_modules(routes) if m not in named)
    return Circumstances({**proposed, **named}, done, blocked)


def _blockers(service: str, found: Cut, drawn: Blueprint | None) -> list[Note]:
    plan = drawn.plans.get(service) if drawn else None
    return [*(plan.blockers if plan else ()), *(n for n in found.of(service) if n.blocks)]


def _modules(service: Service, routes: Sequence[Route]) -> tuple[str, ...]:
    """The route modules that a planned service takes as a whole."""
    try:
        return tuple(select(service, routes)[0].modules)
    except UsageError:
        return ()


def _exists(project: Project, service: Service) -> bool:
    return f"{service.folder}/main.py" in project.sources

"""Services whose routes are not the monolith's any more."""

from __future__ import annotations

from collections.abc import Sequence

from splitter.actions.routing_file import read_table
from splitter.errors import RefusedError
from splitter.model.monolith import Route
from splitter.model.plan import Service
from splitter.model.routing import State
from splitter.planning.selecting import select
from splitter.workflows.look import has_routes
from splitter.workflows.project import Project


def is_retired(project: Project, name: str) -> bool:
    """Whether all routes of a service have been taken out of the monolith."""
    entries = read_table(project.sources).of(name)
    return bool(entries) and all(entry.state is State.RETIRED for entry in entries)


def refuse_retired(project: Project, name: str) -> None:
    """RefusedError where the monolith has none of a service's routes any more to copy."""
    if is_retired(project, name):
        raise RefusedError(
            f"the routes of {name} are retired: its files are the only ones that answer them now",
            hint=f"change services/{name}_service itself; splitter undo takes a retirement back, "
            "as long as it is the newest change",
        )


def comparable(project: Project) -> list[Service]:
    """The services that there are and that the monolith still has routes of."""
    made = [s for s in project.planned() if f"{s.folder}/main.py" in project.sources]
    return [service for service in made if not is_retired(project, service.name)]


def refuse_incomparable(project: Project, names: Sequence[str]) -> None:
    """RefusedError for a service that can be held against nothing any more."""
    for name in names:
        if is_retired(project, name):
            raise RefusedError(
                f"the routes of {name} are retired: the monolith cannot be asked for them any more",
                hint="compare it with a monolith of before: --monolith URL --service NAME=URL",
            )


def routes_of(service: Service, routes: Sequence[Route]) -> tuple[Route, ...]:
    """Those that the monolith still has."""
    return select(service, routes)[1] if has_routes(service, tuple(routes)) else ()

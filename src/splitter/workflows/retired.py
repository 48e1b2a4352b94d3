"""Services whose routes are not the monolith's any more."""

from __future__ import annotations

from splitter.actions.routing_file import read_table
from splitter.errors import RefusedError
from splitter.model.routing import State
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

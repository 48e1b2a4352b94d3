"""Which cases concern the services that are checked, and who answers each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from splitter.actions.gateway import Side, owners
from splitter.model.monolith import Route
from splitter.model.parity import Case
from splitter.workflows.sides import REST


def owner_of(routes: Sequence[Route], sides: Sequence[Side]) -> Callable[[str, str], str]:
    table = owners(routes, sides)
    rules = [
        (re.compile(rule.regex), rule.owner)
        for rule in (*table.answered, *table.refused, *table.redirected)
    ]

    def owner(method: str, path: str) -> str:
        subject = f"{method}:{path}"
        found = next((who for regex, who in rules if regex.match(subject)), REST)
        return found.removeprefix("service_")

    return owner


def concerning(
    cases: Sequence[Case], owner: Callable[[str, str], str], services: set[str]
) -> list[Case]:
    """The cases of these services and those that they come after, each with who answers it."""
    told = [replace(c, service=_told(c, owner, services)) for c in cases]
    wanted = {(c.source, c.name) for c in told if c.service in services}
    before = {(c.source, c.name): (c.source, c.after) for c in told if c.after}
    todo = list(wanted)
    while todo:
        earlier = before.get(todo.pop())
        if earlier is not None and earlier not in wanted:
            wanted.add(earlier)
            todo.append(earlier)
    return [c for c in told if (c.source, c.name) in wanted]


def _told(case: Case, owner: Callable[[str, str], str], services: set[str]) -> str:
    if case.service in services:
        return case.service
    return owner(case.request.method, case.request.path.partition("?")[0])


def but_for_notices(case: Case) -> Case:
    """The monolith announces the end of its old routes; the service does not."""
    ignore = (*case.rules.ignore, "header:deprecation", "header:sunset")
    return replace(case, rules=replace(case.rules, ignore=ignore))

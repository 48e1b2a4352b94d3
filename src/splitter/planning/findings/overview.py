"""What stands in the way of a split, or is worth to know before it, by file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from splitter.model.monolith import Access, Route, RunningApp, Table, Variable
from splitter.planning.findings.addresses import addresses_across
from splitter.planning.findings.afterwards import late_commits
from splitter.planning.findings.application_state import application_state
from splitter.planning.findings.calls import Calls
from splitter.planning.findings.environment import needed_variables, random_secrets
from splitter.planning.findings.files import files_by_folder
from splitter.planning.findings.finding import Finding
from splitter.planning.findings.jobs import doubled_jobs
from splitter.planning.findings.migrations import one_history
from splitter.planning.findings.ownership import (
    Ownership,
    shared_tables,
    spanning_transactions,
    ties,
    unread_sql,
)
from splitter.planning.findings.queues import moved_tasks
from splitter.planning.findings.state import shared_state
from splitter.planning.findings.whole import told_as_a_whole
from splitter.planning.parties import Parties

if TYPE_CHECKING:
    from splitter.planning.plan import Blueprint


def findings(
    parties: Parties,
    *,
    routes: Sequence[Route],
    tables: Sequence[Table] = (),
    accesses: Iterable[Access] = (),
    variables: Iterable[Variable] = (),
    running: RunningApp,
    blueprint: Blueprint | None = None,
) -> tuple[Finding, ...]:
    """Everything that is known to matter to these parties, by place; each cause once."""
    found = [
        *_in_code(parties, routes, variables, running),
        *_in_tables(parties, tables, accesses),
        *(_in_plans(blueprint) if blueprint is not None else ()),
    ]
    return tuple(sorted(set(found)))


def _in_plans(blueprint: Blueprint) -> Iterator[Finding]:
    from splitter.planning.findings.circles import circles_across
    from splitter.planning.findings.dependencies import undeclared

    yield from circles_across(blueprint)
    yield from undeclared(blueprint)


def _in_code(
    parties: Parties, routes: Sequence[Route], variables: Iterable[Variable], running: RunningApp
) -> Iterator[Finding]:
    calls = Calls(parties)
    yield from shared_state(parties)
    yield from application_state(parties)
    yield from doubled_jobs(calls)
    yield from addresses_across(calls, routes)
    yield from moved_tasks(calls)
    yield from files_by_folder(calls)
    yield from told_as_a_whole(calls)
    yield from needed_variables(parties, variables)
    yield from random_secrets(calls)
    yield from late_commits(parties, running)
    yield from one_history(parties)


def _in_tables(
    parties: Parties, tables: Sequence[Table], accesses: Iterable[Access]
) -> Iterator[Finding]:
    ownership = Ownership(parties, accesses)
    yield from unread_sql(parties, tables)
    yield from shared_tables(parties, ownership, tables)
    yield from spanning_transactions(parties, ownership)
    yield from ties(parties, ownership, tables)

"""Tasks of a job queue whose names follow from where their code lies."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from splitter.discovery.scopes import chain_of
from splitter.planning.findings.calls import Calls, Sight, argument, literal
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.findings.kinds import last_name
from splitter.planning.parties import MONOLITH, Parties, listed
from splitter.planning.pieces import Piece

_LIBRARIES = ("celery", "huey", "taskiq", "procrastinate")
_DECORATORS = frozenset({"task", "shared_task", "periodic_task"})
_SENDS = frozenset(
    {"delay", "apply_async", "s", "si", "signature", "schedule", "kiq", "kicker", "defer"}
    | {"defer_async", "configure", "apply"}
)
_LISTS = ("include", "imports", "packages")


def moved_tasks(calls: Calls) -> Iterator[Finding]:
    """Tasks that are sent under a name that the worker does not know once they have moved."""
    parties = calls.parties
    for piece, decorator in _tasks(parties):
        view = parties.program.views[piece[0]]
        name = parties.reaching.facts(piece).node.name  # type: ignore[attr-defined]
        senders = [
            p.name
            for p in parties.members
            if piece in p.answering.pieces and not p.answering.attributes.isdisjoint(_SENDS)
        ]
        if any(s != MONOLITH for s in senders):
            what = (
                f"{name} is a task of the name {view.name}.{name}, which follows from its module; "
                f"{_sent(senders)} it under another once it has moved"
            )
            yield finding(view.path, decorator.lineno, "SPL021", what, senders, blocks=True)
    yield from _enqueued(calls)
    yield from _listed_modules(calls)


def _sent(senders: list[str]) -> str:
    services = [s for s in senders if s != MONOLITH]
    return f"{listed(services)} {'would send' if services else 'sends'}"


def _tasks(parties: Parties) -> Iterator[tuple[Piece, ast.expr]]:
    """Functions that are tasks without a name of their own."""
    for piece in sorted({p for party in parties.members for p in party.pieces}):
        for decorator in getattr(parties.reaching.facts(piece).node, "decorator_list", ()):
            if _is_task(parties, piece, decorator):
                yield piece, decorator


def _is_task(parties: Parties, piece: Piece, decorator: ast.expr) -> bool:
    call = decorator if isinstance(decorator, ast.Call) else None
    chain = chain_of(call.func if call else decorator)
    if not chain or chain[-1] not in _DECORATORS:
        return False
    named = (k.arg in ("name", "task_name") for k in (call.keywords if call else ()))
    if any(named) or (call is not None and call.args and literal(call.args[0]) is not None):
        return False
    return _is_of_library(parties, piece[0], chain)


def _is_of_library(parties: Parties, module: str, chain: tuple[str, ...]) -> bool:
    """Whether a decorator comes from a library for queues, or is a method of its application."""
    program = parties.program
    for _, imported in program.views[module].imports.get(chain[0], ()):
        if imported.module.partition(".")[0] in _LIBRARIES:
            return True
    for place in parties.reaching.places_of(module, chain[:-1]) if len(chain) > 1 else ():
        value = getattr(program.statement(place).node, "value", None)
        made = chain_of(value.func) if isinstance(value, ast.Call) else ()
        for _, imported in program.views[place[0]].imports.get(made[0], ()) if made else ():
            if imported.module.partition(".")[0] in _LIBRARIES:
                return True
    return False


def _enqueued(calls: Calls) -> Iterator[Finding]:
    """RQ's `queue.enqueue(function)`: the worker imports the function by its module's name."""
    parties = calls.parties
    for sight in calls.named("enqueue", "enqueue_call", "enqueue_in", "enqueue_at"):
        given = argument(sight.call, 0, "func", "f")
        chain = chain_of(given) if given is not None else ()
        places = parties.reaching.places_of(sight.piece[0], chain) if chain else ()
        services = [n for n in parties.with_piece(sight.piece) if n != MONOLITH]
        if places and services and _uses_rq(parties):
            what = f"{'.'.join(chain)} is sent to a worker by its module's name, which changes"
            yield finding(sight.view.path, sight.line, "SPL021", what, services, blocks=True)


def _uses_rq(parties: Parties) -> bool:
    views = parties.program.views.values()
    targets = (i.module for view in views for found in view.imports.values() for _, i in found)
    return any(name.partition(".")[0] in ("rq", "rq_scheduler") for name in targets)


def _listed_modules(calls: Calls) -> Iterator[Finding]:
    """`Celery(include=["app.tasks"])`: a worker of the service would not find it."""
    program = calls.parties.program
    for sight in calls.named("Celery", "autodiscover_tasks", "config_from_object"):
        if not calls.imports(sight, "celery") and last_name(sight.call.func) == "Celery":
            continue
        told = sorted({t for t in _texts(sight) if program.is_module(t)})
        if told:
            what = f"a worker looks for {listed(told)} by name, which a service has elsewhere"
            names = calls.parties.with_piece(sight.piece)
            yield finding(sight.view.path, sight.line, "SPL028", what, names)


def _texts(sight: Sight) -> Iterator[str]:
    given = [k.value for k in sight.call.keywords if k.arg in _LISTS]
    if last_name(sight.call.func) != "Celery":
        given += sight.call.args[:1]
    for value in given:
        for part in getattr(value, "elts", [value]):
            yield literal(part) or ""

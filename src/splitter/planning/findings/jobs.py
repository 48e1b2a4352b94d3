"""Jobs on a schedule and loops in the background: each process that starts them has its own."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from collections.abc import Iterator

from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import walk
from splitter.planning.findings.calls import Calls, Sight, argument
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.findings.kinds import last_name
from splitter.planning.findings.leavable import leavable
from splitter.planning.parties import MONOLITH, Parties, listed
from splitter.planning.pieces import Piece

_SCHEDULERS = (
    "apscheduler",
    "fastapi_apscheduler",
    "aiocron",
    "schedule",
    "rocketry",
    "fastapi_utils",
)
_SCHEDULES = ("add_job", "scheduled_job", "crontab", "repeat_every", "schedule_job")
_STARTS = ("create_task", "ensure_future", "Thread", "Timer", "start_soon", "Process")
_GOES_ON = "is started and goes on in the background"
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def doubled_jobs(calls: Calls) -> Iterator[Finding]:
    """What runs by itself, once started, in every process that has it; once for each function."""
    for doing, sights in (("is put on a schedule", _scheduled(calls)), (_GOES_ON, _started(calls))):
        by_piece: dict[Piece, list[tuple[Sight, str]]] = defaultdict(list)
        for sight, name in sights:
            by_piece[sight.piece].append((sight, name))
        for found in by_piece.values():
            yield from _told(calls.parties, found, doing)


def _scheduled(calls: Calls) -> Iterator[tuple[Sight, str]]:
    for sight in calls.named(*_SCHEDULES):
        known = calls.imports(sight, *_SCHEDULERS) or last_name(sight.call.func) == "repeat_every"
        if known and (sight.decorated or _at_start(calls.parties, sight.piece)):
            yield sight, sight.decorated or _text(argument(sight.call, 0, "func"))


def _started(calls: Calls) -> Iterator[tuple[Sight, str]]:
    for sight in calls.named(*_STARTS):
        loop = ""
        if _at_start(calls.parties, sight.piece):
            loop = _loops(calls.parties, sight.piece, _job(sight))
        if loop:
            yield sight, loop


def _told(parties: Parties, found: list[tuple[Sight, str]], doing: str) -> Iterator[Finding]:
    """The finding, unless the owner leaves the jobs out of all services that would have them."""
    sight = found[0][0]
    names = _with_call(parties, found)
    services = [n for n in names if n != MONOLITH]
    if parties.planned and not services:
        return
    jobs = list(dict.fromkeys(name for _, name in found))
    doing = doing if len(jobs) == 1 else doing.replace("is ", "are ", 1).replace("goes", "go")
    where = "in each service that keeps it"
    if services:
        where = f"in {parties.told(services)} and in {MONOLITH}"
    what = f"{listed(jobs)} {doing}, and would run {where}"
    named = [*dict.fromkeys(filter(None, (leavable(parties, s.piece, _job(s)) for s, _ in found)))]
    if named:
        what += f"; leave_out = {json.dumps(named)} keeps it to the monolith"
    yield finding(sight.view.path, sight.line, "SPL017", what, names)


def _with_call(parties: Parties, found: list[tuple[Sight, str]]) -> list[str]:
    """The parties that start one of the jobs."""
    calls = {sight.call for sight, _ in found}
    names = parties.with_piece(found[0][0].piece)
    return [p.name for p in parties.members if p.name in names and not calls <= p.missing]


def _at_start(parties: Parties, piece: Piece) -> bool:
    """Whether code runs when the application starts; for a request it would be another matter."""
    if any(piece in party.answering.pieces for party in parties.members):
        return False
    return any(piece in party.always.pieces for party in parties.members)


def _job(sight: Sight) -> ast.expr | None:
    """What is started: a function, or a call of one."""
    if last_name(sight.call.func) in _SCHEDULES:
        return argument(sight.call, 0, "func")
    if last_name(sight.call.func) in ("Thread", "Process"):
        given = argument(sight.call, 1, "target")
    elif last_name(sight.call.func) == "Timer":
        given = argument(sight.call, 1, "function")
    else:
        given = argument(sight.call, 0, "coro", "coro_or_future")
    return given.func if isinstance(given, ast.Call) else given


def _loops(parties: Parties, piece: Piece, job: ast.expr | None) -> str:
    """The name of a function that does not end by itself, as far as that can be seen."""
    for node in _functions(parties, piece, job):
        for part in walk(node):
            endless = isinstance(part, ast.While) and not _is_bounded(part)
            if endless or isinstance(part, ast.AsyncFor):
                return _text(job)
    return ""


def _is_bounded(node: ast.While) -> bool:
    """`while i < n:` counts; a loop that sleeps or waits in it goes on for as long as it may."""
    names = {last_name(p.func) for p in walk(node) if isinstance(p, ast.Call)}
    waits = {"sleep", "wait", "wait_for", "get", "recv", "receive", "brpop", "blpop", "listen"}
    return names.isdisjoint(waits) and not isinstance(node.test, ast.Constant)


def _functions(parties: Parties, piece: Piece, job: ast.expr | None) -> Iterator[ast.AST]:
    if job is None:
        return
    reaching = parties.reaching
    inner = parties.reaching.facts(piece).node
    chain = chain_of(job)
    for part in walk(inner):
        if isinstance(part, _FUNCTIONS) and part is not inner and chain == (part.name,):
            yield part
    for place in reaching.places_of(piece[0], chain) if chain else ():
        if isinstance(parties.program.statement(place).node, _FUNCTIONS):
            yield parties.program.statement(place).node
    if isinstance(job, ast.Attribute):
        for module, index, name in {p for party in parties.members for p in party.pieces}:
            if name == job.attr:
                yield reaching.methods((module, index))[name]


def _text(node: ast.expr | None) -> str:
    text = ast.unparse(node) if node is not None else "a job"
    return text if len(text) <= 40 else text[:39] + "…"

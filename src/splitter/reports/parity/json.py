"""The JSON report of the command contract, schema 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict

from splitter.model.acceptance import Stale
from splitter.model.ending import Ending, Endpoint
from splitter.model.jsontext import write
from splitter.model.parity import ABSENT, Accepted, Answer, Difference, Summary, Verdict
from splitter.model.shards import Part, Use
from splitter.reports.parity.curl import curls
from splitter.reports.parity.tally import Tally


def report(
    verdicts: Iterable[Verdict],
    out: Callable[[str], object],
    *,
    ending: Callable[[], Ending] = Ending,
) -> Summary:
    """Write one document: the cases as they come, and the summary when all are there."""
    tally = Tally()
    out('{"schema": 1,\n "cases": [')
    before = "\n  "
    for verdict in tally.count(verdicts):
        out(before + write(_case(verdict)))
        before = ",\n  "
    out(f'],\n "summary": {write(_summary(tally.summary))},')
    ended = ending()
    if ended.interrupted:
        out('\n "interrupted": true,')
    if ended.part:
        out(f'\n "shard": {write(_part(ended.part, ended.uses))},')
    if ended.endpoints:
        out(f'\n "endpoints": {write([_endpoint(one) for one in ended.endpoints])},')
    out(f'\n "stale": {write([_stale(one) for one in ended.stale])}}}\n')
    return tally.summary


def _case(verdict: Verdict) -> dict[str, object]:
    told: dict[str, object] = {
        "name": verdict.case.name,
        "service": verdict.case.service,
        "verdict": str(verdict.outcome),
        "differences": [_difference(d) for d in verdict.differences],
        "noise": [_difference(d) for d in verdict.noise],
        "accepted": [_accepted(one) for one in verdict.accepted],
        "answers": {
            side: _answer(answer)
            for side, answer in (("monolith", verdict.monolith), ("service", verdict.service))
            if answer is not None
        },
    }
    if lines := curls(verdict):
        told["curl"] = lines
    if verdict.error:
        told["error"] = verdict.error
    if verdict.shrunk:
        told["shrunk"] = asdict(verdict.shrunk)
    return {**told, **_whence(verdict)} if verdict.position else told


def _whence(verdict: Verdict) -> dict[str, object]:
    """What other formats tell of a case, for the report that is made of those of all shards."""
    case = verdict.case
    request = {"method": case.request.method, "path": case.request.path}
    return {
        "position": verdict.position,
        "file": case.source,
        "line": case.line,
        "request": request,
    }


def _difference(difference: Difference) -> dict[str, object]:
    """A side that lacks the place has no key."""
    sides = (("monolith", difference.monolith), ("service", difference.service))
    place = {"kind": difference.kind, "path": difference.path}
    return {**place, **{side: value for side, value in sides if value is not ABSENT}}


def _accepted(one: Accepted) -> dict[str, object]:
    why = {"reason": one.by.reason, "ticket": one.by.ticket, "expires": one.by.expires.isoformat()}
    return {**_difference(one.difference), **why}


def _stale(one: Stale) -> dict[str, object]:
    return {"path": one.source, "line": one.line, "message": one.what}


def _part(part: Part, uses: Iterable[Use]) -> dict[str, object]:
    place = {"index": part.index, "count": part.count, "total": part.total, "run": part.run}
    return {**place, "partial": part.partial, "accepted": [_use(one) for one in uses]}


def _use(one: Use) -> dict[str, object]:
    entry = one.entry
    why = {"reason": entry.reason, "ticket": entry.ticket, "expires": entry.expires.isoformat()}
    return {"path": entry.source, "line": entry.line, **why, "used": one.used}


def _endpoint(one: Endpoint) -> dict[str, object]:
    return {"method": one.method, "path": one.path, "service": one.service, "cases": one.cases}


def _answer(answer: Answer) -> dict[str, object]:
    return {"status": answer.status, "elapsed_ms": answer.elapsed_ms}


def _summary(summary: Summary) -> dict[str, int]:
    return {
        "total": summary.total,
        "matched": summary.matched,
        "mismatched": summary.mismatched,
        "errored": summary.errored,
        "skipped": summary.skipped,
    }

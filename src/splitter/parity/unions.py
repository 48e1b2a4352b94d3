"""The shards of one run, put together: each is there once, and none is of another run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from splitter.model.acceptance import Stale
from splitter.model.ending import Ending, Endpoint
from splitter.parity.ledger import unused
from splitter.parity.shard_reports import ReportError, ShardReport


def united(reports: Sequence[ShardReport]) -> Ending:
    """What is known of the run whose shards these are, each once; else ReportError says which of
    them is missing, there twice or of another run."""
    for report in reports[1:]:
        _check_kin(reports[0], report)
    _check_number(reports)
    return Ending(tuple(_stale(reports)), tuple(_endpoints(reports)))


def _check_kin(first: ShardReport, other: ShardReport) -> None:
    a, b = first.part, other.part
    if a.count != b.count:
        raise ReportError(
            f"{other.name} is shard {b.index} of {b.count}, {first.name} is one of {a.count}"
        )
    if replace(a, index=b.index) != b or _lists(first) != _lists(other):
        raise ReportError(
            f"{other.name} is of another run than {first.name}: it has other cases, services or "
            "accepted differences"
        )


def _lists(report: ShardReport) -> list[object]:
    endpoints = [replace(one, cases=0) for one in report.ending.endpoints]
    return [*endpoints, *(use.entry for use in report.ending.uses)]


def _check_number(reports: Sequence[ShardReport]) -> None:
    count = reports[0].part.count
    seen: dict[int, str] = {}
    for report in reports:
        index = report.part.index
        if index in seen:
            names = f"{seen[index]} and {report.name}"
            raise ReportError(f"shard {index} of {count} is there twice: {names}")
        seen[index] = report.name
    missing = [index for index in range(1, count + 1) if index not in seen]
    if missing:
        named = ", ".join(map(str, missing[:20])) + (" …" if len(missing) > 20 else "")
        what = f"shard {named} is" if len(missing) == 1 else f"shards {named} are"
        raise ReportError(f"{what} missing of {count}")


def _endpoints(reports: Sequence[ShardReport]) -> Iterator[Endpoint]:
    for place, one in enumerate(reports[0].ending.endpoints):
        yield replace(one, cases=sum(r.ending.endpoints[place].cases for r in reports))


def _stale(reports: Sequence[ShardReport]) -> Iterator[Stale]:
    """The entries that have to go: those of no use in any shard, and those that are over."""
    first = reports[0]
    over = {(one.source, one.line): one for r in reports for one in r.ending.stale}
    for place, use in enumerate(first.ending.uses):
        entry = use.entry
        if not any(r.ending.uses[place].used for r in reports) and not first.part.partial:
            yield unused(entry)
        elif (entry.source, entry.line) in over:
            yield over[entry.source, entry.line]

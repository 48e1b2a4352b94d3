"""The reports of all shards make the one report of the run."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from splitter.effects import case_files
from splitter.errors import UsageError
from splitter.model.jsontext import Json
from splitter.model.parity import Verdict
from splitter.parity import shard_reports
from splitter.parity.documents import members
from splitter.parity.shard_reports import LISTED, ReportError
from splitter.parity.unions import united
from splitter.workflows.accepting import Comparison

HINT = "splitter parity-merge takes the JSON report of every shard, each once"


def merged(names: Sequence[str], *, target: Path | None = None) -> Comparison:
    """The verdicts of all shards in the order of the cases, read as they are wanted.

    Each report is read twice: first to see that it is whole. UsageError says which cannot be used,
    or is missing, or is to be written over.
    """
    for name in names:
        if target is not None and target.resolve() == Path(name).resolve():
            raise UsageError("--output is one of the reports that are read", where=name)
    reports = [_examined(name) for name in names]
    try:
        ending = united(reports)
    except ReportError as error:
        raise UsageError(str(error), hint=HINT) from None
    found = heapq.merge(*map(_verdicts, names), key=lambda verdict: verdict.position)
    return Comparison((replace(verdict, position=0) for verdict in found), lambda: ending)


def _examined(name: str) -> shard_reports.ShardReport:
    try:
        return shard_reports.examined(_members(name), name=name)
    except ReportError as error:
        raise UsageError(str(error), where=name, hint=HINT) from None


def _verdicts(name: str) -> Iterator[Verdict]:
    try:
        yield from shard_reports.verdicts(_members(name))
    except ReportError as error:
        raise UsageError(str(error), where=name, hint=HINT) from None


def _members(name: str) -> Iterator[tuple[str, Json]]:
    try:
        with case_files.text(Path(name), name, what="the report") as more:
            yield from members(more, listed=LISTED)
    except UnicodeDecodeError:
        raise ReportError("it is not UTF-8") from None

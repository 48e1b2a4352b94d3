"""The JSON report of a shard: is it whole, and what does it say besides its cases?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from splitter.model.acceptance import Stale
from splitter.model.ending import Ending, Endpoint
from splitter.model.jsontext import Json, JsonError
from splitter.model.parity import Verdict
from splitter.model.shards import Part, Use
from splitter.parity.retold import acceptance, verdict

LISTED = "cases"
"""The list of a report that may be long."""
OTHER = (
    "it is not the JSON report of a shard: parity-check --shard I/N --format json --output FILE "
    "makes one"
)
Members = Iterable[tuple[str, Json]]
_FAULTS = (KeyError, TypeError, AttributeError, ValueError)


class ReportError(Exception):
    """It is no report of a shard that can be used, or not of this run; the text says why."""


@dataclass(frozen=True, slots=True)
class ShardReport:
    """What a report says besides its cases."""

    name: str
    part: Part
    ending: Ending


def verdicts(members: Members) -> Iterator[Verdict]:
    """The cases of a report, as they come. ReportError where they are none of a shard's."""
    try:
        yield from (verdict(entry) for name, entry in members if name == LISTED)  # type: ignore[arg-type]
    except JsonError as error:
        raise ReportError(f"it is no whole JSON document: {error}") from None
    except _FAULTS:
        raise ReportError(OTHER) from None


def examined(members: Members, *, name: str) -> ShardReport:
    """What a whole report says besides its cases; ReportError if it cannot be used."""
    others: dict[str, Any] = {}
    counted = _Counted(members, others)
    for _ in verdicts(counted):
        pass
    try:
        return _checked(name, others, counted.count)
    except _FAULTS:
        raise ReportError(OTHER) from None


class _Counted:
    """The cases of a document pass; what is not a case is kept."""

    def __init__(self, members: Members, others: dict[str, Any]) -> None:
        self._members = members
        self._others = others
        self.count = 0

    def __iter__(self) -> Iterator[tuple[str, Json]]:
        for name, value in self._members:
            if name == LISTED:
                self.count += 1
                yield name, value
            else:
                self._others[name] = value


def _checked(name: str, others: Mapping[str, Any], count: int) -> ShardReport:
    if others["schema"] != 1:
        raise ReportError(f"it has schema {others['schema']}, and 1 is known")
    if others.get("interrupted"):
        raise ReportError("the run of this shard was interrupted: run it again")
    if others["summary"]["total"] != count:
        raise ReportError(f"it has {count} cases and says {others['summary']['total']}")
    told = others["shard"]
    part = Part(told["index"], told["count"], told["total"], told["run"], told["partial"])
    stale = (Stale(one["path"], one["line"], one["message"]) for one in others["stale"])
    uses = (Use(acceptance(one), one["used"]) for one in told["accepted"])
    reached = tuple(map(_endpoint, others.get("endpoints", ())))
    return ShardReport(name, part, Ending(tuple(stale), reached, uses=tuple(uses)))


def _endpoint(told: Mapping[str, Any]) -> Endpoint:
    return Endpoint(told["method"], told["path"], told["service"], told["cases"])

"""One self-contained page: every case, to be filtered, with the values side by side."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from splitter.model.ending import Ending, Endpoint
from splitter.model.parity import ABSENT, Difference, Outcome, Summary, Verdict
from splitter.reports.pages import pieces, template
from splitter.reports.parity.curl import curls
from splitter.reports.parity.spool import Spool, spool
from splitter.reports.parity.tally import Tally
from splitter.reports.parity.wording import (
    gone,
    place,
    printable,
    request,
    shrunk,
    told,
    value,
    why,
)

WIDTH = 20_000
"""Characters of a value that the page shows."""
OPEN = 200
"""Of so many cases at the head those that do not match are folded out."""


@dataclass(frozen=True, slots=True)
class Side:
    """A value in three parts: what both sides begin with, what differs, what both end with."""

    head: str
    middle: str
    tail: str
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A difference as the page shows it."""

    place: str
    monolith: Side
    service: Side


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the page shows it."""

    verdict: str
    name: str
    service: str
    request: str
    path: str
    statuses: str
    times: tuple[str, str]
    elapsed: tuple[float, float] | None
    error: str
    differences: list[Entry]
    accepted: list[tuple[str, Entry]]
    noise: list[Entry]
    curls: list[tuple[str, str]]
    shrunk: list[str]

    @property
    def searched(self) -> str:
        """What the filter by text looks into."""
        accepted = (entry for _, entry in self.accepted)
        places = (entry.place for entry in (*self.differences, *accepted, *self.noise))
        return " ".join([self.name, self.request, self.error, *places]).lower()


def report(
    verdicts: Iterable[Verdict],
    out: Callable[[str], object],
    *,
    ending: Callable[[], Ending] = Ending,
) -> Summary:
    """Write the page when all verdicts are there, for its head counts them."""
    tally = Tally()
    with spool() as put_away:
        cases = _Cases(put_away)
        for verdict in tally.count(verdicts):
            cases.put(_row(verdict))
        for piece in _page(cases, tally.summary, ending()):
            out(piece)
    return tally.summary


def _page(cases: _Cases, summary: Summary, ended: Ending) -> Iterator[str]:
    counts = (summary.matched, summary.mismatched, summary.errored, summary.skipped)
    return pieces("reports/parity.html.j2")(
        cases=cases.spool.pieces(),
        total=summary.total,
        counts=dict(zip(map(str, Outcome), counts, strict=True)),
        services=sorted(cases.services),
        stale=[gone(one) for one in ended.stale],
        interrupted=ended.interrupted,
        endpoints=_least_first(ended.endpoints),
        reached=sum(bool(one.cases) for one in ended.endpoints),
        latency=_latency(cases.times),
        passed=summary.proven and not ended.stale and not ended.interrupted,
        told=told(summary),
    )


class _Cases:
    """The cases as the page has them, put away until its head is written, and what that needs."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.services: set[str] = set()
        self.times = (array("d"), array("d"))
        self._render = template("reports/parity_case.html.j2")
        self._count = 0

    def put(self, row: Row) -> None:
        self._count += 1
        is_open = row.verdict != Outcome.MATCH and self._count <= OPEN
        self.spool.put(self._render(row=row, is_open=is_open))
        self.services.add(row.service)
        for times, elapsed in zip(self.times, row.elapsed or (), strict=False):
            times.append(elapsed)


def _least_first(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Those that no case reached at the top."""
    return sorted(endpoints, key=lambda one: (one.cases > 0, one.service))


def _latency(times: Iterable[array[float]]) -> list[tuple[str, tuple[str, str]]]:
    """What is told of the times of both sides, over the cases that both answered."""
    sides = [sorted(side) for side in times]
    if not all(sides):
        return []
    parts = (("median", 0.5), ("95 %", 0.95), ("longest", 1.0))
    return [(name, (_part(sides[0], part), _part(sides[1], part))) for name, part in parts]


def _part(times: Sequence[float], part: float) -> str:
    return f"{times[max(0, ceil(part * len(times)) - 1)]:.1f}"


def _row(verdict: Verdict) -> Row:
    answers = (verdict.monolith, verdict.service)
    statuses = [str(answer.status) if answer else "–" for answer in answers]
    times = [f"{answer.elapsed_ms:.1f}" if answer else "–" for answer in answers]
    return Row(
        verdict=str(verdict.outcome),
        name=printable(verdict.case.name),
        service=printable(verdict.case.service),
        request=request(verdict),
        path=printable(verdict.case.request.path),
        statuses=statuses[0] if statuses[0] == statuses[1] else " / ".join(statuses),
        times=(times[0], times[1]),
        elapsed=(verdict.monolith.elapsed_ms, verdict.service.elapsed_ms)
        if verdict.monolith and verdict.service
        else None,
        error=printable(verdict.error),
        differences=[_entry(d) for d in verdict.differences],
        accepted=[(why(one.by), _entry(one.difference)) for one in verdict.accepted],
        noise=[_entry(d) for d in verdict.noise],
        curls=list(curls(verdict).items()),
        shrunk=list(shrunk(verdict)),
    )


def _entry(difference: Difference) -> Entry:
    values = (difference.monolith, difference.service)
    raw = all(v is ABSENT or isinstance(v, str) for v in values)
    sides = _sides(*(_text(v) if raw else value(v, WIDTH) for v in values))
    monolith, service = (
        Side("", "", "", True) if v is ABSENT else side
        for side, v in zip(sides, values, strict=True)
    )
    return Entry(place(difference), monolith, service)


def _text(side: object) -> str:
    """Where both are texts, they are shown with their lines and without quotes."""
    text = side[:WIDTH] if isinstance(side, str) else ""
    return "\n".join(printable(line) for line in text.split("\n"))


def _sides(a: str, b: str) -> tuple[Side, Side]:
    head = _shared(a, b)
    tail = _shared(a[head:][::-1], b[head:][::-1])
    return _cut(a, head, tail), _cut(b, head, tail)


def _shared(a: str, b: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))


def _cut(text: str, head: int, tail: int) -> Side:
    end = len(text) - tail
    return Side(text[:head], text[head:end].replace("\n", "↵\n"), text[end:])

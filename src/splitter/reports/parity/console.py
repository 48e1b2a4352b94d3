"""The text report: a line for each case as it is done, and below it what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from splitter.model.ending import Ending
from splitter.model.parity import Answer, Outcome, Summary, Verdict
from splitter.reports.parity.tally import Tally
from splitter.reports.parity.wording import gone, lines, printable, reached, request, told

_LABELS = {
    Outcome.MATCH: ("match", "32"),
    Outcome.MISMATCH: ("MISMATCH", "31;1"),
    Outcome.ERROR: ("ERROR", "31;1"),
    Outcome.SKIPPED: ("skipped", "33"),
}


def report(
    verdicts: Iterable[Verdict],
    out: Callable[[str], object],
    *,
    colour: bool = False,
    ending: Callable[[], Ending] = Ending,
) -> Summary:
    """Write each verdict when it comes, and the summary in the end."""
    tally = Tally()
    for verdict in tally.count(verdicts):
        out(_line(verdict, colour) + "\n")
        for line in lines(verdict):
            out(f"          {line}\n")
    out("\n")
    ended = ending()
    for stale in ended.stale:
        out(f"{gone(stale)}\n")
    if ended.interrupted:
        out("interrupted: there were more cases\n")
    if ended.endpoints:
        out(f"{reached(ended.endpoints)}\n")
    out(f"{told(tally.summary)}\n")
    return tally.summary


def _line(verdict: Verdict, colour: bool) -> str:
    word, code = _LABELS[verdict.outcome]
    label = f"{word:<9}"
    if colour:
        label = f"\x1b[{code}m{label}\x1b[0m"
    name, service = printable(verdict.case.name), printable(verdict.case.service)
    return f"{label} {name}  [{request(verdict)} · {service}]{_times(verdict)}"


def _times(verdict: Verdict) -> str:
    """Such as ` 3.1 → 2.7 ms`, the monolith first."""
    if verdict.monolith is None or verdict.service is None:
        return ""
    return f" {_time(verdict.monolith)} → {_time(verdict.service)} ms"


def _time(answer: Answer) -> str:
    return f"{answer.elapsed_ms:.1f}"

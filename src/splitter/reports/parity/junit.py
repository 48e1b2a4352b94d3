"""The JUnit report: a mismatch is a failure, an error an error, a skipped case skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from xml.sax.saxutils import escape, quoteattr

from splitter.model.acceptance import Stale
from splitter.model.ending import Ending
from splitter.model.parity import Outcome, Summary, Verdict
from splitter.reports.parity.spool import spool
from splitter.reports.parity.tally import Tally
from splitter.reports.parity.wording import headline, joined, lines, printable

_TAGS = {Outcome.MISMATCH: "failure", Outcome.ERROR: "error", Outcome.SKIPPED: "skipped"}


def report(
    verdicts: Iterable[Verdict],
    out: Callable[[str], object],
    *,
    ending: Callable[[], Ending] = Ending,
) -> Summary:
    """Write one document when all verdicts are there, since its head counts them."""
    tally = Tally()
    seconds = 0.0
    with spool() as cases:
        for verdict in tally.count(verdicts):
            cases.put(_case(verdict))
            seconds += _seconds(verdict)
        stale = [_stale(one) for one in ending().stale]
        out(_head(tally.summary, len(stale), seconds))
        for piece in chain(cases.pieces(), stale):
            out(piece)
    out("</testsuite>\n</testsuites>\n")
    return tally.summary


def _head(summary: Summary, stale: int, seconds: float) -> str:
    counts = (
        f'tests="{summary.total + stale}" failures="{summary.mismatched + stale}" '
        f'errors="{summary.errored}" skipped="{summary.skipped}" time="{seconds:.3f}"'
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<testsuites name="splitter">\n<testsuite name="parity" {counts}>\n'
    )


def _case(verdict: Verdict) -> str:
    case = verdict.case
    names = f"name={_quoted(case.name)} classname={_quoted(case.service)}"
    place = f" file={_quoted(case.source)}" if case.source else ""
    place += f' line="{case.line}"' if case.line else ""
    head = f'<testcase {names}{place} time="{_seconds(verdict):.3f}"'
    return f"{head}>{_found(verdict)}</testcase>\n"


def _stale(one: Stale) -> str:
    """An entry of the list of accepted differences that has to go, as a test that fails."""
    place = f'file={_quoted(one.source)} line="{one.line}"'
    head = f'<testcase name={_quoted(f"{one.source}:{one.line}")} classname="accepted" {place}'
    return f'{head} time="0.000"><failure message={_quoted(one.what)}></failure></testcase>\n'


def _found(verdict: Verdict) -> str:
    text = escape(joined(lines(verdict)))
    tag = _TAGS.get(verdict.outcome)
    if tag is None:
        return f"<system-out>{text}</system-out>" if text else ""
    return f"<{tag} message={_quoted(headline(verdict))}>{text}</{tag}>"


def _quoted(text: str) -> str:
    return quoteattr(printable(text))


def _seconds(verdict: Verdict) -> float:
    """The time that the service took."""
    return verdict.service.elapsed_ms / 1000 if verdict.service else 0.0

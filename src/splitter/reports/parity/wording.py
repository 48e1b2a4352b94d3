"""Names, places and values of a verdict as text: on one line, and without control characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from splitter.model.acceptance import Acceptance, Stale
from splitter.model.ending import Endpoint
from splitter.model.jsontext import write
from splitter.model.parity import ABSENT, Difference, Outcome, Summary, Verdict
from splitter.reports.parity.curl import curls, escaped

WIDTH = 300
"""Characters that a value may take on a line."""

_SIDES = ("monolith:", "service: ")
WORDS = {
    Outcome.MATCH: "matched",
    Outcome.MISMATCH: "mismatched",
    Outcome.ERROR: "errored",
    Outcome.SKIPPED: "skipped",
}


def printable(text: str) -> str:
    """The text on one line: what is not printable is spelled as an escape."""
    return text if text.isprintable() else "".join(map(escaped, text))


def place(difference: Difference) -> str:
    """Such as `status`, `header etag` or `body $.items[0].amount`."""
    return printable(f"{difference.kind} {difference.path}".strip())


def value(side: object, width: int = WIDTH) -> str:
    """A side's value as JSON on one line, cut where it is too long; a dash where there is none."""
    if side is ABSENT:
        return "(absent)"
    text = printable(write(side))
    return text if len(text) <= width else f"{text[:width]}… ({len(text)} characters)"


def lines(verdict: Verdict, width: int = WIDTH) -> Iterator[str]:
    """What was found, in full: differences with both values, the error, both requests, what is
    accepted and why, and the noise."""
    if verdict.error:
        yield printable(verdict.error)
    for difference in verdict.differences:
        yield place(difference)
        yield f"  monolith: {value(difference.monolith, width)}"
        yield f"  service:  {value(difference.service, width)}"
    yield from requests(verdict)
    yield from shrunk(verdict)
    for one in verdict.accepted:
        yield f"accepted: {place(one.difference)}: {why(one.by)}"
    if verdict.noise:
        yield f"noise: {', '.join(place(d) for d in verdict.noise)}"


def requests(verdict: Verdict) -> Iterator[str]:
    """A line for the shell for each side, where the case did not match."""
    for side, line in zip(_SIDES, curls(verdict).values(), strict=False):
        yield f"{side} {line}"


def shrunk(verdict: Verdict) -> Iterator[str]:
    """To what the session was shrunk, and a case file of it."""
    found = verdict.shrunk
    if found is None:
        return
    note = [printable(found.note)] if found.note else []
    if found.cases:
        kept = f"{found.requests} of {counted(found.of, 'request')}"
        tries = "1 try" if found.tries == 1 else f"{found.tries} tries"
        note = [f"{kept} fail so by themselves, found in {tries}", *note]
    yield f"shrunk: {'; '.join(note)}"
    yield from (f"  {printable(line)}" for line in found.cases.splitlines())


def why(entry: Acceptance) -> str:
    """Such as `the service has no etag yet (SHOP-12, until 2027-01-31)`."""
    return printable(f"{entry.reason} ({entry.ticket}, until {entry.expires.isoformat()})")


def reached(endpoints: Sequence[Endpoint], most: int = 10) -> str:
    """Such as `2 of 3 endpoints reached; no case for GET /a`; nothing where none is known."""
    left = [f"{e.method} {e.path}" for e in endpoints if not e.cases]
    if not endpoints:
        return ""
    head = f"{len(endpoints) - len(left)} of {counted(len(endpoints), 'endpoint')} reached"
    more = f" and {len(left) - most} more" if len(left) > most else ""
    return printable(f"{head}; no case for {', '.join(left[:most])}{more}" if left else head)


def gone(stale: Stale) -> str:
    """Such as `accepted.yaml:3: no difference falls under this any more: …`."""
    return printable(str(stale))


def headline(verdict: Verdict) -> str:
    """What happened, in a few words."""
    if verdict.outcome is Outcome.MISMATCH:
        service = printable(verdict.case.service)
        return f"{counted(len(verdict.differences), 'difference')} ({service})"
    return printable(verdict.error) or WORDS[verdict.outcome]


def request(verdict: Verdict) -> str:
    """Method and path of the case, as its file has them."""
    return printable(f"{verdict.case.request.method} {verdict.case.request.path}")


def told(summary: Summary) -> str:
    """Such as `3 cases: 2 matched, 1 mismatched`."""
    counts = (summary.matched, summary.mismatched, summary.errored, summary.skipped)
    parts = [f"{n} {word}" for n, word in zip(counts, WORDS.values(), strict=True) if n]
    return f"{counted(summary.total, 'case')}: {', '.join(parts)}" if parts else "no cases"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def joined(texts: Iterable[str]) -> str:
    return "\n".join(texts)

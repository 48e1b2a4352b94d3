"""Annotations for GitHub Actions, and the page that a job shows as its summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from splitter.model.acceptance import Stale
from splitter.model.ending import Ending
from splitter.model.parity import Outcome, Summary, Verdict
from splitter.reports.parity.tally import Tally
from splitter.reports.parity.wording import (
    gone,
    headline,
    joined,
    lines,
    place,
    printable,
    reached,
    requests,
    shrunk,
    told,
)

SHOWN = 100
"""Differences that an annotation names, and cases that the page lists."""
UNFOLDED = 10
"""Cases of which the page has the values and the requests."""
_COMMANDS = {Outcome.MISMATCH: "error", Outcome.ERROR: "error", Outcome.SKIPPED: "warning"}


def report(
    verdicts: Iterable[Verdict],
    out: Callable[[str], object],
    *,
    page: Callable[[str], object] | None = None,
    ending: Callable[[], Ending] = Ending,
) -> Summary:
    """Write an annotation for each case that does not match, and the Markdown for `page`."""
    tally = Tally()
    rows: list[str] = []
    first: list[str] = []
    for verdict in tally.count(verdicts):
        if verdict.outcome is Outcome.MATCH:
            continue
        out(_annotation(verdict) + "\n")
        if len(rows) < SHOWN:
            rows.append(_row(verdict))
        if len(first) < UNFOLDED and verdict.outcome is not Outcome.SKIPPED:
            first.append(_unfolded(verdict))
    ended = ending()
    for one in ended.stale:
        out(_stale(one) + "\n")
    out(f"parity: {told(tally.summary)}\n")
    if page is not None:
        page(_page(tally.summary, ended, rows) + "".join(first))
    return tally.summary


def _annotation(verdict: Verdict) -> str:
    case = verdict.case
    properties = {"title": f"parity: {printable(case.name)}"}
    if case.source:
        properties["file"] = printable(case.source)
    if case.line:
        properties["line"] = str(case.line)
    return _command(_COMMANDS[verdict.outcome], properties, _message(verdict))


def _stale(one: Stale) -> str:
    title = {"title": "parity: accepted differences"}
    place = {"file": printable(one.source), "line": str(one.line)}
    return _command("error", {**title, **place}, printable(one.what))


def _command(name: str, properties: dict[str, str], text: str) -> str:
    spelled = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {spelled}::{_data(text)}"


def _message(verdict: Verdict) -> str:
    """A line for each difference and its values; the places alone once there are many."""
    head = f"{printable(verdict.case.name)}: {headline(verdict)}"
    if verdict.error:
        return joined([head, *requests(verdict), *shrunk(verdict)])
    many = len(verdict.differences) > SHOWN // 4
    found = [place(d) for d in verdict.differences] if many else list(lines(verdict, 160))
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    rest = (*requests(verdict), *shrunk(verdict)) if many else ()
    return joined([head, *found[:SHOWN], *more, *rest])


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _page(summary: Summary, ended: Ending, rows: list[str]) -> str:
    said = [gone(one) for one in ended.stale]
    said += ["interrupted: there were more cases"] if ended.interrupted else []
    said += [reached(ended.endpoints)] if ended.endpoints else []
    listed = "".join(f"- {_cell(line)}\n" for line in said)
    head = f"### Parity: {told(summary)}\n\n{listed}" + ("\n" if listed else "")
    if not rows:
        return head
    table = "| verdict | case | service | found |\n| --- | --- | --- | --- |\n" + "".join(rows)
    left = summary.total - summary.matched - len(rows)
    more = f"and {left} more\n\n" if left else ""
    return f"{head}{table}\n{more}"


def _row(verdict: Verdict) -> str:
    places = [place(d) for d in verdict.differences[:5]]
    left = len(verdict.differences) - len(places)
    found = [f"<code>{_cell(text)}</code>" for text in places] or [_cell(headline(verdict))]
    more = [f"and {left} more"] if left else []
    cells = [str(verdict.outcome), _cell(verdict.case.name), _cell(verdict.case.service)]
    return f"| {' | '.join([*cells, '<br>'.join([*found, *more])])} |\n"


def _unfolded(verdict: Verdict) -> str:
    """What was found in full, to be folded out."""
    found = list(lines(verdict, 160))
    more = [f"and {len(found) - SHOWN} more lines"] if len(found) > SHOWN else []
    text = "\n".join(_cell(line) for line in (*found[:SHOWN], *more))
    return (
        f"<details><summary>{_cell(verdict.case.name)}</summary>\n\n"
        f"<pre>{text}</pre>\n\n</details>\n\n"
    )


def _cell(text: str) -> str:
    """Text that neither Markdown nor HTML takes for anything else."""
    safe = escape(printable(text))
    return "".join(f"&#{ord(c)};" if c in "|`*_[]\\~#" else c for c in safe)

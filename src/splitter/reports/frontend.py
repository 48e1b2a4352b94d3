"""The calls of a frontend, as lines, as a Markdown page, as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby

from splitter.model.frontend import Call, Finding, Report
from splitter.reports import console

_ALIKE = 3


def show(reports: Sequence[Report], output: str) -> None:
    """On stdout, as `text`, `markdown` or `json`."""
    if output == "json":
        console.show_json({"schema": 1, "frontends": [document(report) for report in reports]})
        return
    lines = markdown if output == "markdown" else text
    for place, report in enumerate(reports):
        console.say([""] if place else [])
        console.say(lines(report))


def text(report: Report) -> Iterator[str]:
    """A line for each call, then the figures and what is to be done."""
    width = max((len(f.call.at) for f in report.findings), default=0)
    for group in _grouped(report.findings):
        finding = group[0]
        asks = f"{finding.call.method or '?'} {finding.call.url}"
        yield f"{finding.call.at:<{min(width, 60)}}  {asks}"
        yield f"    {_answer(finding)}"
        if len(group) > 1:
            yield f"    and {len(group) - 1} more like it, from the same line"
    yield ""
    yield from _figures(report)
    yield from _left_out(report)
    yield verdict(report)


def markdown(report: Report) -> Iterator[str]:
    yield f"# Calls of {report.folder}"
    yield ""
    yield from _figures(report)
    yield ""
    yield "| call | asks | answered by | route |"
    yield "| --- | --- | --- | --- |"
    for f in report.findings:
        asks = f"`{f.call.method or '?'} {f.call.url}`".replace("|", "\\|")
        route = f"`{f.route}`".replace("|", "\\|") if f.route else f.why
        yield f"| {f.call.at} | {asks} | {f.owner or f.state} | {route} |"
    yield ""
    yield verdict(report)


def document(report: Report) -> dict[str, object]:
    states = Counter(f.state for f in report.findings)
    return {
        "folder": report.folder,
        "summary": {
            "files": report.survey.files,
            "left_out": dict(report.survey.left_out),
            "calls": len(report.findings),
            **{state: states[state] for state in ("resolved", "dynamic", "unmatched")},
            "owners": dict(Counter(f.owner for f in report.findings if f.owner)),
            "bases": list(report.bases),
        },
        "verdict": verdict(report),
        "calls": [_row(finding) for finding in report.findings],
        "wrappers": [_place(call) | {"callers": call.callers} for call in report.wrappers],
        "broken": [{"file": path, "line": line} for path, line in report.survey.broken],
    }


def verdict(report: Report) -> str:
    """Whether anything has to change with a gateway in front of monolith and services."""
    asked = [f for f in report.findings if f.state == "resolved"]
    if not asked:
        return "No call asks a route of the monolith."
    if not report.bases:
        return (
            "Where the calls' clients have their base is not known: with that at the gateway, "
            "as the page's own origin is, nothing has to change."
        )
    if report.bases == ("",):
        return "All known calls go to the page's own origin: with a gateway nothing has to change."
    if len(report.bases) == 1:
        return f"All known calls go to {report.bases[0]}: point it at the gateway, and that is all."
    named = ", ".join(base or "the page's own origin" for base in report.bases)
    return f"Calls go to {named}: with all of these at the gateway nothing else has to change."


def _row(finding: Finding) -> dict[str, object]:
    row = asdict(finding)
    row.pop("call")
    row.pop("outside")
    return {**_place(finding.call), **{k: v or None if k != "state" else v for k, v in row.items()}}


def _place(call: Call) -> dict[str, object]:
    return {
        "file": call.path,
        "line": call.line,
        "method": call.method or None,
        "url": call.url,
        "how": call.how,
        "through": call.through or None,
    }


def _grouped(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Findings of one line that differ in the URL only, as those of a parent class do."""

    def alike(f: Finding) -> tuple[str, str, str, str]:
        return f.call.at, f.call.method, f.state, f.why

    ordered = sorted(findings, key=lambda f: (f.call.path, f.call.line, *alike(f)[1:]))
    for key, found in groupby(ordered, key=alike):
        group = list(found)
        if len(group) > _ALIKE and key[2] != "resolved":
            yield group
        else:
            yield from ([one] for one in group)


def _answer(finding: Finding) -> str:
    if finding.state == "resolved":
        why = f" ({finding.why})" if finding.why else ""
        return f"{finding.owner}: {finding.route}{why}"
    owner = f", {finding.owner} in any case" if finding.owner else ""
    return f"{finding.state}: {finding.why}{owner}"


def _figures(report: Report) -> Iterator[str]:
    states = Counter(f.state for f in report.findings)
    told = ", ".join(f"{states[s]} {s}" for s in ("resolved", "dynamic", "unmatched") if states[s])
    count = len(report.findings)
    files = report.survey.files
    head = f"{report.folder}: {count} call{_s(count)} in {files} file{_s(files)}"
    yield head + (f": {told}" if told else "")
    owners = Counter(f.owner for f in report.findings if f.state == "resolved")
    if owners:
        yield "answered by: " + ", ".join(f"{owner} {n}" for owner, n in owners.most_common())


def _left_out(report: Report) -> Iterator[str]:
    left = report.survey.left_out
    if left:
        named = ", ".join(f"{count} {reason}" for reason, count in left.items())
        yield f"left out: {named}"
    for path, line in report.survey.broken:
        yield f"cannot be parsed: {path}:{line}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"

"""The plan as Markdown, to be kept beside the code: tables, the picture, each service in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from splitter.model.figures import Chart, Figures, Outlook
from splitter.reports.plan import mermaid, wording
from splitter.reports.plan.wording import counted, listed, number, percent

_SHARED = 20


def document(outlook: Outlook) -> str:
    """The whole page."""
    return "\n".join(_lines(outlook)) + "\n"


def _lines(outlook: Outlook) -> Iterator[str]:
    chart = outlook.chart
    yield f"# The plan for {chart.app}"
    yield from ("", wording.headline(chart) + ".", "")
    yield from _rows(
        (
            "service",
            "routes",
            "own lines",
            "shared lines",
            "of all",
            "tables",
            "contested",
            "across",
        ),
        (_cells(chart, figures) for figures in chart.services),
    )
    yield from ("", "```mermaid", mermaid.graph(chart).rstrip("\n"), "```")
    for figures in chart.services:
        yield from _service(chart, figures)
    yield from ("", "## Shared", "")
    shared = sorted(chart.shared, key=lambda s: (-s.lines, s.module))
    yield from _rows(
        ("file", "lines", "why"),
        ((f"`{s.path}`", number(s.lines), wording.because(chart, s)) for s in shared[:_SHARED]),
    )
    if len(shared) > _SHARED:
        yield from ("", f"And {counted(len(shared) - _SHARED, 'file')} more.")
    yield from _section("Routes that no service takes", [wording.located(r) for r in chart.left])
    yield from _section("For all together", [wording.noted(n) for n in chart.notes])
    if outlook.differences:
        found = [wording.changed(d) for d in outlook.differences]
        yield from _section(f"Against {outlook.against}", found)


def _cells(chart: Chart, figures: Figures) -> tuple[str, ...]:
    return (
        f"{figures.name}{' (blocked)' if figures.blockers else ''}",
        number(len(figures.routes)),
        number(figures.own.lines),
        number(figures.shared.lines),
        percent(figures.copied, chart.monolith.lines),
        number(len(figures.writes)),
        number(len(chart.contested(figures.name))),
        number(len({crossing.name for crossing in figures.crossings})),
    )


def _service(chart: Chart, figures: Figures) -> Iterator[str]:
    yield from ("", f"## {figures.name}", "")
    yield f"- {counted(len(figures.routes), 'route')} of `{'`, `'.join(wording.modules(figures))}`"
    yield f"- {wording.amounts(figures.own)} of its own, {wording.amounts(figures.shared)} shared"
    yield (
        f"- as whole files it would be {counted(figures.whole.lines, 'line')}, with all that its "
        f"route files import {number(figures.closure.lines)}"
    )
    yield from (f"- {line}" for line in wording.spared(figures))
    for verb, names in (
        ("writes", list(wording.written(chart, figures))),
        ("reads", list(wording.read(chart, figures))),
    ):
        if names:
            yield f"- {verb} {listed(names)}"
    yield from (f"- uses `{c.name}` at {wording.place(c.path, c.line)}" for c in figures.crossings)
    yield from (f"- {wording.spanning(span)}" for span in figures.spans)
    yield from (f"- **blocked**: {wording.noted(note)}" for note in figures.blockers)


def _rows(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' for _ in heads)} |"
    yield from (f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _section(head: str, entries: list[str]) -> Iterator[str]:
    if entries:
        yield from ("", f"## {head}", "")
        yield from (f"- {entry}" for entry in entries)

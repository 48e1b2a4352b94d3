"""The plan as one self-contained page: the map, the figures, each service, tables, shared code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from splitter.model.figures import Chart, Figures, Outlook, TableUsers
from splitter.model.plan import Home, Placement
from splitter.reports.pages import template
from splitter.reports.plan import wording
from splitter.reports.plan.drawing import WIDTH, draw
from splitter.reports.plan.wording import number, percent

_FILES = 80
_NAMES = 12
_SHARED = 400


@dataclass(frozen=True, slots=True)
class Row:
    """A service as the page shows it: cells of the table of figures, and its paragraphs."""

    figures: Figures
    cells: tuple[tuple[int, str], ...]
    own: float
    shared: float
    writes: list[str]
    reads: list[str]
    spans: list[str]
    crossings: list[str]
    blockers: list[str]
    notes: list[str]
    spared: list[str]
    files: list[tuple[str, str, str]]
    more: int

    @property
    def searched(self) -> str:
        """What the filter by text looks into."""
        words = (self.figures.name, *wording.modules(self.figures), *self.writes, *self.reads)
        return " ".join(words).lower()


def page(outlook: Outlook) -> str:
    """The whole page."""
    chart = outlook.chart
    return template("reports/plan.html.j2")(
        chart=chart,
        headline=wording.headline(chart),
        drawing=draw(chart),
        width=WIDTH,
        rows=[_row(chart, figures) for figures in chart.services],
        matrix=[(table, list(_modes(chart, table))) for table in chart.tables],
        shared=_shared(chart),
        hidden=max(0, len(chart.shared) - _SHARED),
        ties=chart.ties[:20],
        left=[wording.located(route) for route in chart.left],
        findings=[wording.noted(note) for note in chart.notes],
        differences=[wording.changed(difference) for difference in outlook.differences],
        against=outlook.against,
    )


def _row(chart: Chart, figures: Figures) -> Row:
    whole = chart.monolith.lines or 1
    across = {crossing.name for crossing in figures.crossings}
    counts = (
        len(figures.routes),
        figures.own.lines,
        figures.shared.lines,
        len(figures.writes),
        len(chart.contested(figures.name)),
        len(chart.foreign(figures.name)),
        len(across),
        len(figures.spans),
    )
    own = [p for p in figures.placements if p.home is Home.SERVICE]
    return Row(
        figures,
        (*((count, number(count)) for count in counts), _percent(figures, whole)),
        round(100 * figures.own.lines / whole, 2),
        round(100 * figures.shared.lines / whole, 2),
        list(wording.written(chart, figures)),
        list(wording.read(chart, figures)),
        [wording.spanning(span) for span in figures.spans],
        [f"{c.name} at {wording.place(c.path, c.line)}" for c in figures.crossings],
        [wording.noted(note) for note in figures.blockers],
        [wording.noted(note) for note in figures.notes],
        wording.spared(figures),
        [_file(p) for p in sorted(own, key=lambda p: p.path)[:_FILES]],
        max(0, len(own) - _FILES),
    )


def _percent(figures: Figures, whole: int) -> tuple[int, str]:
    return figures.copied, percent(figures.copied, whole)


def _file(placement: Placement) -> tuple[str, str, str]:
    names = wording.listed(placement.names, _NAMES) or "all of it"
    return placement.origin_path, placement.path, names


def _modes(chart: Chart, table: TableUsers) -> Iterator[tuple[str, str]]:
    """For each service a sign and a class: it owns the table, writes it too, or reads it."""
    for figures in chart.services:
        if figures.name in table.writers:
            kind = "contested" if len(table.writers) > 1 else "writes"
            yield "W", f"{kind} owner" if table.owner == figures.name else kind
        elif figures.name in table.readers:
            yield "r", "reads"
        else:
            yield "", ""


def _shared(chart: Chart) -> list[tuple[str, str, str, str, int]]:
    """Path, new place, names, reason and lines, the largest first."""
    ordered = sorted(chart.shared, key=lambda one: (-one.lines, one.module))
    return [
        (
            one.path,
            one.target,
            wording.listed(one.names, _NAMES) or "all of it",
            wording.because(chart, one),
            one.lines,
        )
        for one in ordered[:_SHARED]
    ]

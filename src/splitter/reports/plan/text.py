"""The plan as text: a table of all services, then each in words, then what they share."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator

from splitter.model.figures import Chart, Figures, Outlook
from splitter.model.plan import Home, Placement
from splitter.reports.plan import wording
from splitter.reports.plan.wording import counted, listed, number, percent

_WIDTH = 80
_SHARED = 12
_TIES = 6
_COLUMNS = ("routes", "own", "shared", "of all", "writes", "contested", "reads", "across")
_WIDTHS = (7, 8, 8, 8, 8, 11, 7, 8)


def lines(outlook: Outlook, names: Collection[str] = ()) -> Iterator[str]:
    """Every planned service, or only some with all that moves for them."""
    chart = outlook.chart
    yield f"{chart.app}: {wording.headline(chart)}"
    yield ""
    yield from _table(chart)
    for figures in chart.services:
        if not names or figures.name in names:
            yield from _service(chart, figures)
            yield from _moves(figures) if names else ()
    if not names:
        yield from _together(chart)
    yield from _differences(outlook)


def _table(chart: Chart) -> Iterator[str]:
    name_width = max([_WIDTH - sum(_WIDTHS), *(len(f.name) for f in chart.services)])
    yield "service".ljust(name_width) + "".join(map(str.rjust, _COLUMNS, _WIDTHS))
    for figures in chart.services:
        cells = (
            number(len(figures.routes)),
            number(figures.own.lines),
            number(figures.shared.lines),
            percent(figures.copied, chart.monolith.lines),
            number(len(figures.writes)),
            number(len(chart.contested(figures.name))),
            number(len(chart.foreign(figures.name))),
            number(len({crossing.name for crossing in figures.crossings})),
        )
        yield figures.name.ljust(name_width) + "".join(map(str.rjust, cells, _WIDTHS))
    yield from textwrap.wrap(
        "own, shared: lines of code that are copied. contested: tables that another service "
        "writes too. reads: tables of others. across: names of others' route modules in use.",
        _WIDTH,
    )


def _service(chart: Chart, figures: Figures) -> Iterator[str]:
    port = f", port {figures.service.port}" if figures.service.port else ""
    yield ""
    routes = counted(len(figures.routes), "route")
    yield f"{figures.name}{port}: {routes} of {listed(wording.modules(figures), 4)}"
    own = f"{wording.amounts(figures.own)} are its own"
    code = [
        f"{own} ({counted(figures.own.symbols, 'definition')}), "
        f"{wording.amounts(figures.shared)} shared; {number(figures.around.lines)} of them are "
        "not reached from its routes: the application around them, and what is kept in doubt",
        f"as whole files it would be {counted(figures.whole.lines, 'line')}, with all that its "
        f"route files import {number(figures.closure.lines)}",
    ]
    left_out = [wording.place(*found) for found in figures.left_out]
    yield from _row("code", code)
    yield from _row("left out", [listed(left_out, 3)] if left_out else ())
    yield from _row("spared", wording.spared(figures))
    yield from _row("writes", [listed(list(wording.written(chart, figures)))])
    yield from _row("reads", ["; ".join(wording.read(chart, figures))])
    yield from _row("tied to", [_references(chart, figures)])
    yield from _row("across", [_crossing(figures, c.name) for c in figures.crossings])
    yield from _row("spans", [wording.spanning(span) for span in figures.spans])
    yield from _row("notes", [wording.noted(note) for note in figures.notes])
    yield from _row("blocked", [wording.noted(note) for note in figures.blockers])


def _references(chart: Chart, figures: Figures) -> str:
    others: dict[str, list[str]] = {}
    for own, other in chart.references(figures.name):
        others.setdefault(other, []).append(own)
    return listed([f"{other} (by {listed(own)})" for other, own in sorted(others.items())], 5)


def _crossing(figures: Figures, name: str) -> str:
    found = next(c for c in figures.crossings if c.name == name)
    owner = f"{found.owner}'s" if found.owner else "no service's"
    return f"{found.name}, {owner}, at {wording.place(found.path, found.line)}"


def _moves(figures: Figures) -> Iterator[str]:
    yield ""
    yield "routes"
    yield from (f"  {wording.title(r):<50} {r.file}:{r.line}" for r in figures.routes)
    for home, what in ((Home.SERVICE, "its own"), (Home.SHARED, "shared")):
        yield ""
        yield f"what moves, {what}"
        for placement in sorted(figures.placements, key=lambda p: p.path):
            if placement.home is home:
                yield from _move(placement)
    yield ""
    yield f"distributions: {len(figures.requirements)}"
    yield from _wrap(listed(figures.requirements), "  ", "  ")
    if figures.unneeded:
        yield "of what the monolith asks for, not needed"
        yield from _wrap(listed(figures.unneeded), "  ", "  ")


def _move(placement: Placement) -> Iterator[str]:
    yield f"  {placement.origin_path} -> {placement.path}"
    what = listed(placement.names) or "all of it"
    yield from _wrap(f"{what}: {placement.because}", " " * 6, " " * 6)


def _together(chart: Chart) -> Iterator[str]:
    yield from _shared(chart)
    if chart.ties:
        yield ""
        yield "shared by some and by nobody else; what shares much may belong together"
        for tie in chart.ties[:_TIES]:
            what = f"{tie.amount.lines:>5} lines, {counted(tie.amount.symbols, 'definition')}"
            yield from _wrap(f"{what}: {listed(tie.services)}", "  ", " " * 9)
    if chart.circles:
        yield ""
        yield from (f"{listed(c)} use one another" for c in chart.circles)
    if chart.left:
        yield ""
        yield f"no service takes {counted(len(chart.left), 'route')}"
        yield from (f"  {wording.title(r):<50} {r.file}:{r.line}" for r in chart.left[:_SHARED])
        if len(chart.left) > _SHARED:
            yield f"  and {len(chart.left) - _SHARED} more"
    if chart.notes:
        yield ""
        yield "for all together"
        yield from (line for n in chart.notes for line in _wrap(wording.noted(n), "  ", " " * 6))


def _shared(chart: Chart) -> Iterator[str]:
    shared = sorted(chart.shared, key=lambda s: (-s.lines, s.module))
    if shared:
        total = counted(sum(s.lines for s in shared), "line")
        yield ""
        yield f"shared: {total} in {counted(len(shared), 'file')}; the largest"
    for one in shared[:_SHARED]:
        names = counted(len(one.names), "name") if one.names else "all of it"
        why = wording.because(chart, one)
        yield from _wrap(f"{one.lines:>5}  {one.path}, {names}: {why}", "  ", " " * 9)


def _differences(outlook: Outlook) -> Iterator[str]:
    if outlook.against:
        yield ""
        yield f"against {outlook.against}:"
        yield from (f"  {wording.changed(d)}" for d in outlook.differences)
        if not outlook.differences:
            yield "  no figure differs"


def _row(head: str, entries: Collection[str]) -> Iterator[str]:
    for index, entry in enumerate(e for e in entries if e):
        yield from _wrap(entry, f"  {'' if index else head:<9} ", " " * 12)


def _wrap(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )

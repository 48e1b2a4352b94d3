"""How figures and names are said, in every format of the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from splitter.model.changes import Note
from splitter.model.figures import Amount, Chart, Difference, Figures, SharedFile, Span
from splitter.model.monolith import Route


def number(value: int) -> str:
    """With a comma at each thousand."""
    return f"{value:,}"


def percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else "–"


def counted(count: int, thing: str) -> str:
    """`1 route`, `2 routes`."""
    return f"{number(count)} {thing}{'' if count == 1 else 's'}"


def listed(names: Collection[str], most: int = 0) -> str:
    """Names in a row; more than `most` of them (if that is given) are only counted."""
    shown = list(names)
    if most and len(shown) > most:
        return f"{', '.join(shown[:most])} and {len(shown) - most} more"
    return ", ".join(shown)


def headline(chart: Chart) -> str:
    """The plan in one line."""
    taken = sum(len(f.routes) for f in chart.services)
    every = taken + len(chart.left)
    services = counted(len(chart.services), "service")
    routes = f"{number(taken)} of {counted(every, 'route')}"
    return f"{services}, {routes}, {amounts(chart.monolith)}"


def amounts(amount: Amount) -> str:
    return f"{counted(amount.lines, 'line')} in {counted(amount.files, 'file')}"


def spared(figures: Figures) -> list[str]:
    """What the owner leaves out, and what that comes to; nothing where he does not."""
    if not figures.omitted:
        return []
    lines = counted(figures.spared, "line")
    return [f"{lines} less, because leave_out names {listed(figures.omitted)}"]


def title(route: Route) -> str:
    """A route as one names it."""
    return f"{','.join(route.methods) or route.kind} {route.path}"


def located(route: Route) -> str:
    """The same, with its place."""
    return f"{title(route)} ({place(route.file, route.line)})"


def modules(figures: Figures) -> list[str]:
    """The modules that a service's routes are in."""
    return sorted({route.module for route in figures.routes})


def written(chart: Chart, figures: Figures) -> Iterable[str]:
    """The tables that a service writes, with those who write them too."""
    users = {table.name: table for table in chart.tables}
    for name in figures.writes:
        others = [w for w in users[name].writers if w != figures.name] if name in users else []
        yield f"{name} ({listed(others)} too)" if others else name


def read(chart: Chart, figures: Figures) -> Iterable[str]:
    """The tables that a service only reads, by whose they are."""
    owned: dict[str, list[str]] = {}
    for table in chart.tables:
        if table.name in chart.foreign(figures.name):
            owned.setdefault(table.owner or "several", []).append(table.name)
    return (f"{listed(names)} of {owner}" for owner, names in sorted(owned.items()))


def because(chart: Chart, one: SharedFile) -> str:
    """Why a file is shared, in few words."""
    if len(one.services) == len(chart.services) > 2 and "services" in one.because:
        return "every service needs it"
    return one.because


def spanning(span: Span) -> str:
    return f"{span.route} writes {listed(span.tables)} ({place(span.path, span.line)})"


def noted(note: Note) -> str:
    return f"{place(note.path, note.line)}: {note.code} {note.what}"


def place(path: str, line: int) -> str:
    return f"{path}:{line}" if line else path


def changed(difference: Difference) -> str:
    """A difference in one line."""
    if difference.before is None:
        return f"{difference.service} is new, with {counted(difference.after or 0, 'route')}"
    if difference.after is None:
        return f"{difference.service} is gone; it had {counted(difference.before, 'route')}"
    old, new = number(difference.before), number(difference.after)
    return f"{difference.service}: {difference.figure} {old} -> {new}"

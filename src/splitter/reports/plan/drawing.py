"""The map as boxes and lines: shared code, services with their route modules, tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from splitter.model.figures import Chart, Figures, SharedFile, TableUsers
from splitter.reports.plan import wording
from splitter.reports.plan.wording import counted, number

WIDTH = 1180
_TOP = 34
_GAP = 8
_FILES = 12
_FOLDERS = 8
_TABLES = 90


@dataclass(frozen=True, slots=True)
class Box:
    """A thing on the map, with a name, what is said beside it, and below both.

    `own` and `shared` are the widths of two bars.
    """

    id: str
    kind: str
    label: str
    said: str = ""
    below: str = ""
    title: str = ""
    marked: bool = False
    own: float = 0
    shared: float = 0
    beside: str = ""
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Line:
    """From a box to another one; `kind` is `code`, `writes`, `contested` or `reads`.

    `common`: nearly every service has the like, so that it tells little.
    """

    start: str
    end: str
    kind: str
    title: str
    common: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it, `height` pixels high and `WIDTH` wide. `heads` are columns: x and title."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    heads: tuple[tuple[float, str], ...]
    height: float


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    x: float
    width: float
    height: float
    boxes: Sequence[Box]


def draw(chart: Chart) -> Drawing:
    """The map of a chart; the same chart gives the same map."""
    groups = _groups(chart)
    every = [
        _Column("shared code", 0, 240, 36, list(_shared(chart, groups))),
        _Column("services and their route modules", 440, 290, 68, list(_services(chart))),
        _Column("tables", 940, 240, 24, list(_tables(chart))),
    ]
    columns = [column for column in every if column.boxes]
    height = max(len(c.boxes) * (c.height + _GAP) for c in columns) + _TOP
    placed = {box.id: box for column in columns for box in _placed(column, height)}
    lines = tuple(
        replace(line, path=_curve(placed[line.start], placed[line.end]))
        for line in _lines(chart, groups)
        if line.start in placed and line.end in placed
    )
    heads = tuple((column.x, column.title) for column in columns)
    return Drawing(tuple(placed.values()), lines, heads, height)


def _placed(column: _Column, height: float) -> Iterator[Box]:
    """One below the other, over the whole height, but not more than a box apart."""
    count = len(column.boxes)
    step = min((height - _TOP) / count, column.height * 2)
    top = _TOP + (height - _TOP - step * count) / 2
    for index, box in enumerate(column.boxes):
        y = top + index * step + (step - column.height) / 2
        yield replace(box, x=column.x, y=round(y, 1), width=column.width, height=column.height)


def _services(chart: Chart) -> Iterator[Box]:
    most = max(f.copied for f in chart.services) or 1
    prefix = _common([module for f in chart.services for module in wording.modules(f)])
    for figures in chart.services:
        modules = [module.removeprefix(prefix) for module in wording.modules(figures)]
        shown = _end(modules[0], 30) if len(modules) == 1 else _end(modules[0], 20)
        more = f" and {len(modules) - 1} more" if len(modules) > 1 else ""
        title = (
            f"{figures.name}: {wording.amounts(figures.own)} of its own, "
            f"{wording.amounts(figures.shared)} shared"
        )
        yield Box(
            f"s:{figures.name}",
            "service",
            _end(figures.name, 22),
            counted(len(figures.routes), "route"),
            f"{shown}{more}",
            title,
            bool(figures.blockers),
            round(266 * figures.own.lines / most, 1),
            round(266 * figures.shared.lines / most, 1),
            f"{number(figures.copied)} lines",
        )


def _shared(chart: Chart, groups: dict[str, list[SharedFile]]) -> Iterator[Box]:
    prefix = _common([one.path for files in groups.values() for one in files], "/")
    for name, files in groups.items():
        lines = _size(files)
        size = counted(lines, "line")
        below = f"{counted(len(files), 'file')} · {size}" if len(files) > 1 else size
        users = _users(files)
        all_of_them = len(users) == len(chart.services) > 1
        said = "every service" if all_of_them else counted(len(users), "service")
        listed = wording.listed([one.path for one in files], 12)
        label = name.removeprefix(prefix) or f"{name.rstrip('/').rpartition('/')[2]}/"
        yield Box(f"c:{name}", "shared", _end(label, 20), said, below, listed)


def _tables(chart: Chart) -> Iterator[Box]:
    order = {f.name: i for i, f in enumerate(chart.services)}
    tables = sorted(chart.tables, key=lambda t: (order.get(t.owner, len(order)), t.name))
    for table in tables[:_TABLES]:
        readers = [name for name in table.readers if name != table.owner]
        title = f"{table.name}: written by {wording.listed(table.writers) or 'no service'}"
        title += f", read by {wording.listed(readers)}" if readers else ""
        said = f"read by {len(readers)}" if readers else ""
        contested = len(table.writers) > 1
        yield Box(f"t:{table.name}", "table", _end(table.name, 22), said, "", title, contested)


def _users(files: Sequence[SharedFile]) -> set[str]:
    return {name for one in files for name in one.services}


def _groups(chart: Chart) -> dict[str, list[SharedFile]]:
    """Shared code by who has it: files of some services each, those of nearly all by folder."""
    files = sorted((f for f in chart.shared if f.lines), key=lambda f: (-f.lines, f.module))
    some = [one for one in files if len(one.services) <= _many(chart)]
    rest = [one for one in files if one not in some]
    groups = {one.path: [one] for one in some[:_FILES]} | _folders(rest)
    if some[_FILES:]:
        groups["others, of some"] = some[_FILES:]
    return groups


def _folders(files: Sequence[SharedFile]) -> dict[str, list[SharedFile]]:
    """Files by folder. The folder with most lines is parted until there are enough."""
    groups = {"": list(files)} if files else {}
    whole: set[str] = set()
    while len(groups) < _FOLDERS and groups.keys() - whole:
        name = max(groups.keys() - whole, key=lambda n: (_size(groups[n]), n))
        parts: dict[str, list[SharedFile]] = defaultdict(list)
        for one in groups[name]:
            inner = one.path[len(name) :].partition("/")
            parts[f"{name}{inner[0]}/" if inner[1] or not name else name].append(one)
        if parts.keys() == {name}:
            whole.add(name)
        else:
            del groups[name]
            groups.update(parts)
    ordered = sorted(groups.items(), key=lambda group: (-_size(group[1]), group[0]))
    return {found[0].path if len(found) == 1 else name: found for name, found in ordered}


def _size(files: Sequence[SharedFile]) -> int:
    return sum(one.lines for one in files)


def _many(chart: Chart) -> float:
    """What more services than these have tells nothing of any of them."""
    return 0.7 * len(chart.services)


def _lines(chart: Chart, groups: dict[str, list[SharedFile]]) -> Iterator[Line]:
    many = _many(chart)
    for figures in chart.services:
        service = f"s:{figures.name}"
        for name, files in groups.items():
            lines = sum(one.lines for one in files if figures.name in one.services)
            if lines:
                title = f"{figures.name} has {counted(lines, 'line')} of {name}"
                yield Line(f"c:{name}", service, "code", title, len(_users(files)) > many)
        for table in chart.tables:
            kind = _kind(figures, table)
            if kind:
                verb = "reads" if kind == "reads" else "writes"
                title = f"{figures.name} {verb} {table.name}"
                users = table.readers if kind == "reads" else table.writers
                common = len(users) > max(many, 3)
                yield Line(service, f"t:{table.name}", kind, title, common)


def _kind(figures: Figures, table: TableUsers) -> str:
    if figures.name in table.writers:
        return "contested" if len(table.writers) > 1 else "writes"
    return "reads" if figures.name in table.readers else ""


def _curve(start: Box, end: Box) -> str:
    x, y, stop, goal = start.x + start.width, start.middle, end.x, end.middle
    bend = (stop - x) * 0.5
    return f"M{x:g} {y:g}C{x + bend:g} {y:g} {stop - bend:g} {goal:g} {stop:g} {goal:g}"


def _common(names: Sequence[str], sign: str = ".") -> str:
    """The packages or folders, with the sign behind, that all names are in."""
    parts = [name.split(sign)[:-1] for name in names]
    found: list[str] = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        found.append(level[0])
    return "".join(f"{part}{sign}" for part in found) if len(names) > 1 else ""


def _end(name: str, most: int) -> str:
    """The end of a long name tells more than its beginning."""
    return name if len(name) <= most else f"…{name[1 - most :]}"

"""The plan as a Mermaid flowchart: services with their tables, and what ties them together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from splitter.model.figures import Chart, Figures, TableUsers
from splitter.reports.plan.wording import counted, listed, number

_LINKS = 30
_NODES = 24
_NAMES = 6
_STYLES = (
    "  classDef service fill:#e6eefb,stroke:#3b6fb5,color:#1b2733",
    "  classDef blocked fill:#fdecea,stroke:#c0392b,stroke-width:3px,color:#1b2733",
    "  classDef tables fill:#f4efe2,stroke:#c0392b,color:#1b2733",
    "  classDef note fill:none,stroke-dasharray:4",
)


@dataclass(frozen=True, slots=True)
class _Link:
    """From a service to another one, for a reason; `weight` orders what is shown first."""

    source: str
    target: str
    label: str
    arrow: str
    weight: tuple[int, int]


def graph(chart: Chart) -> str:
    """Text that Mermaid takes. What is too much for one picture is counted, not drawn."""
    return "\n".join(_lines(chart)) + "\n"


def _lines(chart: Chart) -> Iterator[str]:
    ordered = sorted(chart.services, key=lambda f: -len(f.routes))[:_NODES]
    shown = [figures for figures in chart.services if figures in ordered]
    ids = {figures.name: f"s{index}" for index, figures in enumerate(shown)}
    nobodys = [table.name for table in chart.tables if _target(chart, table) not in ids]
    ids |= {f"table:{name}": f"t{index}" for index, name in enumerate(nobodys)}
    links = sorted(_links(chart), key=lambda k: (k.weight, k.source, k.target))
    links = [link for link in links if link.source in ids and link.target in ids]
    yield "flowchart LR"
    yield from (_node(chart, figures, ids[figures.name]) for figures in shown)
    for name in nobodys:
        if any(link.target == f"table:{name}" for link in links[:_LINKS]):
            yield f"  {ids[f'table:{name}']}[({_quoted(_plain(name))})]:::tables"
    for link in links[:_LINKS]:
        source, target = ids[link.source], ids[link.target]
        yield f"  {source} {link.arrow}|{_quoted(link.label)}| {target}"
    yield from _rest(chart, len(shown), len(links))
    yield from _STYLES


def _node(chart: Chart, figures: Figures, name: str) -> str:
    label = f"<b>{figures.name}</b><br>{counted(len(figures.routes), 'route')}"
    label += f"<br>{number(figures.own.lines)} + {number(figures.shared.lines)} lines"
    owned = [table.name for table in chart.tables if table.owner == figures.name]
    if owned:
        label += f"<br><i>{'<br>'.join(_short(owned))}</i>"
    return f"  {name}[{_quoted(label)}]:::{'blocked' if figures.blockers else 'service'}"


def _short(names: list[str]) -> list[str]:
    more = [f"and {len(names) - _NAMES} more"] if len(names) > _NAMES else []
    return [*map(_plain, names[:_NAMES]), *more]


def _links(chart: Chart) -> Iterator[_Link]:
    """Writing another one's table weighs most, then using its code, then reading its tables."""
    for figures in chart.services:
        found: dict[str, dict[str, set[str]]] = {"writes": {}, "uses": {}, "reads": {}}
        for table in chart.tables:
            target = _target(chart, table)
            if figures.name in table.writers and not _is_common(chart, table.writers):
                found["writes"].setdefault(target, set()).add(table.name)
            elif figures.name in table.readers and not _is_common(chart, table.readers):
                found["reads"].setdefault(target, set()).add(table.name)
        for crossing in figures.crossings:
            if crossing.owner:
                found["uses"].setdefault(crossing.owner, set()).add(crossing.name)
        for verb, targets in found.items():
            targets.pop(figures.name, None)
            yield from _told(figures.name, targets, verb)


def _target(chart: Chart, table: TableUsers) -> str:
    """The service that owns a table, or else the table itself."""
    return table.owner if chart.figures(table.owner) else f"table:{table.name}"


def _is_common(chart: Chart, users: Collection[str]) -> bool:
    """Whether nearly every service is among them: a link from each would hide all else."""
    return len(users) >= max(4, 0.7 * len(chart.services))


def _told(source: str, found: Mapping[str, Iterable[str]], verb: str) -> Iterator[_Link]:
    rank, arrow = {"writes": (0, "==>"), "uses": (1, "-->"), "reads": (2, "-.->")}[verb]
    for target, names in found.items():
        last = sorted(_plain(name.rpartition(":")[2]) for name in names)
        label = verb if target.startswith("table:") else f"{verb} {listed(last, 2)}"
        yield _Link(source, target, label, arrow, (rank, -len(last)))


def _rest(chart: Chart, shown: int, links: int) -> Iterator[str]:
    told = [f"<b>shared/</b><br>{number(sum(s.lines for s in chart.shared))} lines"]
    for verb, common in (
        ("written", [t.name for t in chart.tables if _is_common(chart, t.writers)]),
        ("read", [t.name for t in chart.tables if _is_common(chart, t.readers)]),
    ):
        if common:
            told.append(f"{verb} by nearly all:<br>{listed([*map(_plain, common)], _NAMES)}")
    if len(chart.services) > shown:
        told.append(f"{counted(len(chart.services) - shown, 'service')} more, with fewer routes")
    if links > _LINKS:
        told.append(f"{counted(links - _LINKS, 'link')} more, of less weight")
    if chart.left:
        told.append(f"{counted(len(chart.left), 'route')} in no service")
    for index, text in enumerate(told):
        yield f"  r{index}[{_quoted(text)}]:::note"


def _quoted(text: str) -> str:
    return f'"{text}"'


def _plain(name: str) -> str:
    """A name that is neither markup nor the end of a label."""
    return name.replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")

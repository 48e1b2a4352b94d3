"""Two plans held against each other: which key figure of which service became what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from splitter.model.figures import Chart, Difference

KeyFigures = Mapping[str, Mapping[str, int]]
"""Service → name of a figure → its value. Plain enough to be kept as JSON."""


def key_figures(chart: Chart) -> dict[str, dict[str, int]]:
    """The figures that one decides by, for each service."""
    return {
        f.name: {
            "routes": len(f.routes),
            "lines of its own": f.own.lines,
            "lines shared": f.shared.lines,
            "tables written": len(f.writes),
            "tables written by others too": len(chart.contested(f.name)),
            "tables of others read": len(chart.foreign(f.name)),
            "names used across": len(f.crossings),
            "routes that write for several": len(f.spans),
            "blockers": len(f.blockers),
        }
        for f in chart.services
    }


def differences(before: KeyFigures, after: KeyFigures) -> tuple[Difference, ...]:
    """What changed; `None` stands for a service that is not planned on that side."""
    return tuple(_differences(before, after))


def _differences(before: KeyFigures, after: KeyFigures) -> Iterator[Difference]:
    for name in [*before, *(n for n in after if n not in before)]:
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            present = new or old or {}
            gone, come = (present.get("routes"), None), (None, present.get("routes"))
            yield Difference(name, "routes", *(gone if new is None else come))
            continue
        for figure in new:
            if old.get(figure) != new[figure]:
                yield Difference(name, figure, old.get(figure), new[figure])

"""The plan as JSON: everything, nothing cut off."""

from __future__ import annotations

from dataclasses import asdict

from splitter.model.changes import Note
from splitter.model.figures import Chart, Figures, Outlook
from splitter.model.monolith import Route


def document(outlook: Outlook) -> dict[str, object]:
    """The chart, and how it differs from the one that it is held against."""
    chart = outlook.chart
    return {
        "schema": 1,
        "app": chart.app,
        "monolith": asdict(chart.monolith),
        "services": [_service(chart, figures) for figures in chart.services],
        "shared": [asdict(one) for one in chart.shared],
        "ties": [asdict(tie) for tie in chart.ties],
        "tables": [asdict(table) for table in chart.tables],
        "circles": [list(circle) for circle in chart.circles],
        "left": [_route(route) for route in chart.left],
        "findings": [_note(note) for note in chart.notes],
        "against": outlook.against or None,
        "differences": [asdict(difference) for difference in outlook.differences],
    }


def _service(chart: Chart, figures: Figures) -> dict[str, object]:
    return {
        "name": figures.name,
        "port": figures.service.port or None,
        "routes": [_route(route) for route in figures.routes],
        "own": asdict(figures.own),
        "shared": asdict(figures.shared),
        "around": asdict(figures.around),
        "whole_files": asdict(figures.whole),
        "import_closure": asdict(figures.closure),
        "moves": [asdict(placement) for placement in figures.placements],
        "left_out": [{"path": path, "line": line} for path, line in figures.left_out],
        "omitted": list(figures.omitted),
        "spared": figures.spared,
        "writes": list(figures.writes),
        "contested": list(chart.contested(figures.name)),
        "reads": list(figures.reads),
        "reads_of_others": list(chart.foreign(figures.name)),
        "references": [list(pair) for pair in chart.references(figures.name)],
        "across": [asdict(crossing) for crossing in figures.crossings],
        "spans": [asdict(span) for span in figures.spans],
        "requirements": list(figures.requirements),
        "unneeded": list(figures.unneeded),
        "blockers": [_note(note) for note in figures.blockers],
        "notes": [_note(note) for note in figures.notes],
    }


def _route(route: Route) -> dict[str, object]:
    return {
        "methods": list(route.methods),
        "path": route.path,
        "endpoint": route.endpoint,
        "file": route.file,
        "line": route.line,
        "kind": route.kind,
    }


def _note(note: Note) -> dict[str, object]:
    return {"code": note.code, "path": note.path, "line": note.line, "message": note.what}

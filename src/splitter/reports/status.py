"""The status page: as text, as JSON, and by way of status_markdown as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from splitter.model.progress import Milestone, Progress, ServiceProgress
from splitter.reports.console import say, show_json
from splitter.reports.status_markdown import page


def show(progress: Progress, form: str) -> None:
    """The page on stdout: `text`, `markdown` or `json`."""
    if form == "json":
        show_json(document(progress))
    else:
        say(page(progress) if form == "markdown" else lines(progress))


def document(progress: Progress) -> dict[str, object]:
    """The page as JSON."""
    return {
        "schema": 1,
        "project": progress.project,
        "date": progress.date,
        "ports": {
            "monolith": progress.monolith_port,
            "gateway": progress.gateway_port or None,
            "services": {service.name: service.port for service in progress.services},
        },
        "phases": [
            {"name": phase.name, "percent": phase.percent, "state": phase.state}
            for phase in progress.phases
        ],
        "foundation": _milestones(progress.foundation),
        "services": [_service(service) for service in progress.services],
        "integration": _milestones(progress.integration),
        "next": list(progress.steps),
    }


def _service(service: ServiceProgress) -> dict[str, object]:
    return {
        "name": service.name,
        "port": service.port,
        "percent": service.percent,
        "milestones": _milestones(service.milestones),
        "remarks": list(service.remarks),
    }


def _milestones(milestones: Sequence[Milestone]) -> list[dict[str, object]]:
    return [{"id": m.id, "what": m.what, "done": m.done, "next": m.next} for m in milestones]


def lines(progress: Progress) -> Iterator[str]:
    """The page as plain text, in ASCII but for what the user's own names say."""
    yield f"{progress.project}, {progress.date}"
    for phase in progress.phases:
        yield f"  {phase.name:<20}{phase.percent:>4} %  {phase.state}"
    if progress.foundation:
        yield from ("", "Foundation", *_ticked(progress.foundation))
    for service in progress.services:
        yield from _lines_of(service)
    yield from ("", "Integration", *_ticked(progress.integration))
    if progress.steps:
        yield from ("", "Next", *(f"  {step}" for step in progress.steps))


def _lines_of(service: ServiceProgress) -> Iterator[str]:
    reached = f"{service.percent} %" if service.started else "not started"
    yield from ("", f"{service.name}, port {service.port}: {reached}")
    if service.started:
        yield from _ticked(service.milestones)
    yield from (f"  ! {remark}" for remark in service.remarks)


def _ticked(milestones: Sequence[Milestone]) -> list[str]:
    return [f"  [{'x' if m.done else ' '}] {m.what}" for m in milestones]

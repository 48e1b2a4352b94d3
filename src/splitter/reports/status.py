"""The status page: as text, as JSON, and by way of status_markdown as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from splitter.errors import DiskError
from splitter.model.progress import Milestone, Progress, ServiceProgress
from splitter.reports.console import say
from splitter.reports.status_markdown import page


def show(progress: Progress, form: str, target: Path | None = None) -> None:
    """The page on stdout, or in a file: `text`, `markdown`, `json` or `html`."""
    if target is None:
        say([text(progress, form).removesuffix("\n")])
        return
    try:
        target.write_text(text(progress, form), encoding="utf-8", newline="\n")
    except OSError as error:
        raise DiskError(f"cannot write the status: {error.strerror}", where=str(target)) from None


def text(progress: Progress, form: str) -> str:
    """The page in one of its forms."""
    if form == "html":
        from splitter.reports.status_html import page as html

        return html(progress)
    if form == "json":
        return json.dumps(document(progress), indent=2, ensure_ascii=False) + "\n"
    return "\n".join(page(progress) if form == "markdown" else lines(progress)) + "\n"


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
        "requests": [
            {"service": s.service, "answered": s.answered, "by_monolith": s.by_monolith}
            for s in progress.shares
        ],
    }


def _service(service: ServiceProgress) -> dict[str, object]:
    return {
        "name": service.name,
        "port": service.port,
        "percent": service.percent,
        "milestones": _milestones(service.milestones),
        "remarks": list(service.remarks),
        "routes": [asdict(route) for route in service.routes],
        "parity": asdict(service.proof) if service.proof else None,
        "blocked": [asdict(one) for one in service.blocked],
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
    moved = [route for route in service.routes if route.moved]
    if moved:
        states = [f"{r.state} {r.percent} %" if r.state == "canary" else r.state for r in moved]
        told = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
        yield f"  routes: {told}"
    hits = [route.hits for route in service.routes if route.hits is not None]
    if hits:
        yield f"  old routes: {sum(hits)} hits since they are counted"
    yield from (f"  ! {remark}" for remark in service.remarks)
    for one in service.blocked:
        yield f"  blocked: {one.why}" + (f" -> {one.command}" if one.command else "")


def _ticked(milestones: Sequence[Milestone]) -> list[str]:
    return [f"  [{'x' if m.done else ' '}] {m.what}" for m in milestones]

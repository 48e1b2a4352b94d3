"""The status page as Markdown, to be kept in the repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from splitter.model.progress import Place, Progress, ServiceProgress

SIGNS = {"complete": "✅", "in progress": "🔄", "not started": "⏳"}
STRATEGY = {
    "structure": "Create service structure",
    "parity": "Test service independently",
    "traffic": "Send the traffic to the service",
    "deprecated": "Deprecate the old routes in the monolith",
    "retired": "Take the old routes out of the monolith",
}


def page(progress: Progress) -> Iterator[str]:
    """The page, line by line."""
    yield f"# {progress.project}: Refactoring Status"
    for heading, section in (
        ("## ✅ Completed", _completed(progress)),
        ("### Directory Structure", _tree(progress)),
        ("## 🔄 Next Steps", _next(progress)),
        ("## 📊 Progress", _phases(progress)),
        ("## 📝 Notes", _notes(progress)),
    ):
        content = list(section)
        if content:
            yield from ("", heading, "", *content)
    yield from ("", "---", "")
    if progress.date:
        yield f"**Date:** {progress.date}"
    states = (f"{phase.name} {phase.state.title()}" for phase in progress.phases)
    yield f"**Status:** {', '.join(states)}"


def _completed(progress: Progress) -> Iterator[str]:
    shared = [f"- ✅ {m.what}" for m in progress.foundation if m.done]
    if shared:
        yield from ("### Shared Infrastructure", "", *shared)
    started = [service for service in progress.services if service.started]
    if started and shared:
        yield ""
    if started:
        yield from ("### Services Created", "")
    for service in started:
        yield f"- **{_title(service)} Service** — {service.percent} %"
        yield f"  - Port: {service.port}"
        yield from (f"  - {'✅' if m.done else '⏳'} {m.what}" for m in service.milestones)
        yield from (f"  - ⚠️ {remark}" for remark in service.remarks)


def _tree(progress: Progress) -> Iterator[str]:
    if progress.places:
        branches = _branches(progress.places)
        yield from ("```", f"{progress.project}/", *_drawn(branches, progress.places), "```")


def _branches(places: Sequence[Place]) -> dict[str, list[str]]:
    """Folder → what is directly in it, all by whole path; the root is the empty path."""
    branches: dict[str, list[str]] = {}
    for place in places:
        path = place.path
        while path:
            parent = path.rstrip("/").rpartition("/")[0]
            parent = parent and f"{parent}/"
            children = branches.setdefault(parent, [])
            if path not in children:
                children.append(path)
            path = parent
    return branches


def _drawn(branches: Mapping[str, list[str]], places: Sequence[Place]) -> list[str]:
    rows = list(_rows(branches, "", ""))
    said = {place.path: place for place in places}
    width = max(len(row) for row, _ in rows)
    return [f"{row:<{width}}  {_said(said.get(path))}".rstrip() for row, path in rows]


def _rows(branches: Mapping[str, list[str]], folder: str, indent: str) -> Iterator[tuple[str, str]]:
    children = branches.get(folder, [])
    for path in children:
        last = path == children[-1]
        name = path.removeprefix(folder)
        yield f"{indent}{'└── ' if last else '├── '}{name}", path
        yield from _rows(branches, path, indent + ("    " if last else "│   "))


def _said(place: Place | None) -> str:
    if place is None or not place.what:
        return ""
    return f"{'✅' if place.done else '📁'} {place.what[0].upper()}{place.what[1:]}"


def _next(progress: Progress) -> Iterator[str]:
    yield from (f"{place}. {_coded(step)}" for place, step in enumerate(progress.steps, 1))


def _coded(step: str) -> str:
    """Commands in code style, as far as the step is one."""
    return f"`{step}`" if step.startswith("splitter ") else step


def _phases(progress: Progress) -> Iterator[str]:
    for phase in progress.phases:
        yield f"- **{phase.name}:** {SIGNS[phase.state]} {phase.percent} % ({phase.state})"
    if any(service.started for service in progress.services):
        yield from ("", "| service | port | reached | next |", "| --- | --- | --- | --- |")
        yield from (_row(service) for service in progress.services)
    if any(route.moved for service in progress.services for route in service.routes):
        yield from ("", "| service | routes | last move |", "| --- | --- | --- |")
        yield from (_moves(service) for service in progress.services if service.routes)
    blocked = [(s.name, one) for s in progress.services for one in s.blocked]
    if blocked:
        yield from ("", "### In the way", "")
    for name, one in blocked:
        yield f"- **{name}:** {one.why}" + (f": `{one.command}`" if one.command else "")


def _moves(service: ServiceProgress) -> str:
    states = [f"canary {r.percent} %" if r.state == "canary" else r.state for r in service.routes]
    told = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    last = max(service.routes, key=lambda route: route.moved)
    move = f"{last.moved[:10]}, {last.by}" if last.moved else "—"
    return f"| {service.name} | {told} | {move} |"


def _row(service: ServiceProgress) -> str:
    following = service.following.what if service.following else "—"
    if not service.started:
        following = "not started"
    return f"| {service.name} | {service.port} | {service.percent} % | {following} |"


def _notes(progress: Progress) -> Iterator[str]:
    yield from ("### Current Architecture", "")
    yield f"- The monolith answers on port {progress.monolith_port}"
    if any(m.id == "gateway" and m.done for m in progress.integration):
        moved = [service.name for service in progress.services if _reached(service, "traffic")]
        where = f"of {', '.join(moved)} to the new side" if moved else "of all to the monolith"
        yield f"- The gateway on port {progress.gateway_port} sends the traffic {where}"
    if progress.services:
        yield from ("", "### Service Ports", "")
        yield from (f"- {_title(service)}: {service.port}" for service in progress.services)
        yield from ("", "### Migration Strategy", "", *_strategy(progress))


def _strategy(progress: Progress) -> Iterator[str]:
    for place, (step, what) in enumerate(STRATEGY.items(), 1):
        done = sum(_reached(service, step) for service in progress.services)
        yield f"{place}. {what} ({done} of {len(progress.services)})"


def _reached(service: ServiceProgress, step: str) -> bool:
    return any(m.id == step and m.done for m in service.milestones)


def _title(service: ServiceProgress) -> str:
    return service.name.replace("_", " ").title()

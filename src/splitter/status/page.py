"""The status page, computed from facts: how far all has come, and what is next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from splitter.model.progress import Milestone, Phase, Place, Progress, ServiceProgress
from splitter.model.routing import MONOLITH
from splitter.status.facts import Facts
from splitter.status.milestones import service_progress
from splitter.status.standing import stands

EXTRACTION: Mapping[str, str] = {
    "structure": "structure created",
    "routes": "routes copied",
    "imports": "imports rewritten",
    "boots": "boots alone",
    "parity": "answers as the monolith",
}
TITLES = {
    "shared.config": "Centralized configuration",
    "shared.database": "Shared database connection",
    "shared.auth": "Shared auth utilities",
}


def progress(facts: Facts) -> Progress:
    """The status page, without its looks."""
    shared = _foundation(facts)
    foundation = tuple(milestone for milestone, _ in shared)
    services = tuple(service_progress(facts, service) for service in facts.services)
    integration = _integration(facts, services)
    return Progress(
        facts.project,
        facts.date,
        facts.monolith_port,
        foundation,
        services,
        integration,
        _steps(foundation, services, integration),
        _phases(foundation, services, integration),
        (*(place for _, place in shared), *_places(facts, services)),
        facts.gateway_port,
        facts.shares,
        stands(facts, facts.table.of(MONOLITH)),
    )


def _foundation(facts: Facts) -> list[tuple[Milestone, Place]]:
    """The shared homes: one line each for configuration, database and authentication."""
    groups: dict[str, list[str]] = {title: [] for title in TITLES}
    for home in facts.homes.values():
        groups.setdefault(".".join(home.split(".")[:2]), []).append(home)
    return [_shared(facts, package, homes) for package, homes in groups.items() if homes]


def _shared(facts: Facts, package: str, homes: Sequence[str]) -> tuple[Milestone, Place]:
    title = TITLES.get(package, f"Shared {package.rpartition('.')[2]}")
    paths = [home.replace(".", "/") for home in homes]
    done = all({f"{p}.py", f"{p}/__init__.py"} & facts.files.keys() for p in paths)
    path = f"{paths[0]}.py" if len(paths) == 1 else package.replace(".", "/") + "/"
    milestone = Milestone(f"{title} ({path})", done, "splitter init", package.rpartition(".")[2])
    return milestone, Place(path, title, done)


def _integration(facts: Facts, services: Sequence[ServiceProgress]) -> tuple[Milestone, ...]:
    count = len(services)
    moved, old = _count(services, "traffic"), _count(services, "deprecated")
    gone = _count(services, "retired")
    return (
        Milestone(
            f"Gateway configured ({facts.gateway_file})",
            facts.gateway_file in facts.files,
            "splitter gateway",
            "gateway",
        ),
        Milestone(f"Traffic moved ({moved} of {count} services)", moved == count > 0, id="traffic"),
        Milestone(
            f"Old routes deprecated ({old} of {count} services)", old == count > 0, id="deprecated"
        ),
        Milestone(
            f"Old routes retired ({gone} of {count} services)", gone == count > 0, id="retired"
        ),
    )


def _count(services: Sequence[ServiceProgress], *ids: str) -> int:
    """How many milestones of these kinds are reached, over all services."""
    return sum(m.done for service in services for m in service.milestones if m.id in ids)


def _steps(
    foundation: Sequence[Milestone],
    services: Sequence[ServiceProgress],
    integration: Sequence[Milestone],
) -> tuple[str, ...]:
    """What to do now: what was begun first; a service has one step, its next."""
    begun = [service for service in services if service.started]
    steps = [m.next for m in foundation if not m.done]
    steps += [service.following.next for service in begun if service.following]
    steps += [f"look at {s.name}: {'; '.join(s.remarks)}" for s in services if s.remarks]
    steps += [f"splitter split {s.name} --port {s.port}" for s in services if not s.started]
    if _ready(services):
        steps += [m.next for m in integration if m.next and not m.done]
    return tuple(dict.fromkeys(steps))


def _ready(services: Sequence[ServiceProgress]) -> bool:
    """Whether some service answers as the monolith does, so that traffic may go to it."""
    return any(m.done for service in services for m in service.milestones if m.id == "parity")


def _phases(
    foundation: Sequence[Milestone],
    services: Sequence[ServiceProgress],
    integration: Sequence[Milestone],
) -> tuple[Phase, ...]:
    extracted = _count(services, *EXTRACTION)
    joined = _count(services, "traffic", "deprecated", "retired") + integration[0].done
    return (
        *_phase("Foundation", sum(m.done for m in foundation), len(foundation)),
        *_phase("Service extraction", extracted, len(EXTRACTION) * len(services)),
        *_phase("Integration", joined, 1 + 3 * len(services)),
    )


def _phase(name: str, done: int, of: int) -> list[Phase]:
    """None where there is nothing to do; 0 and 100 percent only where they are meant."""
    if not of:
        return []
    return [Phase(name, 100 * done // of or min(done, 1))]


def _places(facts: Facts, services: Sequence[ServiceProgress]) -> list[Place]:
    """The services' folders, each with what lies directly in it."""
    places: list[Place] = []
    for service, reached in zip(facts.services, services, strict=True):
        stages = [EXTRACTION[m.id] for m in reached.milestones if m.done and m.id in EXTRACTION]
        what = stages[-1] if stages else "planned"
        places.append(Place(f"{service.folder}/", what, len(stages) == len(EXTRACTION)))
        places += [Place(path) for path in _children(facts.files, f"{service.folder}/")]
    return places


def _children(files: Iterable[str], folder: str) -> list[str]:
    names = {path[len(folder) :] for path in files if path.startswith(folder)}
    heads = {name.partition("/")[0] + ("/" if "/" in name else "") for name in names}
    return [folder + head for head in sorted(heads) if head != "__init__.py"]

"""The commands that write a service's code: scaffold, extract, rewrite-imports, all in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from splitter.actions.asking import asked
from splitter.actions.assembling import Assembly, noted
from splitter.actions.configuring import with_service
from splitter.actions.scaffolding import Skeleton
from splitter.actions.scaffolding import scaffold as skeleton_of
from splitter.effects import ports
from splitter.effects.templates import read_templates
from splitter.errors import RefusedError, UsageError
from splitter.model.changes import ChangeSet, Note
from splitter.model.plan import Service
from splitter.planning.cut import Cut, cut
from splitter.planning.ground import Ground
from splitter.planning.plan import Blueprint, draw
from splitter.planning.selecting import select
from splitter.settings import check_name, check_port
from splitter.workflows.look import has_routes, sure_ground
from splitter.workflows.project import Project
from splitter.workflows.proposal import Proposal
from splitter.workflows.retired import refuse_retired
from splitter.workflows.upkeep import Laid, lay_out, rewritten, settled


@dataclass(frozen=True)
class Drawn:
    """A service with all that is known before anything is written for it."""

    project: Project
    service: Service
    blueprint: Blueprint
    cut: Cut

    @property
    def notes(self) -> tuple[Note, ...]:
        plan = self.blueprint.plans[self.service.name]
        found = self.cut.of(self.service.name)
        return (*plan.blockers, *plan.notes, *self.blueprint.data(self.service.name).notes, *found)

    @property
    def asked(self) -> tuple[Service, ...]:
        """The services that this one asks for their functions."""
        owners = sorted({call.owner for call in self.blueprint.calls(self.service.name)})
        return tuple(self.blueprint.plans[owner].service for owner in owners)

    @property
    def blockers(self) -> tuple[Note, ...]:
        """What of it has to be mended first."""
        return tuple(sorted({note for note in self.notes if note.blocks}))


def scaffold(project: Project, name: str, port: int, routes: Sequence[str]) -> Proposal:
    """A service's skeleton and the route files that it is for, imports as they were."""
    project, service, ground = _new_service(project, name, port, routes)
    drawn = draw_service(project, service, ground)
    assembly = _settled(drawn, _laid(drawn, f"scaffold {name}"), skeleton=True)
    return _proposal(drawn, assembly, "next: splitter rewrite-imports")


def extract_service(project: Project, name: str) -> Proposal:
    """The route files of a service and what they need, as the monolith has them now."""
    service = project.settings.service(name)
    refuse_retired(project, name)
    drawn = draw_service(project, service, sure_ground(project))
    asks = bool(drawn.asked or drawn.blueprint.answers(name))
    skeleton = asks or _exists(project, service)
    assembly = _settled(drawn, _laid(drawn, f"extract {name}"), skeleton=skeleton)
    return _proposal(drawn, assembly, "next: splitter rewrite-imports")


def whole_service(
    project: Project, name: str, port: int, routes: Sequence[str]
) -> tuple[Drawn, Proposal]:
    """Scaffold, extraction and rewriting as one change. RefusedError names what blocks it."""
    project, service, ground = _new_service(project, name, port, routes)
    drawn = draw_service(project, service, ground)
    if drawn.blockers:
        raise RefusedError(
            f"{name} cannot be split off as it is",
            reasons=tuple(f"{b.path}:{b.line}: {b.code} {b.what}" for b in drawn.blockers),
            hint="splitter explain CODE says what a code means and what to do",
        )
    _refuse_missing(drawn)
    laid = _laid(drawn, f"split {name}")
    assembly = noted(laid.assembly, _skeletons(drawn, laid))
    return drawn, _proposal(drawn, rewritten(assembly, drawn.project), "")


def _refuse_missing(drawn: Drawn) -> None:
    """A service is proven together with those that it asks, so they have to be there."""
    name, mine = drawn.service.name, drawn.blueprint.calls(drawn.service.name)
    for owner in (s for s in drawn.asked if not _exists(drawn.project, s)):
        views = drawn.blueprint.program.views
        places = [(c, views[c.module].statements[c.place[1]]) for c in mine]
        hint = f"splitter split {owner.name} --port {owner.port} first"
        around = _circle(drawn, owner.name)
        if name in around:
            hint = _by_steps([drawn.blueprint.plans[n].service for n in around], drawn.project)
        raise RefusedError(
            f"{name} asks the {owner.name} service, which is not split off yet",
            reasons=tuple(
                f"{views[c.module].path}:{s.line}: SPL050 {c.name} is the {owner.name} service's"
                for c, s in places
                if c.owner == owner.name
            ),
            hint=hint,
        )


def _circle(drawn: Drawn, first: str) -> tuple[str, ...]:
    """The services that one asks, and that these ask in turn, as far as it leads back to it."""
    asks = {n: {c.owner for c in drawn.blueprint.calls(n)} for n in drawn.blueprint.plans}

    def reached(name: str) -> set[str]:
        found, todo = set[str](), [name]
        while todo:
            new = asks[todo.pop()] - found
            found |= new
            todo += new
        return found

    return tuple(sorted(n for n in reached(first) if first in reached(n)))


def _by_steps(services: Sequence[Service], project: Project) -> str:
    """What makes services that ask one another, none of which can be proven without the others."""
    steps = [
        f"splitter scaffold {s.name} --port {s.port}" for s in services if not _exists(project, s)
    ]
    steps += ["splitter rewrite-imports"]
    steps += [f"splitter split {s.name} --port {s.port}" for s in services]
    return "they ask one another, so first all of them are made, then each is proven:\n  " + (
        "\n  ".join(steps)
    )


def draw_service(project: Project, service: Service, ground: Ground) -> Drawn:
    """The plans of all services, this one among them."""
    services = [
        s
        for s in project.planned(service)
        if s.name == service.name or has_routes(s, ground.routes)
    ]
    blueprint = draw(ground, services)
    return Drawn(project, service, blueprint, cut(ground, services, blueprint=blueprint))


def _new_service(
    project: Project, name: str, port: int, routes: Sequence[str]
) -> tuple[Project, Service, Ground]:
    """The service with its routes resolved, and the project with it in its settings.

    A planned service that has the same routes and no folder yet gives its place to the new name.
    """
    check_name(name)
    refuse_retired(project, name)
    ground = sure_ground(project)
    known = project.settings.services.get(name)
    given = tuple(routes) or (known.routes if known else ())
    selection, _ = select(Service(name, port, given), ground.routes)
    resolved = given or tuple(sorted(selection.modules))
    service = Service(name, port, resolved)
    if known:
        service = replace(service, owns=known.owns, leave_out=known.leave_out)
    twin = next(
        (
            s.name
            for s in project.settings.planned()
            if s.name != name and _same_routes(s, service, ground) and not _exists(project, s)
        ),
        "",
    )
    services = {n: s for n, s in project.settings.services.items() if n != twin}
    check_port(port, name=name, settings=project.settings.model_copy(update={"services": services}))
    if not _exists(project, service) and ports.port_taken(port):
        by = ports.taken_by(port)
        raise UsageError(
            f"port {port} is in use{f' by {by}' if by else ''}", hint="stop that, or name another"
        )
    if twin:
        former = project.settings.services[twin]
        owns = tuple(dict.fromkeys((*service.owns, *former.owns)))
        left = tuple(dict.fromkeys((*service.leave_out, *former.leave_out)))
        service = replace(service, owns=owns, leave_out=left)
    return _configured(project, service, twin), service, ground


def _same_routes(planned: Service, service: Service, ground: Ground) -> bool:
    try:
        return select(planned, ground.routes)[0] == select(service, ground.routes)[0]
    except UsageError:
        return False


def _exists(project: Project, service: Service) -> bool:
    return f"{service.folder}/main.py" in project.sources


def _configured(project: Project, service: Service, twin: str) -> Project:
    """The project as it is once the service stands in its settings."""
    from splitter.settings import ServiceSection

    section = ServiceSection(
        port=service.port, routes=service.routes, owns=service.owns, leave_out=service.leave_out
    )
    named = {n: s for n, s in project.settings.services.items() if n != twin}
    settings = project.settings.model_copy(update={"services": {**named, service.name: section}})
    return replace(project, settings=settings, renamed=twin)


def _settings_change(drawn: Drawn, title: str) -> ChangeSet:
    project = drawn.project
    path, section = project.settings_file
    before = project.sources.get(path, b"").decode("utf-8")
    after = with_service(before, drawn.service, instead_of=project.renamed, section=section)
    return ChangeSet.between(title, project.sources, {path: after.encode("utf-8")})


def _laid(drawn: Drawn, title: str) -> Laid:
    """The copies, with the record of whom the service asks."""
    name, recorded = drawn.service.name, drawn.project.manifest.calls
    laid = lay_out(drawn.project, drawn.blueprint, title, service=name)
    calls = {n: o for n, o in recorded.items() if n not in (name, *laid.renewed)}
    for each in (name, *laid.renewed):
        owners = sorted({call.owner for call in drawn.blueprint.calls(each)})
        calls |= {each: tuple(owners)} if owners else {}
    manifest = replace(laid.assembly.manifest, calls=calls)
    return replace(laid, assembly=replace(laid.assembly, manifest=manifest))


def _settled(drawn: Drawn, laid: Laid, *, skeleton: bool) -> Assembly:
    """With the skeletons; imports are rewritten only where they have to be already."""
    assembly = noted(laid.assembly, _skeletons(drawn, laid, own=skeleton))
    only = settled(laid, drawn.project, drawn.service.name)
    return rewritten(assembly, drawn.project, only=only) if only else assembly


def _skeletons(drawn: Drawn, laid: Laid, *, own: bool = True) -> ChangeSet:
    """The skeleton of the service, and what the skeletons of others have to say now."""
    made = _settings_change(drawn, laid.assembly.changes.title)
    if own:
        made += _skeleton_of(drawn, drawn.service, laid.assembly)
    for name in laid.renewed:
        service = drawn.blueprint.plans[name].service
        if _exists(drawn.project, service):
            made += _skeleton_of(drawn, service, laid.assembly, again=True)
    return made


def _skeleton_of(
    drawn: Drawn, service: Service, assembly: Assembly, *, again: bool = False
) -> ChangeSet:
    blueprint = drawn.blueprint
    ground, plan = blueprint.ground, blueprint.plans[service.name]
    target = blueprint.layout.targets[service.name][ground.application]
    skeleton = Skeleton(
        requirements=plan.requirements,
        python_version=ground.running.python_version,
        application=f"{target}:{ground.app.partition(':')[2]}",
        factory=drawn.project.settings.monolith.factory,
        engine=blueprint.engine(service.name),
        registrations=blueprint.effects(service.name),
        environment=blueprint.environment(service.name),
        former=blueprint.former_names(service.name),
        asked=asked(blueprint, service.name),
        first=blueprint.first(service.name),
        left_out=tuple(sorted(blueprint.needs[service.name].left)),
    )
    return skeleton_of(
        service,
        skeleton,
        templates=read_templates(drawn.project.root),
        before=drawn.project.sources,
        recorded={**drawn.project.manifest.written},
        provided={c.path for c in assembly.manifest.copies},
        again=again,
    )


def _proposal(drawn: Drawn, assembly: Assembly, following: str) -> Proposal:
    changes = drawn.project.begun + assembly.recorded(drawn.project.sources)
    said = (following,) if following and changes else ()
    notes = tuple(sorted({*drawn.notes, *changes.notes}))
    changes = replace(changes, title=assembly.changes.title, notes=notes)
    return Proposal(drawn.project.root, changes, said)

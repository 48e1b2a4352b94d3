"""What splitter has written for all services, kept in line with the plan of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from splitter.actions.assembling import Assembly, noted, place
from splitter.actions.clearing import clear
from splitter.actions.extraction import Extract, data_files, extract, shared_by
from splitter.actions.keeping import keep_for_others
from splitter.actions.moving import follow
from splitter.actions.ownership import STALE
from splitter.actions.prints import prints
from splitter.actions.rewriting import rewrite_copies
from splitter.discovery.closure import closure
from splitter.model.plan import Copy
from splitter.planning.parting import FOUNDATION
from splitter.planning.plan import Blueprint
from splitter.workflows.project import Project


@dataclass(frozen=True)
class Laid:
    """Files laid out by a plan; of `others` those that are `renewed` had to follow it."""

    assembly: Assembly
    others: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()


def lay_out(project: Project, blueprint: Blueprint, title: str, *, service: str = "") -> Laid:
    """The copies of a service, of what is shared, and of every other service that there is.

    Those of others are made anew where the plan says something else of them now, and then their
    imports are rewritten. What no plan needs any more is removed, unless it was edited.
    """
    now, known = prints(blueprint), project.manifest.prints
    mine = (service,) if service else ()
    others = [name for name in begun(project, blueprint) if name != service]
    renewed = tuple(name for name in others if known.get(name) != now[name])
    files = {e.path: e for e in _files(blueprint, (*mine, *renewed), (*mine, *others))}
    files = keep_for_others(files, project.sources, _loose(project, blueprint))
    owners = (FOUNDATION, *mine, *renewed, *(n for n in now if n not in (*mine, *others)))
    cleared = clear(
        title,
        _stale(project, blueprint, owners, files.keys()),
        before=project.sources,
        manifest=project.manifest,
        homes=_homes(files.values()),
    )
    placed = place(
        title,
        tuple(files.values()),
        {owner: blueprint.imports(owner) for owner in (*mine, *renewed, FOUNDATION)},
        before=cleared.changes.over(project.sources),
        manifest=cleared.manifest,
    )
    recorded = {n: now[n] for n in (*others, *mine)}
    assembly = Assembly(cleared.changes + placed.changes, replace(placed.manifest, prints=recorded))
    return Laid(_followed(assembly, project, blueprint, service, renewed), tuple(others), renewed)


def begun(project: Project, blueprint: Blueprint) -> tuple[str, ...]:
    """The planned services of which there are files."""
    copied = {c.owner for c in project.manifest.copies if c.path in project.sources}
    made = {
        n for n, p in blueprint.plans.items() if f"{p.service.folder}/main.py" in project.sources
    }
    return tuple(name for name in blueprint.plans if name in copied | made)


def settled(laid: Laid, project: Project, service: str) -> set[str]:
    """The copies that must not be left with the monolith's imports, for what they were before.

    Those that had been rewritten, and those that services beside this one need.
    """
    before = {copy.path: copy for copy in project.manifest.copies}
    changed = {change.path for change in laid.assembly.changes.changes}
    return {
        copy.path
        for copy in laid.assembly.manifest.copies
        if copy.path in changed
        and (
            copy.owner in laid.renewed
            or (copy.owner == FOUNDATION and laid.others)
            or _was_rewritten(copy, before.get(copy.path))
        )
    }


def rewritten(assembly: Assembly, project: Project, *, only: set[str] | None = None) -> Assembly:
    """With the imports of all copies, or of some, pointed at the new homes."""
    files = assembly.changes.over(project.sources)
    manifest = assembly.manifest
    if only is not None:
        copies = tuple(copy for copy in manifest.copies if copy.path in only)
        manifest = replace(manifest, copies=copies)
    changes = rewrite_copies(files, manifest).changes
    touched = {c.path for c in (*assembly.changes.changes, *changes.changes)}
    notes = tuple(n for n in changes.notes if n.path in touched)
    return noted(assembly, replace(changes, notes=notes))


def _files(
    blueprint: Blueprint, anew: Iterable[str], everyone: tuple[str, ...]
) -> Iterator[Extract]:
    for name in anew:
        yield from extract(blueprint, name)
    yield from shared_by(blueprint, *everyone)
    for name in (*everyone, FOUNDATION):
        yield from data_files(blueprint, name)


def _stale(
    project: Project, blueprint: Blueprint, owners: Iterable[str], wanted: Iterable[str]
) -> list[Copy]:
    """The copies of these owners that are not wanted, nor used by a service that is not planned."""
    among, known = {*owners}, {*wanted}
    left = [c for c in project.manifest.copies if c.owner in among and c.path not in known]
    loose = _loose(project, blueprint)
    used = closure(project.sources, loose) if left and loose else set()
    return [copy for copy in left if copy.path not in used]


def _loose(project: Project, blueprint: Blueprint) -> list[str]:
    """The files of services that are not planned any more, such as those whose routes retired."""
    owners = {FOUNDATION, *blueprint.plans}
    return [c.path for c in project.manifest.copies if c.owner not in owners]


def _homes(files: Iterable[Extract]) -> dict[str, str]:
    """Where what an original file had is now: in shared/, if some of it is there."""
    first = sorted(files, key=lambda e: e.owner == FOUNDATION)
    return {e.origin_path: e.path for e in first if e.target}


def _followed(
    assembly: Assembly,
    project: Project,
    blueprint: Blueprint,
    service: str,
    renewed: tuple[str, ...],
) -> Assembly:
    """What splitter may not write anew imports the code where it is now, or is told of."""
    names = [n for n in (service, *renewed) if n in project.manifest.imports]
    left = {note.path for note in assembly.changes.notes if note.code == STALE}
    files = assembly.changes.over(project.sources)
    folders = [(name, blueprint.plans[name].service.folder) for name in names]
    changes = follow(
        assembly.changes.title,
        [(FOUNDATION, "shared"), *folders],
        files={path: text for path, text in files.items() if path not in left},
        manifest=project.manifest,
        blueprint=blueprint,
    )
    return noted(assembly, changes)


def _was_rewritten(copy: Copy, before: Copy | None) -> bool:
    return before is not None and before.raw == copy.raw and before.written != before.raw

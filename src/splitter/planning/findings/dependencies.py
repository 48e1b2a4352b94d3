"""Distributions that the monolith's files and its environment do not agree on with the code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from splitter.discovery.declarations import Declaration, declarations, locked
from splitter.model.monolith import RunningApp
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.importing import place_of
from splitter.planning.parties import listed
from splitter.planning.parting import FOUNDATION
from splitter.planning.plan import Blueprint
from splitter.planning.requirements import distributions_of, providers, required_by

_TOOLS = frozenset({"pip", "setuptools", "wheel", "gunicorn", "uvicorn", "hypercorn", "granian"})
"""What runs an application is not imported by it."""


def undeclared(blueprint: Blueprint) -> Iterator[Finding]:
    """What is missing in the monolith's dependency files, not installed, other, or not needed.

    Nothing is said of a monolith that has no such file, or could not be asked.
    """
    running = blueprint.ground.running
    declared = declarations(blueprint.program.sources)
    if declared and running.versions:
        yield from _missing(blueprint, declared)
        yield from _absent(declared, running)
        yield from _unused(blueprint, declared)
    if running.versions:
        fixed = (*declared, *locked(blueprint.program.sources))
        yield from _others(blueprint, fixed, running)


def _missing(blueprint: Blueprint, declared: tuple[Declaration, ...]) -> Iterator[Finding]:
    """Imported and installed, but neither asked for nor required by what is."""
    running = blueprint.ground.running
    known = required_by((one.name for one in declared), running)
    users: dict[str, set[str]] = defaultdict(set)
    places: dict[str, tuple[str, int]] = {}
    for owner, needs in blueprint.needs.items():
        for module, names in sorted(needs.foreign.items()):
            for name in sorted(names):
                for found in providers(name, running):
                    if found not in known:
                        users[found] |= {owner} - {FOUNDATION}
                        places.setdefault(found, place_of(blueprint.program, module, name))
    for name in sorted(users):
        what = f"{name} is imported, and {declared[0].path} does not ask for it"
        yield finding(*places[name], "SPL034", what, users[name])


def _absent(declared: tuple[Declaration, ...], running: RunningApp) -> Iterator[Finding]:
    for one in declared:
        if one.name not in running.versions:
            what = f"{one.name} is asked for, and not installed in the monolith's environment"
            yield finding(one.path, one.line, "SPL035", what, ())


def _unused(blueprint: Blueprint, declared: tuple[Declaration, ...]) -> Iterator[Finding]:
    """Asked for and installed, but needed by no planned service; told once for a file."""
    needed = {n for plan in blueprint.plans.values() for n in distributions_of(plan.requirements)}
    spare: dict[str, list[Declaration]] = defaultdict(list)
    for one in declared:
        if one.name not in needed | _TOOLS and one.name in blueprint.ground.running.versions:
            spare[one.path].append(one)
    for path, found in sorted(spare.items()):
        names = [one.name for one in found]
        verb = "is" if len(names) == 1 else "are"
        what = f"{listed(names)} {verb} needed by no planned service"
        yield finding(path, min(one.line for one in found), "SPL037", what, ())


def _others(
    blueprint: Blueprint, fixed: tuple[Declaration, ...], running: RunningApp
) -> Iterator[Finding]:
    """Needed by a service, and installed in another version than the files say."""
    users: dict[str, set[str]] = defaultdict(set)
    for name, plan in blueprint.plans.items():
        for distribution in distributions_of(plan.requirements):
            users[distribution].add(name)
    for one in fixed:
        installed = running.versions.get(one.name, "")
        if one.version and installed and one.name in users and not _same(one.version, installed):
            what = f"{one.name} is to be {one.version}, and {installed} is installed"
            yield finding(one.path, one.line, "SPL036", what, users[one.name])


def _same(wanted: str, installed: str) -> bool:
    """Whether two versions are one: `1.0` and `1.0.0`, or a local build of it."""
    from packaging.version import InvalidVersion, Version

    try:
        one, other = Version(wanted), Version(installed)
    except InvalidVersion:
        return wanted == installed
    return one == other or (one.local is None and one.public == other.public)

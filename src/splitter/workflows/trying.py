"""A changed monolith is tried in a copy: it starts, it has the right routes, its tests pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from splitter.effects import case_files, introspection, testing
from splitter.effects.scratch import copy_project, lay, scratch
from splitter.errors import RefusedError
from splitter.model.changes import ChangeSet
from splitter.model.monolith import Route, RunningApp
from splitter.parity.asked import asked, asks
from splitter.workflows import data
from splitter.workflows.data import Say
from splitter.workflows.project import Project, is_test
from splitter.workflows.recording import command_of

_MANY = 12
_ABOUT_THEM = (
    "splitter retire NAME --diff shows what would go; a test that is about the old routes\n"
    "without asking them may fail: --may-fail TEST"
)


@dataclass(frozen=True, slots=True)
class Tried:
    """How many of the monolith's tests passed as before, and those that ask retired routes."""

    passed: int
    asking: tuple[str, ...]
    ran: bool = True


def attempt(
    project: Project,
    changes: ChangeSet,
    retired: Sequence[Route],
    before: RunningApp,
    *,
    may_fail: Sequence[str] = (),
    say: Say,
) -> Tried:
    """Try the changes in a copy. RefusedError says what is not as it was.

    `may_fail` are tests, or files or folders of tests, that need not pass.
    """
    with scratch("retire") as at:
        say("starting the monolith without its old routes, in a copy")
        copy_project(project.root, at / "with")
        copy_project(project.root, at / "without")
        _apply(at / "without", changes)
        _compare(before, _asked(project, at / "without"), retired)
        if not (project.settings.parity.tests or any(map(is_test, project.sources))):
            return Tried(0, (), ran=False)
        command = command_of(project, ())
        say(f"running the monolith's tests, with its old routes and without: {command}")
        had, has = (_tests(project, command, at, name, say) for name in ("with", "without"))
        asking = _asking(had.recording, retired) | _named(had.outcomes, may_fail)
        return _judged(had.outcomes, has.outcomes, asking)


def _apply(folder: Path, changes: ChangeSet) -> None:
    lay(folder, {c.path: c.after for c in changes.changes if c.after is not None})
    for change in changes.changes:
        if change.after is None:
            (folder / change.path).unlink(missing_ok=True)


def _asked(project: Project, folder: Path) -> RunningApp:
    monolith = project.settings.monolith
    return introspection.ask(
        folder,
        app=monolith.app,
        factory=monolith.factory,
        python=project.settings.python,
        environment=monolith.environment,
        timeout=monolith.start_seconds,
        lifespan=monolith.lifespan,
    )


def _tests(project: Project, command: str, at: Path, name: str, say: Say) -> testing.TestOutcomes:
    """Each time with a copy of the data, where the tests would work on the data themselves."""
    (at / f"{name}-data").mkdir()
    with data.for_tests(project, at / f"{name}-data", say) as environment:
        return testing.try_tests(
            at / name,
            command,
            at / f"{name}-tests",
            python=project.settings.python,
            environment=environment,
        )


def _compare(before: RunningApp, after: RunningApp, retired: Sequence[Route]) -> None:
    """The routes and operations that are left are exactly the former ones less the retired."""
    if after.error:
        raise _refused("does not start", [after.error])
    gone = {_key(route) for route in retired}
    wanted = [_key(route) for route in before.routes if _key(route) not in gone]
    found = [_key(route) for route in after.routes]
    reasons = [f"{_title(key)} is gone" for key in wanted if key not in found]
    reasons += [f"{_title(key)} is still there" for key in found if key not in wanted]
    if not reasons and wanted != found:
        reasons = ["its routes are tried in another order"]
    reasons += _documents(before.openapi, after.openapi, retired, "")
    for prefix, document in before.mounted.items():
        reasons += _documents(document, after.mounted.get(prefix, {}), retired, prefix)
    if reasons:
        raise _refused("has other routes than it should", reasons)


def _documents(
    before: Mapping[str, Any], after: Mapping[str, Any], retired: Sequence[Route], prefix: str
) -> list[str]:
    gone = {(m.lower(), r.path.removeprefix(prefix)) for r in retired for m in r.methods}
    had, has = (_operations(document) for document in (before, after))
    wanted = {key: told for key, told in had.items() if key not in gone}
    changed = [key for key in wanted.keys() | has.keys() if wanted.get(key) != has.get(key)]
    schemas = [document.get("components", {}).get("schemas", {}) for document in (before, after)]
    other = [name for name, told in schemas[1].items() if schemas[0].get(name) != told]
    return [
        *(f"OpenAPI says something else of {m.upper()} {prefix}{p}" for m, p in sorted(changed)),
        *(f"OpenAPI says something else of the schema {name}" for name in sorted(other)),
    ]


def _operations(document: Mapping[str, Any]) -> dict[tuple[str, str], object]:
    paths = document.get("paths", {})
    return {(method, path): told for path in paths for method, told in paths[path].items()}


def _named(outcomes: Mapping[str, str], names: Sequence[str]) -> frozenset[str]:
    return frozenset(
        test
        for test in outcomes
        for name in names
        if test == name or test.startswith((f"{name}::", f"{name}[", f"{name.rstrip('/')}/"))
    )


def _judged(had: Mapping[str, str], has: Mapping[str, str], asking: frozenset[str]) -> Tried:
    passed = [test for test, outcome in had.items() if outcome == "passed"]
    counted = [test for test in passed if test not in asking]
    worse = [test for test in counted if has.get(test) != "passed"]
    if worse:
        told = [f"{test}: {has.get(test, 'not run')}" for test in worse]
        raise _refused("does not pass its own tests", told, _ABOUT_THEM)
    return Tried(len(counted), tuple(sorted(test for test in had if test in asking)))


def _asking(recording: Path, retired: Sequence[Route]) -> frozenset[str]:
    """The tests that ask a retired route, by themselves or by what they share with others."""
    found = asked(case_files.lines(recording, recording.name))
    return frozenset(test for test, requests in found if asks(requests, retired))


def _refused(what: str, reasons: Sequence[str], hint: str = "") -> RefusedError:
    more = [f"and {len(reasons) - _MANY} more"] if len(reasons) > _MANY else []
    return RefusedError(
        f"the monolith without these routes {what}; nothing was changed",
        reasons=(*reasons[:_MANY], *more),
        hint=hint or "splitter retire NAME --diff shows what would be taken out",
    )


def _key(route: Route) -> tuple[str, str, tuple[str, ...]]:
    return route.kind, route.path, tuple(sorted(route.methods))


def _title(key: tuple[str, str, tuple[str, ...]]) -> str:
    kind, path, methods = key
    return f"{','.join(methods) or kind} {path}"

"""Every route module of an application, split off with no hand edit, and what came of it."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import tomlkit
from closures import CodeBase
from grounds import Ground

FIRST_PORT = 18001


class Outcome(StrEnum):
    """What came of an attempt, worst last."""

    MATCHED = "split, matches"
    BOOTED = "split, boots alone"
    ANNOUNCED = "refused beforehand"
    DIFFERED = "refused by parity"
    DEAD = "does not boot"
    FAILED = "failed"


@dataclass(frozen=True)
class Run:
    """A command of splitter that ran: its status, what it printed, and its CPU seconds."""

    status: int
    out: str
    err: str
    cpu: float
    elapsed: float


@dataclass(frozen=True)
class Trial:
    """A route module and what came of splitting it off.

    `copied`, `closure` and `surrounded` are lines of code: those that the service needs of what was
    copied, those of the module with all that it imports in the monolith, and those of the module
    and the application with all that the two import, routes of others left out.
    """

    module: str
    name: str
    routes: int
    outcome: Outcome
    matched: int
    total: int
    codes: tuple[str, ...]
    copied: int
    closure: int
    surrounded: int
    run: Run

    @property
    def share(self) -> float | None:
        return self.copied / self.closure if self.copied and self.closure else None

    @property
    def share_of_surrounded(self) -> float | None:
        return self.copied / self.surrounded if self.copied and self.surrounded else None


def splitter(ground: Ground, *words: str) -> Run:
    """Run a command of splitter in the project, as a user would."""
    command = [sys.executable, "-m", "splitter", *words]
    before, start = _cpu(), time.monotonic()
    done = subprocess.run(
        command, cwd=ground.project, env=ground.environment, capture_output=True, text=True
    )
    elapsed = time.monotonic() - start
    return Run(done.returncode, done.stdout, done.stderr, _cpu() - before, elapsed)


def begin(ground: Ground) -> Run:
    """`splitter init`, and the settings of applications.toml added to what it wrote."""
    application = ground.application
    app = ("--app", application.app) if application.app else ()
    factory = ("--factory",) if application.factory else ()
    done = splitter(ground, "init", "--python", str(ground.python), *app, *factory)
    file = ground.project / "splitter.toml"
    if done.status == 0 and application.settings:
        document = tomlkit.parse(file.read_text("utf-8"))
        _merge(document, application.settings)
        file.write_text(tomlkit.dumps(document), "utf-8")
    return done


def route_modules(ground: Ground) -> dict[str, int]:
    """The application's own modules that have routes, in the order of `analyze`: how many each."""
    done = splitter(ground, "analyze", "--format", "json")
    found: dict[str, int] = {}
    for route in json.loads(done.out)["routes"]:
        if route["file"] and route.get("kind") != "mount":
            module = route["endpoint"].partition(":")[0]
            found[module] = found.get(module, 0) + 1
    return found


def names(ground: Ground, modules: Sequence[str]) -> dict[str, tuple[str, int]]:
    """The service of each route module: as init planned it, or by its own name; with its port."""
    text = ground.project.joinpath("splitter.toml").read_text("utf-8")
    planned = tomllib.loads(text).get("services", {})
    found = {s["routes"][0]: (name, int(s["port"])) for name, s in planned.items()}
    port = max([FIRST_PORT, *(p + 1 for _, p in found.values())])
    for module in modules:
        if module not in found:
            found[module] = (re.sub(r"\W+", "_", module.lower()).strip("_"), port)
            port += 1
    return found


def trials(
    ground: Ground,
    modules: Mapping[str, int],
    *,
    among: Collection[str] = (),
    parity: bool = True,
) -> Iterator[Trial]:
    """Split off each module in turn, in the one project; `among` are all there are.

    Without `parity` each only has to boot alone.
    """
    sizes = {module: _sizes(ground, [module], among or modules) for module in modules}
    named = names(ground, list(modules))
    for module, routes in modules.items():
        yield _tried(ground, *named[module], {module: routes}, sizes[module], parity=parity)


def together(ground: Ground, modules: Mapping[str, int]) -> Iterator[Trial]:
    """Split off, as one service each, the groups of modules that the application names."""
    for name, members in ground.application.together.items():
        port = max(port for _, port in names(ground, list(modules)).values()) + 1
        _forget(ground.project / "splitter.toml", members)
        sizes = _sizes(ground, members, modules)
        yield _tried(ground, name, port, {m: modules[m] for m in members}, sizes)


def _sizes(ground: Ground, modules: Sequence[str], among: Collection[str]) -> tuple[int, int]:
    """The lines that a copy by imports has: of the modules, and with the application around."""
    code = CodeBase(ground.project)
    text = ground.project.joinpath("splitter.toml").read_text("utf-8")
    application = tomllib.loads(text)["monolith"]["app"].partition(":")[0]
    around = code.surrounded(modules, application=application, routes=among)
    return code.lines(code.closure(modules)), code.lines(around)


def _tried(
    ground: Ground,
    name: str,
    port: int,
    modules: Mapping[str, int],
    sizes: tuple[int, int],
    *,
    parity: bool = True,
) -> Trial:
    words = [word for module in modules for word in ("--routes", module)]
    words += [] if parity else ["--no-parity"]
    run = splitter(ground, "split", name, *words, "--port", str(port), "--format", "json")
    outcome, matched, total, codes = judged(run)
    made = outcome in (Outcome.MATCHED, Outcome.BOOTED)
    copied = _copied(ground.project, name) if made else 0
    routes, told = sum(modules.values()), ", ".join(modules)
    return Trial(told, name, routes, outcome, matched, total, codes, copied, *sizes, run)


def _forget(file: Path, modules: Sequence[str]) -> None:
    """The settings without the planned services of some modules."""
    document: Any = tomlkit.parse(file.read_text("utf-8"))
    for name, service in list(document["services"].items()):
        if service["routes"][0] in modules:
            del document["services"][name]
    file.write_text(tomlkit.dumps(document), "utf-8")


def judged(run: Run) -> tuple[Outcome, int, int, tuple[str, ...]]:
    """What a run of `split` came to: outcome, cases that matched, cases, codes of what blocks."""
    details: dict[str, Any] = json.loads(run.out) if run.out.strip() else {}
    cases = details.get("parity") or {}
    counts = [n for n in cases.values() if isinstance(n, int)]
    matched, total = int(cases.get("matched", 0)), sum(counts)
    codes = tuple(sorted(set(re.findall(r"^  \S+:\d+: (SPL\d+) ", run.err, re.MULTILINE))))
    if run.status == 0 and total and matched == total:
        return Outcome.MATCHED, matched, total, codes
    if run.status == 0 and not cases and details.get("verify", {}).get("ok"):
        return Outcome.BOOTED, 0, 0, codes
    if run.status == 1 and not details and codes:
        return Outcome.ANNOUNCED, 0, 0, codes
    if run.status == 1 and cases:
        return Outcome.DIFFERED, matched, total, codes
    if run.status == 1 and details.get("verify", {}).get("ok") is False:
        return Outcome.DEAD, 0, 0, codes
    return Outcome.FAILED, matched, total, codes


def _copied(project: Path, name: str) -> int:
    """The lines of what was copied for a service, shared code that it does not reach left out."""
    manifest = json.loads(project.joinpath(".splitter/manifest.json").read_text("utf-8"))
    copies = {copy["path"] for copy in manifest["copies"]}
    code = CodeBase(project)
    reached = code.closure([f"services.{name}_service.main"])
    files = {module: code.file(module) for module in reached}
    own = [m for m, f in files.items() if f and f.relative_to(project).as_posix() in copies]
    return code.lines(own)


def _merge(table: Any, more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, Mapping) and isinstance(table.get(key), Mapping):
            _merge(table[key], value)
        else:
            table[key] = value


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

"""The new dotted name and file of everything that moves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from splitter.model.plan import Service
from splitter.planning.parting import FOUNDATION, Division
from splitter.planning.program import Program

RESERVED = frozenset(
    {"main", "application", "routes", "tests", "remote_calls", "internal_calls", "call_format"}
)


@dataclass(frozen=True, slots=True)
class Layout:
    """New dotted names: owner → the monolith's module → its new name. `paths` has the files."""

    targets: Mapping[str, Mapping[str, str]]
    paths: Mapping[str, str]

    def path(self, owner: str, module: str) -> str:
        """The file, by its posix path below the project root."""
        return self.paths[self.targets[owner][module]]


def lay_out(
    program: Program,
    division: Division,
    services: Iterable[Service],
    *,
    application: str,
    routes_package: str,
    homes: Mapping[str, str],
    named: Collection[str] = (),
) -> Layout:
    """Name every part: the seed's homes first, else the inner tree as it was.

    `named` are modules that code uses as such: a package around all code stays if it is one.
    """
    top = _common_package(division, named)
    packages = {service.name: service.package for service in services}
    targets: dict[str, dict[str, str]] = {}
    for owner, parts in division.parts.items():
        moved: dict[str, str] = {}
        for module in parts:
            if module == top:
                continue
            if owner == FOUNDATION:
                moved[module] = _home(module, homes) or _below("shared", module, top)
            elif module == application:
                moved[module] = f"{packages[owner]}.application"
            else:
                moved[module] = _in_service(packages[owner], module, top, routes_package)
        targets[owner] = _apart(moved, program)
    return Layout(targets, _paths(targets, program))


def _home(module: str, homes: Mapping[str, str]) -> str:
    """The home that is written down for a module or for a package around it."""
    parts = module.split(".")
    for count in range(len(parts), 0, -1):
        home = homes.get(".".join(parts[:count]))
        if home is not None:
            return ".".join([home, *parts[count:]])
    return ""


def _in_service(package: str, module: str, top: str, routes_package: str) -> str:
    if routes_package and (module + ".").startswith(routes_package + "."):
        return f"{package}.routes{module[len(routes_package) :]}"
    name = _below(package, module, top)
    first = name[len(package) + 1 :].partition(".")[0]
    if first in RESERVED:
        return f"{package}.monolith_{name[len(package) + 1 :]}"
    return name


def _below(package: str, module: str, top: str) -> str:
    inner = module[len(top) + 1 :] if top and module.startswith(top + ".") else module
    return f"{package}.{inner}"


def _common_package(division: Division, named: Collection[str]) -> str:
    """The one package that holds all code that moves, if its `__init__` has nothing to move."""
    parts = {m: p for owned in division.parts.values() for m, p in owned.items() if not p.empty}
    tops = {module.partition(".")[0] for module in parts}
    top = tops.pop() if len(tops) == 1 else ""
    return "" if top in parts or top in named else top


def _apart(named: dict[str, str], program: Program) -> dict[str, str]:
    """Where a module would have the name of a package, it goes into that package."""
    result = dict(named)
    packages = {package for target in named.values() for package in _above(target)}
    for module, target in named.items():
        if target in packages and not program.views[module].is_package:
            result[module] = f"{target}.{target.rpartition('.')[2]}"
    return result


def _above(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _paths(targets: Mapping[str, Mapping[str, str]], program: Program) -> dict[str, str]:
    paths: dict[str, str] = {}
    for named in targets.values():
        for module, target in named.items():
            stem = target.replace(".", "/")
            is_package = program.views[module].is_package
            paths[target] = f"{stem}/__init__.py" if is_package else f"{stem}.py"
    return paths

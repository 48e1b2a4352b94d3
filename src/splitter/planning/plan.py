"""Monolith and services → for each service a plan: what moves where, what is shared, and why."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from splitter.discovery.modules import Kind, Statement
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import walk
from splitter.model.changes import Note
from splitter.model.monolith import Route, RunningApp
from splitter.model.plan import Home, Placement, Plan, Service
from splitter.planning.calls import Calls, http_client
from splitter.planning.data import Data, data_of
from splitter.planning.former import (
    NOTHING_FORMER,
    FormerNames,
    former_names,
    packages_around,
)
from splitter.planning.ground import Ground
from splitter.planning.homes import divide
from splitter.planning.hunting import search
from splitter.planning.importing import importers, place_of, text_of
from splitter.planning.layout import Layout, lay_out
from splitter.planning.leaving import Leaving, check_routes, leaving
from splitter.planning.needs import Call, Needs
from splitter.planning.parting import FOUNDATION, Division, Part
from splitter.planning.program import Program
from splitter.planning.registries import Registries
from splitter.planning.requirements import requirements
from splitter.planning.routers import Routers
from splitter.planning.selecting import Selection, select


@dataclass(frozen=True, slots=True)
class Blueprint:
    """All plans together: what is shared follows from all services, not from one."""

    ground: Ground
    program: Program
    needs: Mapping[str, Needs]
    division: Division
    layout: Layout
    plans: Mapping[str, Plan]

    def imports(self, owner: str) -> dict[str, str]:
        """The map of old to new dotted names that holds in the files of an owner."""
        return _imports(self.division, self.layout, owner)

    def effects(self, owner: str) -> tuple[str, ...]:
        """New names of modules that a service must import although no import leads to them."""
        return tuple(sorted(set(_effects(self, owner))))

    def first(self, owner: str) -> tuple[str, ...]:
        """New names of packages that a service must import before all else.

        A module with a home of its own lies in the package no more that imports it: whoever
        imported the module had run the package before, which circles of imports rest on.
        """
        parts, targets = self.division.parts.get(FOUNDATION, {}), self.layout.targets
        found: list[str] = []
        for module in sorted(self.ground.homes):
            around = [p for p in packages_around(module) if p in parts and not parts[p].empty]
            kept = [p for p in around if p in self.needs[owner].kept]
            if module in parts and any(_takes(self.program, p, module) for p in kept):
                found += [targets[FOUNDATION][p] for p in kept if p in targets[FOUNDATION]]
        return tuple(dict.fromkeys(found))

    def data(self, owner: str) -> Data:
        """The files that the code of a service and the shared code with it read."""
        parts = self.division.parts
        own = [self._without_calls(p) for p in parts.get(owner, {}).values()]
        own += parts.get(FOUNDATION, {}).values()
        found = data_of(self.program, [p for p in own if p.module in self._reached(owner)])
        files = {module: set(names) for module, names in found.files.items()}
        for home in (owner, FOUNDATION):
            for module, names in self.needs[home].scripts.items() if home in self.needs else ():
                files.setdefault(module, set()).update(names)
        return Data({module: frozenset(names) for module, names in files.items()}, found.notes)

    def former_names(self, owner: str) -> FormerNames:
        """The monolith's names that code of a service may ask for while it runs."""
        homes = (owner, FOUNDATION)
        found = [self.needs[home] for home in homes if home in self.needs]
        told = any(needs.asks_where for needs in found)
        if not told and not any(needs.spoken for needs in found):
            return NOTHING_FORMER
        return former_names(self.program, self.layout, homes, self._reached(owner), told=told)

    def calls(self, service: str) -> tuple[Call, ...]:
        """The functions of others that a service asks for."""
        return _in_order(self.needs[service].called.values()) if service in self.needs else ()

    def answers(self, owner: str) -> tuple[Call, ...]:
        """The functions of a service that others ask it for."""
        called = (c for found in self.needs.values() for c in found.called.values())
        return _in_order(c for c in called if c.owner == owner)

    def new_name(self, owner: str, module: str, name: str) -> str:
        """`module:name` as it is in the code of a service."""
        home = FOUNDATION if name in self.division.shared_names.get(module, ()) else owner
        targets = self.layout.targets
        target = targets.get(home, {}).get(module) or targets.get(owner, {}).get(module, "")
        return f"{target}:{name}"

    def _without_calls(self, part: Part) -> Part:
        called = self.needs[part.owner].called if part.owner in self.needs else {}
        gone = {index for module, index in called if module == part.module}
        return replace(part, statements=part.statements - gone) if gone else part

    def _reached(self, owner: str) -> set[str]:
        homes = (owner, FOUNDATION)
        return {m for home in homes if home in self.needs for m in self.needs[home].kept}

    def engine(self, owner: str) -> str:
        """The SQLAlchemy engine that a service has, as `module:attribute`; empty if it has none."""
        for home in (FOUNDATION, owner):
            for module, part in self.division.parts.get(home, {}).items():
                for index in sorted(part.statements):
                    statement = self.program.views[module].statements[index]
                    if module in self.layout.targets[home] and self._makes_engine(statement):
                        name = next(iter(statement.binds))
                        return f"{self.layout.targets[home][module]}:{name}"
        return ""

    def _makes_engine(self, statement: Statement) -> bool:
        """`engine = create_engine(...)`, or a call of a function of the monolith that has one."""
        value = getattr(statement.node, "value", None)
        if len(statement.binds) != 1 or not isinstance(value, ast.Call):
            return False
        chain = chain_of(value.func)
        if chain[-1:] in {("create_engine",), ("create_async_engine",)}:
            return True
        made = self.program.origins(statement.module, chain) if chain else ()
        return "engine" in next(iter(statement.binds)) and any(
            _calls_for_engine(self.program.views[module].statements[index].node)
            for module, name in made
            for index in self.program.views[module].bindings.get(name, ())
        )

    def environment(self, owner: str) -> tuple[str, ...]:
        """The environment variables that a service's code reads, as the monolith read them."""
        found: set[str] = set()
        for home in (FOUNDATION, owner):
            for module in self.needs[home].kept if home in self.needs else ():
                words = self.program.words(module)
                found.update(name for name in self.ground.running.reads if name.upper() in words)
        return tuple(sorted(found))


def draw(ground: Ground, services: Sequence[Service]) -> Blueprint:
    """The plans of all services. UsageError where a service's routes are not to be found."""
    running = ground.running
    program = Program(ground.parsed, loaded=running.modules, installed=running.distributions)
    selections = {s.name: select(s, ground.routes) for s in services}
    module, _, attribute = ground.app.partition(":")
    root = (module, tuple(attribute.split(".")))
    routers, registries = Routers(program), Registries(program)
    chosen = {name: selection for name, (selection, _) in selections.items()}
    lefts = {s.name: leaving(program, s, ground.leave_out) for s in services}
    for s in services:
        check_routes(lefts[s.name], s, selections[s.name][0], root)
    calls = Calls.across(program, ground.routes, services, chosen, running)
    needs = _needs(routers, registries, chosen, root, calls, lefts)
    for name, found in needs.items():
        found.notes.update(calls.said(name, found))
    homes = [(home, ()) for home in ground.homes if home in program.views]
    if homes:
        needs[FOUNDATION] = search(routers, registries, Selection(), homes)
    division = divide(program, needs, application=module)
    layout = lay_out(
        program,
        division,
        services,
        application=module,
        routes_package=ground.routes_package,
        homes=ground.homes,
        named={module for found in needs.values() for module in found.named},
    )
    plans = {
        s.name: _plan(ground, program, needs, division, layout, s, selections[s.name][1])
        for s in services
    }
    return Blueprint(ground, program, needs, division, layout, plans)


def unpruned(blueprint: Blueprint) -> Mapping[str, Needs]:
    """What services would need of which the owner leaves something out; empty if there is none."""
    pruned = {name for name, found in blueprint.needs.items() if found.left}
    if not pruned:
        return {}
    services = [replace(p.service, leave_out=()) for p in blueprint.plans.values()]
    whole = draw(replace(blueprint.ground, leave_out=()), services)
    return {name: whole.needs[name] for name in pruned}


def _needs(
    routers: Routers,
    registries: Registries,
    selections: Mapping[str, Selection],
    root: tuple[str, tuple[str, ...]],
    calls: Calls,
    lefts: Mapping[str, Leaving],
) -> dict[str, Needs]:
    """What each service needs; an owner also needs what others ask it for."""
    found: dict[str, Needs] = {}
    asked: dict[str, set[tuple[str, tuple[str, ...]]]] = {name: set() for name in selections}
    due = list(selections)
    while due:
        name = due.pop(0)
        roots = [root, *sorted(asked[name])]
        found[name] = search(
            routers, registries, selections[name], roots, calls.by(name), lefts[name]
        )
        for call in found[name].called.values():
            wanted = (call.module, (call.name,))
            if wanted not in asked[call.owner]:
                asked[call.owner].add(wanted)
                due += [call.owner] if call.owner not in due else []
    return {name: found[name] for name in selections}


def _in_order(calls: Iterable[Call]) -> tuple[Call, ...]:
    return tuple(sorted({call.key: call for call in calls}.values(), key=lambda c: c.key))


def _plan(
    ground: Ground,
    program: Program,
    needs: Mapping[str, Needs],
    division: Division,
    layout: Layout,
    service: Service,
    routes: tuple[Route, ...],
) -> Plan:
    found = needs[service.name]
    users = importers(program, needs, division, service.name)
    if found.called and http_client(ground.running):
        users[http_client(ground.running)] = ""
    code = [*text_of(program, found, division), *_urls(ground.running)]
    lines, unknown = requirements(users, code, ground.running)
    notes = found.told()
    for name in unknown:
        dotted = next(dotted for dotted in sorted(users) if _root(dotted) == name)
        path, line = place_of(program, users[dotted], dotted)
        notes.add(Note(path, line, "SPL032", f"no installed distribution provides {name}"))
    return Plan(
        service,
        routes,
        tuple(_placements(program, needs, division, layout, service)),
        _imports(division, layout, service.name),
        lines,
        blockers=tuple(sorted(n for n in notes if n.blocks)),
        notes=tuple(sorted(n for n in notes if not n.blocks)),
    )


def _imports(division: Division, layout: Layout, owner: str) -> dict[str, str]:
    shared, own = layout.targets.get(FOUNDATION, {}), layout.targets.get(owner, {})
    result: dict[str, str] = dict(shared)
    if owner == FOUNDATION:
        return {**_packages(shared), **_packages(shared, alike=True), **result}
    for module, target in own.items():
        result[module] = target
        for name in sorted(division.shared_names.get(module, ())):
            if module in shared:
                result[f"{module}.{name}"] = f"{shared[module]}.{name}"
    return {**_packages(own), **_packages(shared), **_packages(own, alike=True), **result}


def _packages(targets: Mapping[str, str], *, alike: bool = False) -> dict[str, str]:
    """Packages that are only on the way to modules that move, and where these have gone.

    `alike`: only those that keep their name there.
    """
    found: dict[str, str] = {}
    for module, target in sorted(targets.items()):
        while "." in module and "." in target:
            module, target = module.rpartition(".")[0], target.rpartition(".")[0]
            if not alike or module.rpartition(".")[2] == target.rpartition(".")[2]:
                found.setdefault(module, target)
    return found


def _placements(
    program: Program,
    needs: Mapping[str, Needs],
    division: Division,
    layout: Layout,
    service: Service,
) -> Iterator[Placement]:
    found = needs[service.name]
    for owner, home in ((service.name, Home.SERVICE), (FOUNDATION, Home.SHARED)):
        for module, part in division.parts.get(owner, {}).items():
            if module in found.kept and module in layout.targets[owner]:
                yield Placement(
                    module,
                    program.views[module].path,
                    tuple(sorted(_names(program, part))),
                    home,
                    layout.targets[owner][module],
                    layout.path(owner, module),
                    _because(needs, module, home),
                )


def _names(program: Program, part: Part) -> Iterable[str]:
    """The names that move, or none where all of the module does."""
    view = program.views[part.module]
    everything = {s.index for s in view.statements if s.kind not in (Kind.FRAME, Kind.IMPORT)}
    if not everything:
        return {name for names in part.aliases.values() for name in names}
    if everything <= part.statements:
        return ()
    return {n for i in part.statements for n in view.statements[i].binds}


def _because(needs: Mapping[str, Needs], module: str, home: Home) -> str:
    owners = sorted(o for o, found in needs.items() if module in found.kept and o != FOUNDATION)
    if home is Home.SERVICE:
        return "only this service needs it" if len(owners) == 1 else "it differs for each service"
    if FOUNDATION in needs and module in needs[FOUNDATION].kept:
        return "it belongs to the foundation"
    return f"{len(owners)} services need it: {', '.join(owners)}"


def _effects(blueprint: Blueprint, owner: str) -> Iterator[str]:
    found, layout = blueprint.needs[owner], blueprint.layout
    shared = blueprint.division.parts.get(FOUNDATION, {})
    own = blueprint.division.parts.get(owner, {})
    for module, index in found.registered:
        for home, parts in ((FOUNDATION, shared), (owner, own)):
            if module in parts and index in parts[module].statements:
                yield layout.targets[home][module]
    for module in own.keys() & shared.keys():
        for home, part in ((FOUNDATION, shared[module]), (owner, own[module])):
            if _acts(blueprint, part) or _imports_for_effect(found, part):
                yield layout.targets[home][module]


def _acts(blueprint: Blueprint, part: Part) -> bool:
    statements = blueprint.program.views[part.module].statements
    return any(statements[index].kind is Kind.ACTION for index in part.statements)


def _imports_for_effect(needs: Needs, part: Part) -> bool:
    """Whether a part imports something that no statement uses."""
    used = {target for targets in needs.edges.values() for target in targets}
    names = {name for found in part.aliases.values() for name in found}
    return any((part.module, name) not in used for name in names)


def _takes(program: Program, package: str, module: str) -> bool:
    """Whether a package imports a module, or something from it."""
    imported = program.views[package].imports.values()
    return any(
        module in (target.module, f"{target.module}.{target.name}")
        for found in imported
        for _, target in found
    )


def _calls_for_engine(node: ast.AST) -> bool:
    calls = (part for part in walk(node) if isinstance(part, ast.Call))
    return any(
        chain_of(call.func)[-1:] in {("create_engine",), ("create_async_engine",)} for call in calls
    )


def _urls(running: RunningApp) -> list[str]:
    return [value for value in running.reads.values() if value and "://" in value]


def _root(name: str) -> str:
    return name.partition(".")[0]

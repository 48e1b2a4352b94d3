"""Plans → their figures: how much code, whose tables, which calls across, for each service."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from splitter.discovery.declarations import declarations
from splitter.model.figures import (
    Chart,
    Crossing,
    Figures,
    SharedFile,
    Span,
    TableUsers,
    Tie,
)
from splitter.model.plan import Home, Placement, Plan
from splitter.planning.amounts import Closures, Measure
from splitter.planning.contacts import Contacts, Touching
from splitter.planning.cut import Cut
from splitter.planning.findings.ownership import Ownership
from splitter.planning.needs import Needs
from splitter.planning.parting import FOUNDATION, Part
from splitter.planning.plan import Blueprint, unpruned
from splitter.planning.program import Place
from splitter.planning.requirements import distributions_of
from splitter.planning.selecting import route_modules


def chart(blueprint: Blueprint, found: Cut) -> Chart:
    """The figures of all planned services. The same plans give the same chart."""
    return _Charting(blueprint, found).chart()


class _Charting:
    def __init__(self, blueprint: Blueprint, found: Cut) -> None:
        self.blueprint = blueprint
        self.program = blueprint.program
        self.found = found
        self.plans: Mapping[str, Plan] = blueprint.plans
        self.touching = Touching(found.members.reaching, found.evidence.uses)
        reached = found.members.reached
        self.contacts = {
            n: self.touching.of(reached(p.routes).pieces) for n, p in self.plans.items()
        }
        self.ownership = Ownership(found.members, found.accesses)
        self.modules = {n: set(route_modules(p.routes)) for n, p in self.plans.items()}
        declared = declarations(self.program.sources)
        self.declared = {one.name for one in declared}
        self.measure = Measure(self.program)
        self.unpruned = unpruned(blueprint)
        self.closures = Closures(self.program, blueprint.ground.parsed.trees)

    def chart(self) -> Chart:
        taken = {route for plan in self.plans.values() for route in plan.routes}
        routes = self.blueprint.ground.routes
        services = tuple(self._figures(plan) for plan in self.plans.values())
        return Chart(
            self.blueprint.ground.app,
            self.measure.whole(self.program.views),
            services,
            tuple(self._shared()),
            tuple(self._ties()),
            tuple(self._tables()),
            tuple(circles({f.name: {c.owner for c in f.crossings if c.owner} for f in services})),
            tuple(r for r in routes if r.file and r.kind != "mount" and r not in taken),
            tuple(f.note for f in self.found.findings if len(f.services) != 1),
        )

    def _figures(self, plan: Plan) -> Figures:
        name = plan.service.name
        needs, contacts = self.blueprint.needs[name], self.contacts[name]
        own = set(self._statements(name, needs))
        shared = set(self._statements(FOUNDATION, needs))
        around = {p for p in own | shared if p not in contacts.places}
        writes, reads = self._used(name, "w"), self._used(name, "r")
        found = {*plan.blockers, *plan.notes, *self.blueprint.data(name).notes}
        found.update(note for note in self.found.of(name) if note.blocks)
        found.update(f.note for f in self.found.findings if f.services == (name,))
        return Figures(
            plan.service,
            plan.routes,
            plan.placements,
            self.measure.amount(own),
            self.measure.amount(shared),
            self.measure.amount(around),
            self.measure.whole(needs.kept),
            self.measure.whole(self.closures.closure(self.modules[name])),
            tuple(self._left_out(needs)),
            tuple(sorted(writes)),
            tuple(sorted(reads - writes)),
            tuple(self._crossings(name, contacts)),
            tuple(self._spans(name)),
            tuple(line for line in plan.requirements if not line.startswith("#")),
            tuple(sorted(self.declared - distributions_of(plan.requirements))),
            tuple(sorted(note for note in found if note.blocks)),
            tuple(sorted(note for note in found if not note.blocks)),
            tuple(sorted(needs.left)),
            self._spared(name, needs),
        )

    def _spared(self, name: str, needs: Needs) -> int:
        """The lines that would come along if the owner left nothing out."""
        everything = self.unpruned.get(name)
        if everything is None:
            return 0
        before, after = (self.measure.amount(_kept(found)) for found in (everything, needs))
        return before.lines - after.lines

    def _statements(self, owner: str, needs: Needs) -> Iterator[Place]:
        """What goes to an owner of what a service needs."""
        for module, part in self.blueprint.division.parts.get(owner, {}).items():
            if module in needs.kept and module in self.blueprint.layout.targets[owner]:
                for index in {*part.statements, *part.aliases}:
                    if owner != FOUNDATION or index in needs.kept[module] or _is_all(part):
                        yield module, index

    def _left_out(self, needs: Needs) -> Iterator[tuple[str, int]]:
        """Inclusions that lead to other routes, and elements of lists of routers."""
        found = {
            (self.program.views[module].path, node.lineno)
            for module, nodes in needs.cut.items()
            for node in nodes
            if isinstance(node, ast.expr | ast.Expr)
        }
        yield from sorted(found)

    def _crossings(self, name: str, contacts: Contacts) -> Iterator[Crossing]:
        takers = {m: n for n, modules in self.modules.items() for m in sorted(modules)}
        others = set(route_modules(self.blueprint.ground.routes)) - self.modules[name]
        others -= {self.blueprint.ground.application}
        found = self.touching.uses_of(contacts, others)
        yield from sorted(
            Crossing(name, takers.get(use.module, ""), use.name, use.path, use.line)
            for use in found
        )

    def _used(self, party: str, mode: str) -> set[str]:
        """The tables that a party's routes write (`w`) or read (`r`)."""
        return {t for t, modes in self.found.matrix.get(party, {}).items() if mode in modes}

    def _spans(self, name: str) -> Iterator[Span]:
        for route in self.plans[name].routes:
            written = sorted(self.ownership.by_endpoint.get(route.endpoint, ()))
            touched = {self.ownership.owner(table) for table in written} - {""}
            if name in touched and len(touched) > 1:
                title = f"{','.join(route.methods) or route.kind} {route.path}"
                yield Span(title, route.file, route.line, tuple(written))

    def _tables(self) -> Iterator[TableUsers]:
        known = {table.name: table for table in self.found.tables}
        used = {table for tables in self.found.matrix.values() for table in tables}
        for name in sorted(used):
            users = {party: modes.get(name, "") for party, modes in self.found.matrix.items()}
            yield TableUsers(
                name,
                self.ownership.owner(name),
                tuple(party for party, modes in users.items() if "w" in modes),
                tuple(party for party, modes in users.items() if "r" in modes),
                known[name].references if name in known else (),
            )

    def _shared(self) -> Iterator[SharedFile]:
        told: dict[str, Placement] = {}
        for plan in self.plans.values():
            shared = (p for p in plan.placements if p.home is Home.SHARED)
            told.update((p.origin, p) for p in shared)
        for module, placement in sorted(told.items()):
            part = self.blueprint.division.parts[FOUNDATION][module]
            yield SharedFile(
                module,
                placement.origin_path,
                placement.names,
                placement.path,
                self.measure.amount(_places(part)).lines,
                tuple(n for n in self.plans if self._has(n, part)),
                placement.because,
            )

    def _has(self, name: str, part: Part) -> bool:
        """Whether a service needs any of what is shared of a module."""
        kept = self.blueprint.needs[name].kept.get(part.module)
        return kept is not None and (not part.statements or bool(part.statements & kept))

    def _ties(self) -> Iterator[Tie]:
        """Groups of services, by how much code they share that no other service has."""
        groups: dict[tuple[str, ...], set[Place]] = defaultdict(set)
        for module, part in self.blueprint.division.parts.get(FOUNDATION, {}).items():
            for index in part.statements:
                users = (
                    n for n in self.plans if index in self.blueprint.needs[n].kept.get(module, ())
                )
                groups[tuple(users)].add((module, index))
        ties = [Tie(users, self.measure.amount(found)) for users, found in groups.items()]
        some = (t for t in ties if 1 < len(t.services) < len(self.plans))
        yield from sorted(some, key=lambda t: (-t.amount.lines, t.services))


def circles(uses: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Groups that use one another, directly or through others, each told once."""
    reached = {name: _reached(name, uses) for name in uses}
    told: set[str] = set()
    for name in sorted(uses):
        group = {other for other in reached[name] if name in reached.get(other, ())}
        if name in group and len(group) > 1 and name not in told:
            told |= group
            yield tuple(sorted(group))


def _reached(name: str, uses: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(uses[name])
    while todo:
        other = todo.pop()
        if other not in found:
            found.add(other)
            todo += uses.get(other, ())
    return found


def _places(part: Part) -> Iterator[Place]:
    return ((part.module, index) for index in {*part.statements, *part.aliases})


def _kept(needs: Needs) -> Iterator[Place]:
    return ((module, index) for module, found in needs.kept.items() for index in found)


def _is_all(part: Part) -> bool:
    """A module that is only run, or hands on what it imports."""
    return not part.statements

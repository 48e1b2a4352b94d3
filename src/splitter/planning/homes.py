"""Where code goes: what one service needs to the service, what two need to shared/, once.

The unit is the top-level statement. What is shared never depends on what one service has, so a
module of which several services need a part is parted between shared/ and the services.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from splitter.discovery.modules import Kind
from splitter.discovery.trees import walk
from splitter.planning.needs import Needs, Node
from splitter.planning.parting import FOUNDATION, Division, Part, names_in, part_of
from splitter.planning.program import Program


def divide(program: Program, needs: Mapping[str, Needs], *, application: str) -> Division:
    """Part all code that the services (and the `FOUNDATION`) need among them."""
    return _Divider(program, needs, application).divide()


class _Divider:
    def __init__(self, program: Program, needs: Mapping[str, Needs], application: str) -> None:
        self.program = program
        self.needs = needs
        self.application = application
        self.owners: dict[Node, set[str]] = {}
        self.edges: dict[Node, set[Node]] = {}
        for owner, found in needs.items():
            for node in _nodes(program, found):
                self.owners.setdefault(node, set()).add(owner)
            for source, targets in found.edges.items():
                self.edges.setdefault(source, set()).update(targets)
        self._nodes_of: dict[str, set[Node]] = {}
        for node in self.owners:
            self._nodes_of.setdefault(node[0], set()).add(node)
        self._cut_nodes = {
            module: {id(n) for f in needs.values() for n in f.cut.get(module, ())}
            for module in self._nodes_of
        }
        self._called: set[Node] = {place for found in needs.values() for place in found.called}
        self._open = {m for found in needs.values() for m in found.open}
        self._together = list(self._groups())
        self.bound = {node for node in self.owners if self._is_bound(node)}
        self.bound |= set(self._acted_on())
        self.shared: set[Node] = set()

    def divide(self) -> Division:
        self.shared = {n for n in self.owners if self._may_be_shared(n)}
        self._settle()
        division = Division()
        modules = {m for found in self.needs.values() for m in found.kept}
        for module in sorted(modules):
            nodes = self._of(module, self.shared)
            division.shared_names[module] = self._names_of(module, nodes)
            part = self._part(module, FOUNDATION, nodes)
            if not part.empty or (self._is_shared_module(module) and self._is_named(module)):
                division.parts.setdefault(FOUNDATION, {})[module] = part
        for owner, found in self.needs.items():
            if owner != FOUNDATION:
                division.parts[owner] = dict(self._own_parts(owner, found, division))
        return division

    def _own_parts(
        self, owner: str, found: Needs, division: Division
    ) -> Iterator[tuple[str, Part]]:
        shared_parts = division.parts.get(FOUNDATION, {})
        by_module: dict[str, set[Node]] = {}
        for node in _nodes(self.program, found):
            by_module.setdefault(node[0], set()).add(node)
        own = {m for m, nodes in by_module.items() if not nodes <= self.shared}
        for module in sorted(found.kept):
            every = by_module.get(module, set())
            nodes = every - self.shared
            nodes |= {n for n in every if own & found.runs.get(n, set()) and isinstance(n[1], str)}
            part = self._part(module, owner, nodes)
            if not part.empty or (module not in shared_parts and module in found.named):
                yield module, part

    def _part(self, module: str, owner: str, nodes: set[Node]) -> Part:
        edges = self.edges if owner == FOUNDATION else self.needs[owner].edges
        cut = self.needs[owner].cut.get(module, set()) if owner in self.needs else set()
        return part_of(
            self.program.views[module],
            owner,
            nodes,
            edges=edges,
            shared=self.shared,
            cut=frozenset(cut),
        )

    def _is_bound(self, node: Node) -> bool:
        """Whether a statement differs from service to service: routes, cut inclusions, calls."""
        module, key = node
        if isinstance(key, str):
            return False
        statement = self.program.views[module].statements[key]
        if statement.kind is Kind.REGISTRATION or node in self._called:
            return True
        cut = self._cut_nodes[module]
        return bool(cut) and any(id(part) in cut for part in walk(statement.node))

    def _acted_on(self) -> Iterator[Node]:
        """The routers that bound statements fill: they are each service's own."""
        for module, key in list(self.bound):
            base = self.program.views[module].statements[int(key)].base
            for made, name in self.program.origins(module, base):
                view = self.program.views[made]
                for index in view.bindings.get(name.partition(".")[0], ()):
                    if view.statements[index].kind is Kind.DEFINITION:
                        yield made, index

    def _may_be_shared(self, node: Node) -> bool:
        owners = self.owners[node]
        if node[0] == self.application and FOUNDATION not in owners:
            return False
        return node not in self.bound and (FOUNDATION in owners or len(owners) > 1)

    def _settle(self) -> None:
        """Let what is shared rest on shared code only, and what is one stay in one place."""
        while True:
            before = len(self.shared), len(self.bound)
            self._demote()
            self._promote()
            self._keep_together()
            if before == (len(self.shared), len(self.bound)):
                return

    def _demote(self) -> None:
        dependents: dict[Node, set[Node]] = {}
        for source, targets in self.edges.items():
            for target in targets:
                dependents.setdefault(target, set()).add(source)
        self.bound |= set(self._running_bound())
        todo = list(self.bound)
        while todo:
            for node in dependents.get(todo.pop(), ()):
                if node not in self.bound:
                    self.bound.add(node)
                    todo.append(node)
        self.shared -= self.bound

    def _running_bound(self) -> Iterator[Node]:
        """Imports of modules for what they do, where none of that is shared."""
        for found in self.needs.values():
            for alias, modules in found.runs.items():
                nodes = [self._nodes_of.get(module, set()) for module in modules]
                if any(inner and inner.isdisjoint(self.shared) for inner in nodes):
                    yield alias

    def _promote(self) -> None:
        todo = list(self.shared)
        while todo:
            for target in self.edges.get(todo.pop(), ()):
                if target not in self.shared and target in self.owners:
                    self.shared.add(target)
                    todo.append(target)

    def _keep_together(self) -> None:
        for group in self._together:
            if group & self.bound:
                self.bound |= group
            elif group & self.shared:
                self.shared |= group

    def _groups(self) -> Iterator[set[Node]]:
        """Statements that are one: by a name that is bound twice, or rebound by a function; by a
        module or package that is handed about, or of which a star takes the names."""
        for module, nodes in sorted(self._nodes_of.items()):
            for name in self._bound_again(module, nodes):
                yield {n for n in nodes if name in self._names_of(module, [n])}
            for name in {n for f in self.needs.values() for n in f.rebound.get(module, ())}:
                yield {n for n in nodes if self._mentions(n, name)}
        for module in {m for found in self.needs.values() for m in found.whole | found.starred}:
            yield set(self._nodes_of.get(module, ()))
        for package in self._open:
            yield set(self._inside(package))

    def _bound_again(self, module: str, nodes: Iterable[Node]) -> set[str]:
        seen: set[str] = set()
        again: set[str] = set()
        for node in nodes:
            if isinstance(node[1], int):
                names = self._names_of(module, [node])
                again |= seen & names
                seen |= names
        return again - {"_"}

    def _inside(self, package: str) -> Iterator[Node]:
        """The nodes of a package's own file and of the modules right in it."""
        for module, nodes in self._nodes_of.items():
            if module == package or module.rpartition(".")[0] == package:
                yield from nodes

    def _mentions(self, node: Node, name: str) -> bool:
        module, key = node
        if isinstance(key, str):
            return False
        return name in names_in(self.program.views[module].statements[key].node)

    def _of(self, module: str, nodes: Iterable[Node]) -> set[Node]:
        return self._nodes_of.get(module, set()).intersection(nodes)

    def _is_shared_module(self, module: str) -> bool:
        """A module that is only imported: shared as soon as two services import it."""
        owners = {owner for owner, found in self.needs.items() if module in found.kept}
        if module in self._open:
            return self.shared.issuperset(self._inside(module))
        nodes = self._nodes_of.get(module)
        return not nodes and (FOUNDATION in owners or len(owners) > 1)

    def _is_named(self, module: str) -> bool:
        return any(module in found.named for found in self.needs.values())

    def _names_of(self, module: str, nodes: Iterable[Node]) -> set[str]:
        view = self.program.views[module]
        names: set[str] = set()
        for _, key in nodes:
            names.update({key} if isinstance(key, str) else view.statements[key].binds)
        return names


def _nodes(program: Program, found: Needs) -> Iterator[Node]:
    """The statements that a search keeps, imports of names aside, and the names asked for."""
    for module, indexes in found.kept.items():
        view = program.views[module]
        stars = {index for index, _ in view.stars}
        for index in indexes:
            if view.statements[index].kind is not Kind.IMPORT or index in stars:
                yield module, index
    for module, name in found.asked:
        if program.views[module].is_imported(str(name)):
            yield module, name

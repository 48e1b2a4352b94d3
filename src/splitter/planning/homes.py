"""Where code goes: what one service needs to the service, what two need to shared/, once.

The unit is the top-level statement. What is shared never depends on what one service has, so a
module of which several services need a part is parted between shared/ and the services.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from splitter.discovery.modules import Kind, ModuleView
from splitter.planning.needs import Needs, Node
from splitter.planning.program import Place, Program

FOUNDATION = "shared"
"""The owner of what is shared whoever needs it."""


@dataclass(frozen=True, slots=True)
class Part:
    """The statements of a module that go to one place, and the imported names they need there.

    `aliases`: import statement → local names kept of it; `borrowed`: names of the same module
    that live in its shared part.
    """

    module: str
    owner: str
    statements: frozenset[int]
    aliases: Mapping[int, frozenset[str]]
    borrowed: frozenset[str] = frozenset()
    cut: frozenset[ast.AST] = frozenset()
    whole: bool = False

    @property
    def empty(self) -> bool:
        return not self.statements and not self.aliases


@dataclass(slots=True)
class Division:
    """Every part of every module, by owner: a service's name, or `FOUNDATION`."""

    parts: dict[str, dict[str, Part]] = field(default_factory=dict)
    shared_names: dict[str, set[str]] = field(default_factory=dict)


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
        self.bound = {node for node in self.owners if self._is_bound(node)}
        self.bound |= set(self._acted_on())
        self.shared: set[Node] = set()

    def divide(self) -> Division:
        self.shared = {n for n in self.owners if self._may_be_shared(n)}
        self._settle()
        division = Division()
        modules = {m for found in self.needs.values() for m in found.kept}
        for module in sorted(modules):
            names = self._names_of(module, self._of(module, self.shared))
            division.shared_names[module] = names
            part = self._part(module, FOUNDATION, self._of(module, self.shared))
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
        for module in sorted(found.kept):
            nodes = by_module.get(module, set()) - self.shared
            part = self._part(module, owner, nodes)
            if not part.empty or (module not in shared_parts and module in found.named):
                yield module, part

    def _is_bound(self, node: Node) -> bool:
        """Whether a statement differs from service to service: routes, and cut inclusions."""
        module, key = node
        if isinstance(key, str):
            return False
        statement = self.program.views[module].statements[key]
        if statement.kind is Kind.REGISTRATION:
            return True
        cut = self._cut_nodes[module]
        return bool(cut) and any(id(part) in cut for part in ast.walk(statement.node))

    def _acted_on(self) -> Iterator[Node]:
        """The routers that bound statements fill: they are each service's own."""
        for module, key in list(self.bound):
            view = self.program.views[module]
            base = view.statements[int(key)].base
            for index in view.bindings.get(base[0], ()) if base else ():
                if view.statements[index].kind is Kind.DEFINITION:
                    yield module, index

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
        todo = list(self.bound)
        while todo:
            for node in dependents.get(todo.pop(), ()):
                if node not in self.bound:
                    self.bound.add(node)
                    todo.append(node)
        self.shared -= self.bound

    def _promote(self) -> None:
        todo = list(self.shared)
        while todo:
            for target in self.edges.get(todo.pop(), ()):
                if target not in self.shared and target in self.owners:
                    self.shared.add(target)
                    todo.append(target)

    def _keep_together(self) -> None:
        for group in self._groups():
            inside = group & self.shared
            if group & self.bound:
                self.bound |= group
            elif inside:
                self.shared |= group

    def _groups(self) -> Iterator[set[Node]]:
        """Statements that share a name which a function rebinds; modules that are used whole."""
        rebound: dict[str, set[str]] = {}
        for found in self.needs.values():
            for module, names in found.rebound.items():
                rebound.setdefault(module, set()).update(names)
        for module, names in rebound.items():
            for name in names:
                yield {n for n in self._of(module, self.owners) if self._mentions(n, name)}
        for module in {m for found in self.needs.values() for m in found.whole}:
            yield set(self._of(module, self.owners))

    def _mentions(self, node: Node, name: str) -> bool:
        statement = self._statement(node)
        return statement is not None and name in _names_in(statement)

    def _statement(self, node: Node) -> ast.stmt | None:
        module, key = node
        return None if isinstance(key, str) else self.program.views[module].statements[key].node

    def _of(self, module: str, nodes: Iterable[Node]) -> set[Node]:
        return self._nodes_of.get(module, set()).intersection(nodes)

    def _is_shared_module(self, module: str) -> bool:
        """A module that is only imported: shared as soon as two services import it."""
        owners = {owner for owner, found in self.needs.items() if module in found.kept}
        nodes = self._of(module, self.owners)
        return not nodes and (FOUNDATION in owners or len(owners) > 1)

    def _is_named(self, module: str) -> bool:
        return any(module in found.named for found in self.needs.values())

    def _names_of(self, module: str, nodes: Iterable[Node]) -> set[str]:
        view = self.program.views[module]
        names: set[str] = set()
        for _, key in nodes:
            names.update({key} if isinstance(key, str) else view.statements[key].binds)
        return names

    def _part(self, module: str, owner: str, nodes: set[Node]) -> Part:
        view = self.program.views[module]
        statements = {key for _, key in nodes if isinstance(key, int)}
        names = {key for _, key in nodes if isinstance(key, str)}
        borrowed: set[str] = set()
        edges = self.edges if owner == FOUNDATION else self.needs[owner].edges
        for node in nodes:
            for target in edges.get(node, ()):
                if target[0] != module or isinstance(node[1], str):
                    continue
                if isinstance(target[1], str):
                    names.add(target[1])
                elif target in self.shared and owner != FOUNDATION:
                    bound = view.statements[target[1]].binds
                    borrowed |= bound & _names_in(view.statements[node[1]].node)
        cut = {n for o, f in self.needs.items() if o == owner for n in f.cut.get(module, ())}
        whole = any(module in f.whole for f in self.needs.values())
        return Part(
            module,
            owner,
            frozenset(statements | self._stars(view, owner, bool(nodes))),
            _aliases(view, names),
            frozenset(borrowed - names),
            frozenset(cut),
            whole,
        )

    def _stars(self, view: ModuleView, owner: str, used: bool) -> set[int]:
        kept = {
            i
            for o, found in self.needs.items()
            if owner in (o, FOUNDATION)
            for i in found.kept.get(view.name, ())
        }
        return {i for i, _ in view.stars if i in kept} if used else set()


def _nodes(program: Program, found: Needs) -> Iterator[Node]:
    """The statements that a search keeps, imports aside, and the imported names asked for."""
    for module, indexes in found.kept.items():
        view = program.views[module]
        for index in indexes:
            if view.statements[index].kind is not Kind.IMPORT:
                yield module, index
    for module, name in found.asked:
        if any(
            program.views[module].statements[i].kind is Kind.IMPORT
            for i, _ in program.views[module].imports.get(str(name), ())
        ):
            yield module, name


def _aliases(view: ModuleView, names: set[str]) -> dict[int, frozenset[str]]:
    kept: dict[int, set[str]] = {}
    for name in names:
        for index, _ in view.imports.get(name, ()):
            if view.statements[index].kind is Kind.IMPORT:
                kept.setdefault(index, set()).add(name)
    return {index: frozenset(found) for index, found in kept.items()}


@cache
def _names_in(node: ast.AST) -> frozenset[str]:
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    for part in ast.walk(node):
        if isinstance(part, ast.Global):
            found.update(part.names)
        elif isinstance(part, ast.Constant) and str(part.value).isidentifier():
            found.add(str(part.value))
    return frozenset(found)


def places(nodes: Iterable[Node]) -> Iterator[Place]:
    """Those nodes that are statements."""
    for module, key in nodes:
        if isinstance(key, int):
            yield module, key

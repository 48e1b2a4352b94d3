"""What the owner leaves out of a service, and which parts of statements go with it."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from splitter.discovery.modules import Kind, Statement
from splitter.discovery.scopes import Imported, last_name
from splitter.discovery.trees import walk
from splitter.errors import UsageError
from splitter.model.plan import Service
from splitter.planning.naming import Naming
from splitter.planning.pieces import Piece
from splitter.planning.program import Place, Program, Router
from splitter.planning.selecting import Selection
from splitter.planning.severing import Severed, sever

EVERY_SERVICE = "monolith.leave_out"
"""The key that holds for all services."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A use of something left out that is more than a call for its effect."""

    line: int
    name: str


class Leaving:
    """Names that are left out; empty: nothing is."""

    def __init__(self, program: Program, given: Mapping[str, Iterable[str]]) -> None:
        """`given`: key in splitter.toml → dotted names. UsageError where there is no such thing."""
        self._program = program
        self._naming = Naming(program)
        self._modules: dict[str, str] = {}
        self._names: dict[Router, str] = {}
        for where, names in given.items():
            for name in names:
                self._take(where, name)
        self._severed: dict[Place, Severed] = {}
        if self._names or self._modules:
            self._made_of_it()

    def __bool__(self) -> bool:
        return bool(self._names or self._modules)

    def module(self, module: str) -> str:
        """What was named that has a module in it, or is it; empty: it is not left out."""
        while module and module not in self._modules:
            module = module.rpartition(".")[0]
        return self._modules.get(module, "")

    def place(self, place: Place) -> str:
        """What was named that a top-level statement defines; empty: it is not left out."""
        if not self:
            return ""
        bound = self._program.statement(place).binds
        found = (self._names.get((place[0], name), "") for name in sorted(bound))
        return self.module(place[0]) or next(filter(None, found), "")

    def pieces(self) -> set[Piece]:
        """The statements that are left out as a whole, and the methods."""
        modules = {m for m in self._program.views if self.module(m)}
        modules |= {module for module, _ in self._names}
        found = {
            (module, statement.index, "")
            for module in modules
            for statement in self._program.views[module].statements
            if statement.kind is not Kind.IMPORT and self.place((module, statement.index))
        }
        for module, name in self._names:
            first, dot, method = name.partition(".")
            for index in self._program.views[module].bindings.get(first, ()) if dot else ():
                found.add((module, index, method))
        return found

    def cuts(self, statement: Statement) -> set[ast.AST]:
        """The nodes in a statement that go."""
        return self._in(statement).cuts if self else set()

    def told(self, statement: Statement) -> Iterator[tuple[str, int]]:
        """What was named of which uses go with a statement, with the lines where these are."""
        if self:
            severed = self._in(statement)
            gone = {part for cut in severed.cuts for part in walk(cut)}
            for node, name in severed.uses.items():
                if node in gone:
                    yield name, getattr(node, "lineno", statement.line)

    def stuck(self, statement: Statement) -> list[Stuck]:
        """The uses in a statement that cannot go without anything else."""
        if not self:
            return []
        return [Stuck(getattr(n, "lineno", 0), name) for n, name in self._in(statement).stuck]

    def _in(self, statement: Statement) -> Severed:
        place = (statement.module, statement.index)
        if place not in self._severed:
            found = Severed()
            if self._may_name_it(statement) and not self.place(place):
                facts = self._program.facts(place)
                names = self._uses(statement)
                found = sever(statement.node, names, fixed=bool(facts.routed))
                found.stuck.extend(self._looked_at(statement, found))
            self._severed[place] = found
        return self._severed[place]

    def _looked_at(self, statement: Statement, severed: Severed) -> Iterator[tuple[ast.AST, str]]:
        """Attributes of objects that would not be set any more, and other code looks at."""
        for node, attribute, name in severed.attributes:
            for view in self._program.views.values():
                if attribute.upper() not in self._program.words(view.name):
                    continue
                others = (s.node for s in view.statements if s is not statement)
                if any(_asks(other, attribute) for other in others):
                    yield node, name

    def _may_name_it(self, statement: Statement) -> bool:
        if statement.kind in (Kind.IMPORT, Kind.FRAME):
            return False
        words = self._program.words(statement.module)
        named = [name.rpartition(".")[2] for _, name in self._names]
        named += [module.rpartition(".")[2] for module in self._modules]
        return any(name.upper() in words for name in named)

    def _uses(self, statement: Statement) -> dict[ast.AST, str]:
        """The nodes of a statement that mean something left out, each with what was named."""
        found: dict[ast.AST, str] = {}
        for node, meanings in self._naming.meanings(statement):
            name = next(filter(None, map(self._named, meanings)), "")
            if name:
                found[node] = name
        return found

    def _named(self, meaning: Imported) -> str:
        """What was named that has what a node means in it, or is it."""
        dotted = f"{meaning.module}.{meaning.name}".strip(".")
        if self.module(dotted):
            return self.module(dotted)
        name = meaning.name
        while name:
            if (meaning.module, name) in self._names:
                return self._names[meaning.module, name]
            name = name.rpartition(".")[0]
        return ""

    def _made_of_it(self) -> None:
        """What modules keep of a call of something left out is left out with it."""
        known = -1
        while known != len(self._names):
            known = len(self._names)
            for view in self._program.views.values():
                for statement in view.statements if not self.module(view.name) else ():
                    for name, origin in self._kept_of_it(statement):
                        self._names.setdefault((view.name, name), origin)

    def _kept_of_it(self, statement: Statement) -> Iterator[tuple[str, str]]:
        node = statement.node
        if isinstance(node, ast.Assign | ast.AnnAssign) and self._may_name_it(statement):
            uses = self._uses(statement)
            if node in sever(node, uses, fixed=False).cuts:
                named = next(iter(uses.values()))
                yield from ((name, named) for name in sorted(statement.binds))

    def _take(self, where: str, given: str) -> None:
        if self._program.is_module(given) and not self._is_bound(given):
            self._modules[given] = given
            return
        module, name = self._parted(given)
        if not module or not self._has(module, name):
            raise UsageError(
                f"the monolith has no {given}", where=where, hint=self._suggestion(given)
            )
        for origin in (*self._program.origins(module, tuple(name.split("."))), (module, name)):
            self._names[origin] = given

    def _is_bound(self, given: str) -> bool:
        """Whether a package binds a name of its own that one of its modules has, too."""
        module, _, name = given.rpartition(".")
        view = self._program.views.get(module)
        return view is not None and not self._program.is_submodule(module, name)

    def _parted(self, given: str) -> tuple[str, str]:
        """The module, and the name in it."""
        parts = given.split(".")
        for count in range(len(parts) - 1, 0, -1):
            module = ".".join(parts[:count])
            if module in self._program.views:
                return module, ".".join(parts[count:])
        return "", ""

    def _has(self, module: str, name: str) -> bool:
        first, _, attribute = name.partition(".")
        if not attribute:
            return bool([*self._program.origins(module, (first,))])
        return any(
            attribute in self._methods(made, bound)
            for made, bound in self._program.origins(module, (first,))
        )

    def _methods(self, module: str, name: str) -> set[str]:
        return self._naming.methods(module, name)

    def _suggestion(self, given: str) -> str:
        known = {*self._program.views}
        module = self._parted(given)[0] or given.rpartition(".")[0]
        view = self._program.views.get(module)
        for name in view.bindings if view else ():
            known.add(f"{module}.{name}")
            known.update(f"{module}.{name}.{m}" for m in self._methods(module, name))
        near = difflib.get_close_matches(given, sorted(known), 1)
        what = "name a function, a class, a method, a module or a package by its dotted name"
        return f"did you mean {near[0]!r}?" if near else what


def _asks(node: ast.AST, attribute: str) -> set[ast.AST]:
    """What looks at an attribute and would fail without it: `getattr` with a default does not."""
    sure: set[ast.AST] = set()
    found: set[ast.AST] = set()
    for part in walk(node):
        if isinstance(part, ast.Call) and _has_default(part):
            sure.update(part.args)
        if attribute in (getattr(part, "attr", ""), getattr(part, "value", "")):
            found.add(part)
    return found - sure


def _has_default(call: ast.Call) -> bool:
    name, given = last_name(call.func), len(call.args)
    return (name, given) in {("getattr", 3), ("hasattr", 2)}


def leaving(program: Program, service: Service, everywhere: Iterable[str]) -> Leaving:
    """What a service does without: what its own setting names, and what holds for all."""
    own = f"services.{service.name}.leave_out"
    return Leaving(program, {EVERY_SERVICE: everywhere, own: service.leave_out})


def check_routes(
    left: Leaving, service: Service, selection: Selection, root: tuple[str, tuple[str, ...]]
) -> None:
    """UsageError where what is left out has the routes of the service, or the application."""
    modules = sorted({*selection.modules, *(m for m, _ in selection.endpoints), root[0]})
    for name in filter(None, map(left.module, modules)):
        raise UsageError(
            f"{name} has the application or routes of the {service.name} service in it",
            where=f"services.{service.name}.leave_out",
            hint="name what the service can do without",
        )

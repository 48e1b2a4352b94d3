"""The search for what a service needs: by use, from its routes and the application around them.

It starts at the application object and at the selected routes and follows the names that are
really used. An inclusion that leads to no selected route is cut; what only it used is not found.
Whatever runs for its effect in a module that is reached stays, when in doubt.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable
from functools import partial

from splitter.discovery.modules import Kind, ModuleView, Statement
from splitter.discovery.parsing import module_name
from splitter.discovery.reading import idle_imports, uses_of
from splitter.discovery.scopes import Chain, Imported, Uses, in_order
from splitter.model.changes import Note
from splitter.planning.leaving import Leaving
from splitter.planning.needs import Call, Needs, Node
from splitter.planning.parting import is_for_types
from splitter.planning.program import Place, Program, Router
from splitter.planning.registries import Registries
from splitter.planning.routers import Routers
from splitter.planning.running import Effect, effects
from splitter.planning.scripts import runs_scripts, scripts, used_by
from splitter.planning.selecting import Selection
from splitter.planning.speech import leads
from splitter.planning.ways import Ways

SEEN = ("?",)
"""The chain of a module that is imported and of which nothing is used."""

_BUILTINS = frozenset(dir(builtins))


def search(
    routers: Routers,
    registries: Registries,
    selection: Selection,
    roots: Iterable[tuple[str, Chain]],
    call: Callable[[Place], Call | None] = lambda _: None,
    leaving: Leaving | None = None,
) -> Needs:
    """The needs of a selection of routes and of further names, given as (module, chain).

    Where `call` gives a call, nothing is needed of a function but what its signature names.
    """
    leaving = leaving or Leaving(routers.program, {})
    hunt = _Hunt(routers.program, registries, Ways(routers, selection, leaving), call)
    for module in sorted({*selection.modules, *(m for m, _ in selection.endpoints)}):
        hunt.reach(module)
    for module, chain in roots:
        if chain:
            hunt.reach(module)
            hunt.follow(module, chain, None)
        else:
            hunt.use_module(module, (), None)
    hunt.run()
    hunt.needs.gone = frozenset(leaving.pieces())
    return hunt.needs


class _Hunt:
    def __init__(
        self,
        program: Program,
        registries: Registries,
        ways: Ways,
        call: Callable[[Place], Call | None],
    ) -> None:
        self.program = program
        self._call = call
        self._registries = registries
        self._ways = ways
        self._leaving = ways.leaving
        self.needs = Needs()
        self._todo: list[Callable[[], None]] = []
        self._followed: dict[tuple[str, Chain, Node | None], bool] = {}
        self._handed: set[tuple[str, Node | None]] = set()
        self._reached_modules: set[str] = set()
        self._waiting: dict[Router, list[Callable[[], None]]] = {}
        self._wanted: set[Router] = set()

    def run(self) -> None:
        while self._todo:
            self._todo.pop()()

    def reach(self, module: str) -> None:
        """A module is imported: it and the packages around it run."""
        if module in self._reached_modules:
            return
        self._reached_modules.add(module)
        for name in _from_the_top(module):
            view = self.program.views.get(name)
            if view is not None and name not in self.needs.kept:
                self.needs.kept[name] = set()
                for effect in effects(self.program, self._registries, self._ways, view):
                    self._when_wanted(effect.when, partial(self._run, view, effect))
        if module.rpartition(".")[0] in self.needs.open:
            self.use_module(module, (), None)

    def follow(self, module: str, chain: Chain, origin: Node | None) -> bool:
        """A name of a module is used, with the attributes that follow it. False: it has none."""
        key = (module, chain, origin)
        if key not in self._followed:
            self._followed[key] = False
            self._followed[key] = self._follow(module, chain, origin)
        return self._followed[key]

    def _follow(self, module: str, chain: Chain, origin: Node | None) -> bool:
        view = self.program.views.get(module)
        if view is None:
            return False
        name = chain[0]
        found = False
        for index, imported in view.imports.get(name, ()):
            found = True
            self._alias(view, index, name, imported, chain[1:], origin)
        for index in view.bindings.get(name, ()):
            if view.statements[index].kind is not Kind.IMPORT:
                found = True
                self._need((module, index), origin)
        if found and self._is_made_when_asked_for(view, name):
            self.follow(module, ("__getattr__",), origin)
        if not found:
            found = self._through_star(view, chain, origin)
        if not found and self.program.is_module(f"{module}.{name}"):
            self.use_module(f"{module}.{name}", chain[1:], origin)
            return True
        if found:
            self._want(module, name)
        return found

    def _is_made_when_asked_for(self, view: ModuleView, name: str) -> bool:
        """Whether what binds a name is there for type checkers only."""
        if not view.bindings.get("__getattr__"):
            return False
        return all(is_for_types(view.statements[i].node) for i in view.bindings.get(name, ()))

    def use_module(self, module: str, rest: Chain, origin: Node | None) -> None:
        """A module is imported and, but for `SEEN`, used."""
        self.reach(module)
        if rest and self.program.is_module(f"{module}.{rest[0]}"):
            self.use_module(f"{module}.{rest[0]}", rest[1:] or SEEN, origin)
            if self.program.is_submodule(module, rest[0]):
                self._imported_there(module, rest[0], origin)
                return
        self.needs.named.add(module)
        if rest == SEEN:
            if origin is not None:
                self.needs.runs.setdefault(origin, set()).add(module)
            return
        if rest and (self.follow(module, rest, origin) or rest[0].startswith("__")):
            return
        self._use_whole(module, origin)

    def _imported_there(self, package: str, name: str, origin: Node | None) -> None:
        """A module is taken from its package, which imports it by itself: it goes on doing so.

        Whoever takes it need not import it then, which matters where imports go in circles.
        """
        view = self.program.views.get(package)
        if view is None:
            return
        if self._is_made_when_asked_for(view, name):
            self.follow(package, ("__getattr__",), origin)
        for index, imported in view.imports.get(name, ()):
            if view.statements[index].kind is Kind.IMPORT:
                self._alias(view, index, name, imported, SEEN, origin)

    def _use_whole(self, module: str, origin: Node | None) -> None:
        """All of a module, and of the modules in it that are imported, may be asked for."""
        if (module, origin) not in self._handed:
            self._handed.add((module, origin))
            self.needs.open.add(module)
            for inner in sorted(self._reached_modules):
                if inner.rpartition(".")[0] == module:
                    self.use_module(inner, (), origin)
            self._use_all_of(module, origin)

    def _use_all_of(self, module: str, origin: Node | None) -> None:
        """All that a module itself has, but for the other modules in it."""
        view = self.program.views.get(module)
        if view is None:
            return
        self.needs.whole.add(module)
        for index, star in view.stars:
            self._keep_star(view, index, origin)
            self._import(Imported(star, "*"), (), (module, index))
        for statement in view.statements:
            if statement.kind is Kind.IMPORT:
                for name in sorted(statement.binds):
                    self.follow(module, (name, *SEEN), origin)
            elif statement.kind is not Kind.FRAME:
                self._need((module, statement.index), origin)

    def _run(self, view: ModuleView, effect: Effect) -> None:
        if self._leaving and self._leaves(view, effect):
            return
        if not effect.module:
            place = (view.name, effect.index)
            self._register(place, None) if effect.puts else self._need(place, None)
        elif effect.imported is not None:
            self._alias(view, effect.index, effect.local, effect.imported, SEEN, None)
            self.needs.asked.add((view.name, effect.local))
            self.needs.runs.setdefault((view.name, effect.local), set()).add(effect.module)
            self.use_module(effect.module, SEEN, None)
        else:
            self.needs.kept[view.name].add(effect.index)
            self.use_module(effect.module, SEEN, None)

    def _leaves(self, view: ModuleView, effect: Effect) -> bool:
        """Whether what runs for its effect is left out."""
        name = self._leaving.place((view.name, effect.index))
        name = name or self._leaving.module(effect.module)
        if name:
            line = view.statements[effect.index].line
            self.needs.left.setdefault(name, set()).add((view.path, line))
        return bool(name)

    def _when_wanted(self, things: tuple[Router, ...], run: Callable[[], None]) -> None:
        """Do something, as soon as one of some objects is needed."""
        if not things or not self._wanted.isdisjoint(things):
            self._todo.append(run)
        for thing in things:
            self._waiting.setdefault(thing, []).append(run)

    def _want(self, module: str, name: str) -> None:
        if (module, name) not in self._wanted:
            self._wanted.add((module, name))
            self._todo += self._waiting.pop((module, name), ())

    def _alias(
        self,
        view: ModuleView,
        index: int,
        name: str,
        imported: Imported,
        rest: Chain,
        origin: Node | None,
    ) -> None:
        statement = view.statements[index]
        alias: Node = (view.name, name)
        if statement.kind is Kind.IMPORT:
            self.needs.kept.setdefault(view.name, set()).add(index)
            for dotted in _dotted(statement.node, name):
                self._import(Imported(dotted), SEEN, alias)
        else:
            self._need((view.name, index), origin)
        self._edge(origin, alias)
        if origin is None or origin[0] != view.name:
            self.needs.asked.add(alias)
        self._import(imported, rest, alias)

    def _import(self, imported: Imported, rest: Chain, origin: Node | None) -> None:
        module, name = imported.module, imported.name
        if self._leaving and self._asks_for(self._left_module(imported), origin):
            return
        if not self.program.is_own(module):
            where = origin[0] if origin else ""
            if origin is not None and runs_scripts(imported):
                self._run_scripts(origin)
            self.needs.foreign.setdefault(where, set()).add(f"{module}.{name}" if name else module)
            return
        if name == "*":
            self.use_module(module, (), origin)
        elif not name:
            self.use_module(module, rest, origin)
        elif self.program.is_submodule(module, name):
            self.reach(module)
            self.use_module(f"{module}.{name}", rest, origin)
        else:
            self.reach(module)
            if not self.follow(module, (name, *rest), origin):
                self._unresolved(module, name, origin)

    def _left_module(self, imported: Imported) -> str:
        """What the owner named that has the module which an import takes."""
        whole = f"{imported.module}.{imported.name}" if imported.name else imported.module
        return self._leaving.module(whole)

    def _asks_for(self, name: str, origin: Node | None) -> bool:
        """Whether something is left out; then what still asks for it stands in the way."""
        view = self.program.views.get(origin[0]) if name and origin else None
        if view is not None and origin is not None:
            found = {note.path for note in self.needs.notes if note.what == _needed(name)}
            if view.path not in found:
                self._stands_in_the_way(view, _line(view, origin[1]), name)
        return bool(name)

    def _stands_in_the_way(self, view: ModuleView, line: int, name: str) -> None:
        self.needs.notes.add(Note(view.path, line, "SPL044", _needed(name), True))

    def _through_star(self, view: ModuleView, chain: Chain, origin: Node | None) -> bool:
        for index, star in view.stars:
            if self.program.is_own(star) and not self._leaving.module(star):
                self.reach(star)
                if self.follow(star, chain, (view.name, index)):
                    self._keep_star(view, index, origin)
                    self.needs.starred.add(star)
                    return True
        if chain[0] in _BUILTINS:
            return False
        foreign = [(i, star) for i, star in view.stars if not self.program.is_own(star)]
        for index, star in foreign:
            self._keep_star(view, index, origin)
            self._import(Imported(star, chain[0]), (), (view.name, index))
        return bool(foreign)

    def _keep_star(self, view: ModuleView, index: int, origin: Node | None) -> None:
        self.needs.kept[view.name].add(index)
        self._edge(origin, (view.name, index))

    def _need(self, place: Place, origin: Node | None) -> None:
        module, index = place
        statement = self.program.statement(place)
        if self._leaving and self._asks_for(self._leaving.place(place), origin):
            return
        if statement.node in self._ways.cuts(statement):
            self._told_of(statement)
            self.needs.cut.setdefault(module, set()).add(statement.node)
            return
        self._edge(origin, place)
        self.reach(module)
        if index not in self.needs.kept[module]:
            self.needs.kept[module].add(index)
            call = self._call(place)
            read = partial(self._read, place) if call is None else partial(self._ask, place, call)
            self._todo.append(read)
            for name in statement.binds:
                self._want(module, name)

    def _edge(self, origin: Node | None, target: Node) -> None:
        if origin is not None and origin != target:
            self.needs.edges.setdefault(origin, set()).add(target)

    def _read(self, place: Place) -> None:
        view, statement = self.program.views[place[0]], self.program.statement(place)
        if statement.kind is Kind.IMPORT:
            return
        cuts = self._ways.cuts(statement)
        if self._leaving:
            self._told_of(statement)
        if cuts:
            self.needs.cut.setdefault(view.name, set()).update(cuts)
            idle = idle_imports(statement.node, resolve=view.resolve, skip=cuts)
            self.needs.cut[view.name].update(idle)
            cuts = {*cuts, *idle}
            uses = uses_of(statement.node, resolve=view.resolve, skip=cuts)
        else:
            uses = self.program.uses(place)
        ordered = in_order(uses) if cuts else self.program.ordered(place)
        for chain in ordered.free:
            self.follow(view.name, chain, place)
        for imported, rest in ordered.imported:
            self._import(imported, rest, place)
        for module in sorted(uses.executed):
            self._import(Imported(module), SEEN, place)
        self._registry(place, uses)
        self._hear(place, cuts)
        if uses.rebinds:
            self.needs.rebound.setdefault(view.name, set()).update(uses.rebinds)
        self._dynamic(view, statement, cuts)
        self._lodged(view, statement, cuts)

    def _told_of(self, statement: Statement) -> None:
        """What goes of a statement by the owner's word, and what cannot."""
        view = self.program.views[statement.module]
        for name, line in self._leaving.told(statement):
            self.needs.left.setdefault(name, set()).add((view.path, line))
        for stuck in self._leaving.stuck(statement):
            self._stands_in_the_way(view, stuck.line, stuck.name)

    def _ask(self, place: Place, call: Call) -> None:
        """Another service has the function: what is left is its signature, and what it raises."""
        self.needs.called[place] = call
        resolve = self.program.views[place[0]].resolve
        for chain in sorted(uses_of(call.signature, resolve=resolve).free):
            self.follow(place[0], chain, place)
        for module, name in call.raises:
            self.reach(module)
            self.follow(module, (name,), None)

    def _hear(self, place: Place, cuts: set[ast.AST]) -> None:
        """Follow the names that a statement has in strings, as far as they are the monolith's.

        That ties it to no place: a name is looked up while the program runs.
        """
        for said in self.program.spoken(place):
            module, chain = leads(self.program, said.name)
            if said.node in cuts or not module:
                continue
            if self._leaving.module(module):
                self._asks_for(self._leaving.module(module), place)
                continue
            self.needs.spoken.add(module)
            self.reach(module)
            if said.place or (chain and not self.follow(module, chain, None)):
                self.use_module(module, SEEN, None)
            elif not chain:
                self._use_all_of(module, None)

    def _run_scripts(self, origin: Node) -> None:
        """A library runs files by their paths, so whatever they import has to be there."""
        if origin[0] in self.needs.scripts:
            return
        found = self.needs.scripts[origin[0]] = scripts(self.program.sources)
        for path in sorted(path for path in found if path.endswith(".py")):
            if module_name(path) in self.program.views:
                for imported, chain in used_by(self.program, module_name(path)):
                    self._import(imported, chain, origin)

    def _registry(self, place: Place, uses: Uses) -> None:
        """Classes that a mapped class names by string have to be mapped too, and so on."""
        found = list(self._registries.called_in_sql(place))
        if place in self._registries.mapped:
            for name in sorted(uses.classes):
                found += self._registries.classes.get(name, [])
        for table in sorted(uses.tables):
            found += self._registries.tables.get(table, [])
        found += self._registries.subclasses(place, polymorphic=True)
        for asked in self._registries.asked_for_subclasses(place):
            found += self._registries.subclasses(asked)
        for target in found:
            if target != place:
                self._register(target, place)

    def _register(self, place: Place, origin: Node | None) -> None:
        """A definition is needed although no name leads to it: its module has to be imported."""
        self.needs.registered.add(place)
        self._need(place, origin)

    def _dynamic(self, view: ModuleView, statement: Statement, cuts: set[ast.AST]) -> None:
        for node in self.program.facts((view.name, statement.index)).dynamic:
            if node in cuts:
                continue
            first = node.args[0] if node.args else None
            name = first.value if isinstance(first, ast.Constant) else None
            if isinstance(name, str) and self.program.is_module(name):
                self.use_module(name, (), (view.name, statement.index))
            elif name is None:
                self.needs.spoken.add("")
                what = "imports a module whose name is known only at run time"
                self.needs.notes.add(Note(view.path, node.lineno, "SPL030", what))

    def _lodged(self, view: ModuleView, statement: Statement, cuts: set[ast.AST]) -> None:
        """Code tells or compares the name of a module, which in a service is another one."""
        for node, against in self.program.facts((view.name, statement.index)).lodged:
            known = not against or self.program.is_own(against.partition(".")[0])
            if known and node not in cuts:
                self.needs.asks_where = True
                what = "asks in which module something lies: a service says what the monolith does"
                self.needs.notes.add(Note(view.path, node.lineno, "SPL039", what))

    def _unresolved(self, module: str, name: str, origin: Node | None) -> None:
        """A name that its module does not define in the open: made at run time, so keep it all."""
        if module not in self.program.views:
            return
        self.use_module(module, (), origin)
        view = self.program.views.get(origin[0]) if origin else None
        if (
            view is not None
            and origin is not None
            and not self.program.binds(module, "__getattr__")
        ):
            place = (view.path, _line(view, origin[1]), module)
            self.needs.unresolved.setdefault(place, set()).add(name)


def _needed(name: str) -> str:
    return f"uses {name}, which leave_out names, for more than its effect"


def _from_the_top(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts) + 1)]


def _dotted(node: ast.stmt, local: str) -> list[str]:
    """The modules that an `import` statement runs where it binds a local name."""
    return [
        alias.name
        for alias in (node.names if isinstance(node, ast.Import) else ())
        if (alias.asname or alias.name.partition(".")[0]) == local
    ]


def _line(view: ModuleView, key: int | str) -> int:
    """Where a statement stands, or the import that binds a name."""
    if isinstance(key, int):
        return view.statements[key].line
    return next((view.statements[i].line for i, _ in view.imports.get(key, ())), 0)

"""The monolith's code as one whole: what a name leads to, across modules and re-exports."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from splitter.discovery.modules import ModuleView, Statement, Views
from splitter.discovery.parsing import Parsed
from splitter.discovery.reading import uses_of
from splitter.discovery.scopes import Chain, Imported, Ordered, Uses, in_order
from splitter.discovery.trees import statements, walk
from splitter.planning.facts import NONE, Facts, facts_of, may_have_facts
from splitter.planning.speech import Spoken, spoken

Found = TypeVar("Found")

Place = tuple[str, int]
"""A top-level statement: module and index."""

Router = tuple[str, str]
"""An object such as a router: the module that makes it, and its name there with attributes."""


class Program:
    """Every module of the monolith, indexed once for all plans."""

    def __init__(
        self, parsed: Parsed, *, loaded: Collection[str] = (), installed: Collection[str] = ()
    ) -> None:
        """`loaded`: the modules that the running monolith imports; if it is empty, all.

        `installed`: what can be imported from its environment, and hides a mere folder.
        """
        self._parsed = parsed
        self.sources = parsed.sources
        self.views: Mapping[str, ModuleView] = Views(parsed.trees, parsed.names)
        self.loaded = {name for name in self.views if not loaded or name in loaded}
        self._statements: dict[Place, Statement] = {}
        self._submodules: dict[Router, bool] = {}
        self._facts: dict[Place, Facts] = {}
        self._uses: dict[Place, Uses] = {}
        self._ordered: dict[Place, Ordered] = {}
        self._kept: dict[tuple[object, Place, frozenset[ast.AST]], object] = {}
        self._texts: dict[Place, str] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._spoken: dict[Place, tuple[Spoken, ...]] = {}
        self._telling: dict[str, bool] = {}
        self._split: dict[str, list[bytes]] = {}
        self._found: dict[tuple[str, Chain], tuple[Router, ...]] = {}
        self._folders = {p for name in parsed.names for p in _parents(name)}
        hidden = {name.partition(".")[0] for name in installed} - self.views.keys()
        self._folders = {f for f in self._folders if f.partition(".")[0] not in hidden}

    def is_module(self, name: str) -> bool:
        """Whether the monolith has a module or package of that dotted name."""
        return name in self.views or name in self._folders

    def is_own(self, name: str) -> bool:
        """Whether a dotted module name belongs to the monolith, be it found or not."""
        first = name.partition(".")[0]
        return first in self.views or first in self._folders

    def statement(self, place: Place) -> Statement:
        found = self._statements.get(place)
        if found is None:
            found = self._statements[place] = self.views[place[0]].statements[place[1]]
        return found

    def below(self, folder: str) -> set[str]:
        """All files of the project in a folder and in those in it."""
        return self._below.get(folder, set())

    @cached_property
    def _below(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for path in self.sources:
            folder = path.rpartition("/")[0]
            while folder:
                found.setdefault(folder, set()).add(path)
                folder = folder.rpartition("/")[0]
        return found

    @cached_property
    def attributes(self) -> Mapping[str, list[tuple[str, ast.expr]]]:
        """What attributes are given at module level and in bodies of classes, by their names, and
        the module of each."""
        found: dict[str, list[tuple[str, ast.expr]]] = {}
        for module, path in self._parsed.names.items():
            tree = self._parsed.trees.get(path)
            for statement in tree.body if tree else ():
                for name, value in _attributes(statement):
                    found.setdefault(name, []).append((module, value))
        return found

    def kept(
        self,
        find: Callable[[Program, Place, frozenset[ast.AST]], Found],
        place: Place,
        cut: frozenset[ast.AST],
    ) -> Found:
        """What `find` finds in the statement at a place without what is cut, found once."""
        key = (find, place, cut)
        if key not in self._kept:
            self._kept[key] = find(self, place, cut)
        return self._kept[key]  # type: ignore[return-value]  # it is of the kind that `find` gives

    def text(self, place: Place) -> str:
        """The source of the statement at a place, in whole lines."""
        if place not in self._texts:
            view = self.views[place[0]]
            lines = self.sources[view.path].decode("utf-8", "replace").splitlines()
            for each in view.statements:
                found = "\n".join(lines[each.line - 1 : each.end_line])
                self._texts[view.name, each.index] = found
        return self._texts[place]

    def words(self, module: str) -> frozenset[str]:
        """The words in a module's text, in capital letters."""
        if module not in self._words:
            text = self.sources[self.views[module].path].decode("utf-8", "replace")
            self._words[module] = frozenset(re.findall(r"\w+", text.upper()))
        return self._words[module]

    def facts(self, place: Place) -> Facts:
        """What the statement at a place says of routers, and what it imports by string."""
        module = place[0]
        if not self.may_have_facts(module):
            return NONE
        if place not in self._facts:
            found = self.statement(place)
            there = may_have_facts(self._lines(module, found.line, found.end_line))
            self._facts[place] = facts_of(found.node) if there else NONE
        return self._facts[place]

    def may_have_facts(self, module: str) -> bool:
        """Whether any statement of a module can have facts, by its text."""
        if module not in self._telling:
            self._telling[module] = may_have_facts(self.sources[self.views[module].path])
        return self._telling[module]

    def _lines(self, module: str, first: int, last: int) -> bytes:
        if module not in self._split:
            self._split[module] = self.sources[self.views[module].path].splitlines()
        return b"\n".join(self._split[module][first - 1 : last])

    def uses(self, place: Place) -> Uses:
        """What the statement at a place uses from outside of itself."""
        if place not in self._uses:
            resolve = self.views[place[0]].resolve
            self._uses[place] = uses_of(self.statement(place).node, resolve=resolve)
        return self._uses[place]

    def ordered(self, place: Place) -> Ordered:
        """The same in order, sorted once for all services."""
        if place not in self._ordered:
            self._ordered[place] = in_order(self.uses(place))
        return self._ordered[place]

    def spoken(self, place: Place) -> tuple[Spoken, ...]:
        """The strings in the statement at a place that may name modules."""
        if place not in self._spoken:
            parts = walk(self.statement(place).node)
            self._spoken[place] = tuple(spoken(parts, self.views[place[0]]))
        return self._spoken[place]

    def decorated(self, place: Place) -> Iterator[ast.AST]:
        """The decorated functions and classes in the statement at a place."""
        node = self.statement(place).node
        for part in (node, *statements(node)):
            if getattr(part, "decorator_list", ()):
                yield part

    def binds(self, module: str, name: str) -> bool:
        view = self.views.get(module)
        return view is not None and (name in view.bindings or name in view.imports)

    def is_submodule(self, module: str, name: str) -> bool:
        """Whether `from module import name` gives a module, not something that `module` binds.

        `from . import name` in a package's own `__init__` binds the submodule itself; a star there
        may bind something of that name, even what the submodule defines.
        """
        key = (module, name)
        known = self._submodules.get(key)
        if known is None:
            known = self._submodules[key] = self._is_submodule(module, name)
        return known

    def _is_submodule(self, module: str, name: str) -> bool:
        if not self.is_module(f"{module}.{name}"):
            return False
        view = self.views.get(module)
        if view is None:
            return True
        if not self.binds(module, name):
            return not any(self._exports(star, name) for _, star in view.stars)
        found = view.imports.get(name, ())
        return bool(found) and all(
            i in (Imported(module, name), Imported(f"{module}.{name}")) for _, i in found
        )

    def _exports(self, module: str, name: str) -> bool:
        """Whether a star takes a name that a module defines itself."""
        view = self.views.get(module)
        own = view.bindings.get(name, ()) if view else ()
        if view is None or not any(not _imports(view, i, name) for i in own):
            return False
        listed = [view.statements[i].node for i in view.bindings.get("__all__", ())]
        return not name.startswith("_") if not listed else any(name in _texts(n) for n in listed)

    def origins(self, module: str, chain: Chain) -> tuple[Router, ...]:
        """Where the object that a chain names is made, through imports and re-exports."""
        key = (module, chain)
        if key not in self._found:
            view = self.views.get(module) if chain else None
            own = view is not None and chain[0] in view.bindings and chain[0] not in view.imports
            made = ((module, ".".join(chain)),) if own else self._origins(module, chain, set())
            self._found[key] = tuple(made)
        return self._found[key]

    def target(self, imported: Imported, rest: Chain) -> Iterator[Router]:
        """The same for what an import binds a name to, and the attributes that follow."""
        yield from self._imported(imported, rest, set())

    def is_foreign(self, module: str, name: str) -> bool:
        """Whether a name of a module is imported, and only from outside of the monolith."""
        view = self.views[module]
        found = [imported for _, imported in view.imports.get(name, ())]
        return bool(found) and not any(self.is_own(i.module) for i in found)

    def _origins(self, module: str, chain: Chain, seen: set[tuple[str, Chain]]) -> Iterator[Router]:
        view = self.views.get(module)
        if view is None or not chain or (module, chain) in seen:
            return
        seen.add((module, chain))
        imported = view.imports.get(chain[0], ())
        for _, target in imported:
            yield from self._imported(target, chain[1:], seen)
        bound = view.bindings.get(chain[0], ())
        own = bound and (not imported or any(not _imports(view, i, chain[0]) for i in bound))
        if own:
            yield module, ".".join(chain)
        elif not imported:
            if self.is_module(f"{module}.{chain[0]}"):
                yield from self._origins(f"{module}.{chain[0]}", chain[1:], seen)
            for _, star in view.stars:
                yield from self._origins(star, chain, seen)

    def _imported(
        self, target: Imported, rest: Chain, seen: set[tuple[str, Chain]]
    ) -> Iterator[Router]:
        if target.name and self.is_submodule(target.module, target.name):
            yield from self._module_origins(f"{target.module}.{target.name}", rest, seen)
        elif target.name:
            yield from self._origins(target.module, (target.name, *rest), seen)
        else:
            yield from self._module_origins(target.module, rest, seen)

    def _module_origins(
        self, module: str, rest: Chain, seen: set[tuple[str, Chain]]
    ) -> Iterator[Router]:
        while rest and self.is_submodule(module, rest[0]):
            module, rest = f"{module}.{rest[0]}", rest[1:]
        yield from self._origins(module, rest, seen)


def _imports(view: ModuleView, index: int, name: str) -> bool:
    return any(i == index for i, _ in view.imports.get(name, ()))


def _texts(node: ast.AST) -> set[object]:
    return {part.value for part in walk(node) if isinstance(part, ast.Constant)}


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def assigned(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """The names that statements give a value, with it."""
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.expr):
                yield target.id, value


def _attributes(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """What a class gives its attributes, or a module those of an object: `settings.here = …`."""
    if isinstance(node, ast.ClassDef):
        yield from assigned(node.body)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                yield target.attr, node.value

"""What goes along with statements: files that nothing is left of, imports of what is gone."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from splitter.discovery.modules import Kind, ModuleView
from splitter.discovery.reading import idle_imports
from splitter.discovery.scopes import Imported
from splitter.planning.estate import Estate, Parts
from splitter.planning.liveness import Liveness
from splitter.planning.program import Place
from splitter.planning.removable import is_removable


@dataclass(frozen=True, slots=True)
class Leaving:
    """Modules that go whole, and by module the parts of other statements that are cut."""

    files: frozenset[str]
    cut: Mapping[str, set[ast.AST]]


def leave(
    estate: Estate,
    parts: Parts,
    wider: Liveness,
    live: Liveness,
    gone: Collection[Place],
    held: Collection[str],
) -> Leaving:
    """`wider` is what all that goes needs, `live` what is left does. `held` modules are imported
    as they were, and stay."""
    files = _files(estate, live, gone, held)
    cut = {module: set(nodes) for module, nodes in parts.cut.items() if module not in files}
    for module in estate.own - files - {*held}:
        view = estate.program.views[module]
        names: set[str] = set()
        for alias, name, imported in _aliases(view):
            known = (module, name)
            unused = known in wider.aliases and known not in live.aliases
            if unused or (known not in live.aliases and _leads_to(estate, imported, files, gone)):
                cut.setdefault(module, set()).add(alias)
                names.add(name)
        cut.setdefault(module, set()).update(_idle(view, cut.get(module, ())))
        names |= _unbound(view, {i for m, i in gone if m == module})
        cut.setdefault(module, set()).update(_listed(view, names))
    return Leaving(files, cut)


def lost_effects(estate: Estate, left: Leaving, gone: Collection[Place]) -> set[str]:
    """Modules on the way to those that do something by being imported, and would not be any more.

    What only is defined there is no loss.
    """
    before = _imported(estate, Leaving(frozenset(), {}), set())
    after = _imported(estate, left, {*gone})
    lost = [m for m in before if m not in after and m not in left.files]
    found: set[str] = set()
    for module in lost:
        if _acts(estate, module):
            while module and module != estate.module:
                found.add(module)
                module = before[module]
            found.add(estate.module)
    return found


def by_module(places: Iterable[Place]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for module, index in places:
        found.setdefault(module, set()).add(index)
    return {module: frozenset(indexes) for module, indexes in found.items()}


def _files(
    estate: Estate, live: Liveness, gone: Collection[Place], held: Collection[str]
) -> frozenset[str]:
    found = set()
    for module in {m for m, _ in gone}:
        view = estate.program.views[module]
        left = [s for s in view.statements if (module, s.index) not in gone]
        stays = module in live.modules or module in held or module == estate.module
        empty = all(s.kind in (Kind.IMPORT, Kind.FRAME) for s in left)
        if empty and not stays and not view.is_package:
            found.add(module)
    return frozenset(found)


def _aliases(view: ModuleView) -> Iterator[tuple[ast.alias, str, tuple[Imported, ...]]]:
    """The names of plain imports, and what each of them is bound to there."""
    for statement in view.statements:
        node = statement.node
        if statement.kind is Kind.IMPORT and isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                bound = (i for at, i in view.imports.get(name, ()) if at == statement.index)
                whole = Imported(alias.name) if isinstance(node, ast.Import) else None
                yield alias, name, (*bound, *([whole] if whole else []))


def _leads_to(
    estate: Estate,
    found: Iterable[Imported],
    files: Collection[str],
    gone: Collection[Place],
) -> bool:
    """Whether an import names a module that goes, or a name that a module then has not."""
    for imported in found:
        inner = f"{imported.module}.{imported.name}"
        if imported.module in files or (imported.name and inner in files):
            return True
        view = estate.program.views.get(imported.module)
        own = view.bindings.get(imported.name, ()) if view and imported.name else ()
        if own and all((imported.module, index) in gone for index in own):
            return True
    return False


def _idle(view: ModuleView, cut: Collection[ast.AST]) -> set[ast.alias]:
    """Imports within functions that only what is cut made use of."""
    found: set[ast.alias] = set()
    for statement in view.statements if cut else ():
        if statement.kind is not Kind.IMPORT:
            found |= idle_imports(statement.node, resolve=view.resolve, skip={*cut})
    return found


def _unbound(view: ModuleView, gone: Collection[int]) -> set[str]:
    return {name for name, found in view.bindings.items() if set(found) <= set(gone)}


def _listed(view: ModuleView, names: Collection[str]) -> Iterator[ast.AST]:
    """The elements of `__all__` that say one of the names."""
    for index in view.bindings.get("__all__", ()):
        value = getattr(view.statements[index].node, "value", None)
        if isinstance(value, ast.List | ast.Tuple):
            for element in value.elts:
                if isinstance(element, ast.Constant) and element.value in names:
                    yield element


def _imported(estate: Estate, left: Leaving, gone: Collection[Place]) -> dict[str, str]:
    """The modules that importing the application imports, each with the one that does first."""
    found = {estate.module: ""}
    todo = [estate.module]
    while todo:
        module = todo.pop(0)
        for name in _imports(estate, module, left, gone):
            for each in (*_above(name), name):
                if each in estate.program.views and each not in found and each not in left.files:
                    found[each] = module
                    todo.append(each)
    return found


def _imports(estate: Estate, module: str, left: Leaving, gone: Collection[Place]) -> Iterator[str]:
    view = estate.program.views[module]
    cut = left.cut.get(module, set())
    for statement in view.statements:
        if (module, statement.index) in gone:
            continue
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    if alias in cut:
                        continue
                    if isinstance(node, ast.Import):
                        yield alias.name
                    else:
                        yield view.resolve(node)
                        yield f"{view.resolve(node)}.{alias.name}"


def _above(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _acts(estate: Estate, module: str) -> bool:
    program = estate.program
    for statement in program.views[module].statements:
        place = (module, statement.index)
        if statement.kind in (Kind.ACTION, Kind.REGISTRATION):
            return True
        if statement.kind is Kind.DEFINITION and not is_removable(program, place, estate.tables):
            return True
    return False

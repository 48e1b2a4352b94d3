"""Packages that stay, and stay imported, although an import that brought them has moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from splitter.codemods.imports.access import Need
from splitter.codemods.imports.expressions import Reading
from splitter.codemods.imports.loading import Loads, prefixes
from splitter.codemods.imports.mapping import ImportMap, below
from splitter.codemods.imports.naming import Names, Newcomer
from splitter.codemods.imports.scopes import Binding, Scope, Sight, Use, sight


class Stay(NamedTuple):
    """A use that keeps its text: it means `old` now, by way of `sources`."""

    use: Use
    sight: Sight
    sources: tuple[Binding, ...]
    old: str


def keep_packages(
    stays: Iterable[Stay], reading: Reading, imports: ImportMap, loads: Loads, taken: Names
) -> None:
    """Add, beside imports that go elsewhere, an import of each package that is used otherwise,
    or that `__all__` lists."""
    keeping = _Keeping(imports, loads, taken)
    for stay in sorted(stays, key=lambda s: -len(loads.module_of(s.old))):
        keeping.keep(stay)
    for name in sorted(reading.exported):
        keeping.keep_exported(name, reading.module)


def is_dropped(stay: Stay) -> bool:
    """Some of the imports that reach it will bind another name."""
    return any(_drops(b, stay.use.name) for b in stay.sources)


class _Keeping:
    def __init__(self, imports: ImportMap, loads: Loads, taken: Names) -> None:
        self._imports = imports
        self._loads = loads
        self._taken = taken
        self._kept: list[tuple[Binding, str, Scope]] = []

    def keep(self, stay: Stay) -> None:
        root = stay.use.name
        sources = sorted(stay.sources, key=lambda b: b.moment)
        dropped = [b for b in sources if _drops(b, root)]
        known = self._known(stay.old, root)
        module = self._imports.target(known)
        loaded = self._loads.loaded(module, stay.sight, stay.sources, stay.use.spans[0][0])
        if dropped:
            bound = _stays_bound(stay)
            home = stay.sight.home
            for binding in dropped if not bound or not loaded else ():
                self._import(binding, root, module, home, bound=bound, loaded=loaded)
        elif not loaded and self._loads.lost(known, module):
            for binding in sources:
                self._add(binding, self._loading(binding, stay, module), module, stay.sight.home)

    def _known(self, old: str, root: str) -> str:
        """The module furthest down that the use reaches by way of its root."""
        above = self._imports.target(root)
        for known in prefixes(self._loads.module_of(old) or root):
            if not below(known, root) or self._imports.target(known) == above + known[len(root) :]:
                return known
        return root

    def _loading(self, binding: Binding, stay: Stay, module: str) -> str:
        need, home = Need(module), stay.sight.home
        newcomer = Newcomer(need, home, (), binding.moment)
        alias = self._taken.free(module, home) if self._taken.clashes(newcomer) else ""
        return need.statement(alias)

    def keep_exported(self, root: str, home: Scope) -> None:
        bindings = home.bindings.get(root, ())
        remaining = [b for b in bindings if _still_binds(b, root)]
        for binding in bindings:
            if _drops(binding, root) and not _beside(binding, remaining):
                target = self._imports.target(root)
                self._import(binding, root, target, home, bound=False, loaded=True)

    def _import(
        self,
        binding: Binding,
        root: str,
        module: str,
        home: Scope,
        *,
        bound: bool,
        loaded: bool,
    ) -> None:
        target = self._imports.target(root)
        there = home.bindings[root]
        rebound = [b.moment for b in there if not _drops(b, root) and not _still_binds(b, root)]
        if not bound and target != root:
            self._add(binding, Need(target).statement(root), "", home, rebound)
        if target == root or not loaded:
            self._add(binding, Need(module).statement(), module, home, rebound)

    def _add(
        self,
        binding: Binding,
        line: str,
        module: str,
        home: Scope,
        rebound: Collection[int] = (),
    ) -> None:
        """Unless the same or more has been added in that scope and a block that has run by then,
        and the name is bound to something else nowhere after it (at the moments `rebound`; in a
        loop, later is before)."""
        for other, kept, scope in self._kept:
            before = other.moment <= binding.moment and binding.block.within(other.block)
            since = any(other.moment < moment for moment in rebound)
            enough = scope is home and (kept == line or below(kept, module))
            if before and not since and enough:
                return
        self._kept.append((binding, module or line, home))
        if binding.statement:
            binding.statement.extra.append(line)


def _stays_bound(stay: Stay) -> bool:
    """Without the imports that go elsewhere, the use still sees the package, and only that."""
    root = stay.use.name
    there = (*stay.sources, *stay.sight.home.bindings[root])
    gone = [b for b in there if _drops(b, root)]
    seen = sight(stay.use, without=gone)
    if seen is None or not all(_still_binds(b, root) for b in seen.bindings):
        return False
    return any(seen.follows(b) for b in seen.bindings)


def _drops(binding: Binding, root: str) -> bool:
    imported = binding.imported
    return imported is not None and imported.drops_root and not _still_binds(binding, root)


def _still_binds(binding: Binding, root: str) -> bool:
    imported = binding.imported
    if imported is None or imported.root != root or not binding.inline:
        return False
    return imported.is_root or (imported.alias is None and below(imported.new, root))


def _beside(binding: Binding, others: Iterable[Binding]) -> bool:
    return any(binding.block.within(other.block) for other in others)

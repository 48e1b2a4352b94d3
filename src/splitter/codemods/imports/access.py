"""How code reaches a name at its new home: which import it takes, and under which name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from splitter.codemods.imports.expressions import Reading
from splitter.codemods.imports.loading import Loads
from splitter.codemods.imports.mapping import ImportMap, below
from splitter.codemods.imports.scopes import (
    Binding,
    Scope,
    Sight,
    Use,
    binders_between,
    home_of,
)
from splitter.codemods.imports.statements import Imported
from splitter.codemods.imports.text import Text

_OBJECT_ROLES = frozenset({"call", "decorator", "base", "annotation", "store", "del", "pattern"})
_NEEDS_A_DOT = frozenset({"store", "del", "pattern"})


@dataclass(slots=True, eq=False)
class Follow:
    """A use that has to change: `rule` of `old` has become `target`."""

    use: Use
    sight: Sight
    sources: tuple[Binding, ...]
    old: str
    rule: str
    target: str

    @property
    def new(self) -> str:
        return self.target + self.old[len(self.rule) :]

    @property
    def exact(self) -> bool:
        """The use ends where the old name ends."""
        return self.old == self.rule

    @property
    def dotted(self) -> bool:
        """It has to stay an attribute: as a bare name it would mean another thing."""
        return self.exact and self.use.role in _NEEDS_A_DOT


@dataclass(frozen=True, slots=True)
class Need:
    """What a use needs: `import module`, or, with a `name`, `from module import name`."""

    module: str
    name: str = ""

    @property
    def binds(self) -> str:
        return self.name or self.module.partition(".")[0]

    @property
    def whole(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module

    def statement(self, alias: str = "") -> str:
        end = f" as {alias}" if alias else ""
        if self.name:
            return f"from {self.module} import {self.name}{end}"
        return f"import {self.module}{end}"


class Evidence:
    """Whether moved names are modules or objects in modules, by all that the file says."""

    def __init__(self, imports: ImportMap, loads: Loads, follows: Iterable[Follow]) -> None:
        self._imports = imports
        self._loads = loads
        self._objects = {f.rule for f in follows if f.exact and f.use.role in _OBJECT_ROLES}

    def need(self, follow: Follow) -> Need:
        """The import by which `follow` is right whatever the moved name is."""
        parent, _, last = follow.target.rpartition(".")
        module = self._loads.module_of(follow.old)
        if below(module, follow.rule) and not (follow.dotted and module == follow.old):
            return Need(self._imports.target(module))
        if not parent:
            return Need(follow.target)
        if follow.dotted:
            return Need(parent)
        kind = self._kind(follow.rule, follow.target)
        if kind == "module":
            return Need(follow.target)
        stable = self._imports.target(parent) == parent
        return Need(parent) if kind == "object" and stable else Need(parent, last)

    def _kind(self, rule: str, target: str) -> str:
        known = self._imports.modules
        if rule in known or target in known:
            return "module"
        if any(name != rule and below(name, rule) for name in self._imports.olds):
            return "module"
        if known and (_parent(rule) in known or _parent(target) in known):
            return "object"
        return "object" if rule in self._objects or _looks_like_object(rule, target) else ""


class Names:
    """Which names are taken where, and which are free."""

    def __init__(self, text: Text, reading: Reading) -> None:
        self._text = text
        self._free: dict[str, str] = {}
        self._uses: dict[str, list[Use]] = {}
        for use in reading.uses:
            self._uses.setdefault(use.name, []).append(use)

    def clash(
        self, need: Need, scope: Scope, users: Iterable[Use], *, moment: int, group: str = ""
    ) -> bool:
        """The import for `need`, at `moment`, would take a name that means something else in
        `scope` or to its `users`. `group` is a name that the import itself has bound so far."""
        if any(_other(b, need, group) for b in scope.bindings.get(need.binds, ())):
            return True
        if any(binders_between(need.binds, use, scope) for use in users):
            return True
        uses = self._uses.get(need.binds, ())
        return any(self._captures(use, need, scope, moment) for use in uses)

    def free(self, dotted: str) -> str:
        """A name that occurs nowhere in the file, made of `dotted`; always the same one."""
        if dotted not in self._free:
            plain = dotted.replace(".", "_")
            number, name = 1, plain
            while self._occurs(name) or name in self._free.values():
                number += 1
                name = f"{plain}_{number}"
            self._free[dotted] = name
        return self._free[dotted]

    def _occurs(self, name: str) -> bool:
        return re.search(rf"\b{re.escape(name)}\b".encode(), self._text.data) is not None

    def _captures(self, use: Use, need: Need, scope: Scope, moment: int) -> bool:
        """`use` means another thing by this name, from outside of `scope`, and would lose it."""
        if not any(one is scope for one in use.scope.chain()):
            return False
        if scope.kind == "class" and use.scope is not scope:
            return False
        home = home_of(need.binds, use.scope)
        if home is None:
            return True
        if any(one is scope for one in home.chain()):
            return False
        return use.moment < moment or any(_other(b, need, "") for b in home.bindings[need.binds])


def _other(binding: Binding, need: Need, group: str) -> bool:
    """What `binding` gives the name is not what an import for `need` would."""
    imported = binding.imported
    if imported is None:
        return need.binds != group
    if need.name:
        return imported.new != need.whole
    if imported.root != need.binds:
        return imported.new != need.binds and need.binds != group
    return imported.is_root and imported.old != imported.new


def provided(need: Need, follow: Follow, loads: Loads) -> bool:
    """An import of the file, as it will be, already gives `follow` what it needs."""
    sight = follow.sight
    if need.name:
        same = (b for b in sight.home.bindings.get(need.name, ()) if not _other(b, need, ""))
        return any(sight.follows(b) for b in same)
    if not loads.loaded(need.module, sight, follow.sources, follow.use.spans[0][0]):
        return False
    return any(
        _binds(b.imported, need.binds) and (b in follow.sources or sight.follows(b))
        for bindings in sight.home.bindings.values()
        for b in bindings
        if b.imported
    )


def _binds(imported: Imported, root: str) -> bool:
    """A plain import that still binds `root`, or binds it from now on."""
    if not imported.root or imported.alias:
        return False
    return below(imported.new, root)


def _parent(dotted: str) -> str:
    return dotted.rpartition(".")[0]


def _looks_like_object(rule: str, target: str) -> bool:
    lasts = (name.rpartition(".")[2].lstrip("_") for name in (rule, target))
    return any(last[:1].isupper() for last in lasts)

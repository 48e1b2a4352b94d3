"""How code reaches a name at its new home: which import it takes, and under which name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from splitter.codemods.imports.loading import Loads
from splitter.codemods.imports.mapping import ImportMap, below
from splitter.codemods.imports.scopes import Binding, Sight, Use
from splitter.codemods.imports.statements import Imported

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


class Need(NamedTuple):
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


def gives(imported: Imported | None, module: str) -> bool:
    """A plain import that loads `module`, and by which it can be reached."""
    if imported is None or not imported.root or imported.alias:
        return False
    return below(imported.new, module)


def _parent(dotted: str) -> str:
    return dotted.rpartition(".")[0]


def _looks_like_object(rule: str, target: str) -> bool:
    lasts = (name.rpartition(".")[2].lstrip("_") for name in (rule, target))
    return any(last[:1].isupper() for last in lasts)

"""Names for added and moved imports: their own first part, or a free alias where it is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from splitter.codemods.imports.access import Follow, Need, gives
from splitter.codemods.imports.expressions import Reading
from splitter.codemods.imports.loading import Loads
from splitter.codemods.imports.scopes import Binding, Scope, Use, home_of, scopes_between
from splitter.codemods.imports.text import Text


class Newcomer(NamedTuple):
    """An import for `need` that will stand in `scope`, for `uses`, from `moment` on.

    `group` is a name that the import has bound so far, or that its uses start from.
    """

    need: Need
    scope: Scope
    uses: tuple[Use, ...]
    moment: int
    group: str = ""
    crowded: bool = False


class Names:
    """Which names are taken where, and which are free."""

    def __init__(self, text: Text, reading: Reading) -> None:
        self._text = text
        self._uses: dict[str, list[Use]] = {}
        for use in reading.uses:
            self._uses.setdefault(use.name, []).append(use)
        self._aliased: set[tuple[Scope, str, bool]] = set()
        self._given: dict[str, dict[str, list[Scope]]] = {}

    def settle(self, newcomers: Sequence[Newcomer]) -> None:
        """Decide which of the imports that will be there need an alias."""
        for one in newcomers:
            if self.clashes(one) or any(_hides(one, other) for other in newcomers):
                self._aliased.add(_key(one.need, one.scope))

    def alias(self, need: Need, scope: Scope) -> str:
        """The alias for an import in `scope`; empty if it needs none."""
        return self.free(need.whole, scope) if _key(need, scope) in self._aliased else ""

    def clashes(self, one: Newcomer) -> bool:
        """It would take a name that means something else in its scope or to its uses."""
        name = one.need.binds
        if one.crowded or any(_other(b, one) for b in one.scope.bindings.get(name, ())):
            return True
        if any(_bound_between(name, use, one.scope) for use in one.uses):
            return True
        return any(_captures(one, use) for use in self._uses.get(name, ()))

    def free(self, dotted: str, scope: Scope) -> str:
        """A name that occurs nowhere in the file, made of `dotted`; scopes that cannot see each
        other share it."""
        given = self._given.setdefault(dotted, {})
        for name, holders in given.items():
            if scope in holders or not any(_see_each_other(scope, one) for one in holders):
                holders.append(scope)
                return name
        name = next(name for name in _candidates(dotted) if not self._occurs(name))
        given[name] = [scope]
        return name

    def _occurs(self, name: str) -> bool:
        if any(name in given for given in self._given.values()):
            return True
        return re.search(rf"\b{re.escape(name)}\b".encode(), self._text.data) is not None


def same_meaning(binding: Binding, need: Need) -> bool:
    """`binding` gives the name just what an import for `need` would, once all has moved."""
    imported = binding.imported
    if imported is None:
        return False
    if need.name:
        return imported.new == need.whole
    if imported.root != need.binds:
        return imported.new == need.binds
    return not imported.is_root or imported.old == imported.new


def provided(need: Need, follow: Follow, loads: Loads) -> bool:
    """An import of the file, as it will be, already gives `follow` what it needs."""
    sight = follow.sight
    if need.name:
        same = (b for b in sight.home.bindings.get(need.name, ()) if same_meaning(b, need))
        return any(sight.follows(b) for b in same)
    if not loads.loaded(need.module, sight, follow.sources, follow.use.spans[0][0]):
        return False
    if all(gives(b.imported, need.binds) for b in follow.sources):
        return True
    return any(
        gives(b.imported, need.binds) and sight.follows(b)
        for bindings in sight.home.bindings.values()
        for b in bindings
    )


def _key(need: Need, scope: Scope) -> tuple[Scope, str, bool]:
    return scope, need.binds, bool(need.name)


def _other(binding: Binding, one: Newcomer) -> bool:
    if same_meaning(binding, one.need):
        return False
    moved_root = binding.imported is not None and binding.imported.root == one.need.binds
    return moved_root or one.need.binds != one.group


def _bound_between(name: str, use: Use, home: Scope) -> bool:
    """A scope between `use` and `home` gives `name` a meaning of its own."""
    found = home_of(name, use.scope)
    return found is not None and found in scopes_between(use.scope, home)


def _captures(one: Newcomer, use: Use) -> bool:
    """`use` means another thing by this name, from outside of the scope, and would lose it."""
    if not _within(use.scope, one.scope):
        return False
    if one.scope.kind == "class" and use.scope is not one.scope:
        return False
    home = home_of(one.need.binds, use.scope)
    if home is None:
        return True
    if _within(home, one.scope):
        return False
    same = all(same_meaning(b, one.need) for b in home.bindings[one.need.binds])
    return not same or use.moment < one.moment


def _hides(one: Newcomer, other: Newcomer) -> bool:
    """`one` would stand between the uses of `other` and the import for them."""
    if one.need.binds != other.need.binds or one.scope is other.scope:
        return False
    plain = not one.need.name and not other.need.name
    same = plain or one.need == other.need
    return any(
        one.scope in scopes_between(use.scope, other.scope)
        and (not same or use.moment < one.moment)
        for use in other.uses
    )


def _see_each_other(scope: Scope, other: Scope) -> bool:
    return _within(scope, other) or _within(other, scope)


def _within(scope: Scope, other: Scope) -> bool:
    return any(one is other for one in scope.chain())


def _candidates(dotted: str) -> Iterator[str]:
    plain = dotted.replace(".", "_")
    yield plain
    number = 1
    while True:
        number += 1
        yield f"{plain}_{number}"

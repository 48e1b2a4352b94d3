"""Scopes, and which bindings of a name a use of it can see.

Python runs forward but for loops, so the order in which things are evaluated and the blocks
they stand in tell what can reach a use. Where that is not certain, more bindings are reported
rather than fewer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from splitter.codemods.imports.statements import Imported, Statement


@dataclass(slots=True, eq=False)
class Block:
    """A suite that may run or not; a `loop` may run again, and `rivals` not with this one."""

    parent: Block | None = None
    loop: bool = False
    rivals: tuple[Block, ...] = ()

    def chain(self) -> Iterator[Block]:
        """This block and those around it, as far as the code runs in one go."""
        block: Block | None = self
        while block is not None:
            yield block
            block = block.parent

    def within(self, other: Block) -> bool:
        return any(block is other for block in self.chain())

    def excludes(self, earlier: Block) -> bool:
        """Where this block runs, `earlier`, which stands before it, has not."""
        rivals = [rival for block in self.chain() for rival in block.rivals]
        return any(block is rival for block in earlier.chain() for rival in rivals)

    def repeats_with(self, other: Block, outer: Block | None) -> bool:
        """Both stand in one loop inside `outer`, so that what comes later may run earlier."""
        around = list(outer.chain()) if outer else []
        loops = [b for b in self.chain() if b.loop and not any(b is one for one in around)]
        return any(block is loop for block in other.chain() for loop in loops)


@dataclass(slots=True, eq=False)
class Binding:
    """A name gets a value at moment `moment`.

    `barren` values have no attributes that an import could have (`None`, a deletion). `inline`
    is false where a function binds a name of another scope: nobody knows when it runs.
    """

    moment: int
    block: Block
    statement: Statement | None = None
    imported: Imported | None = None
    barren: bool = False
    inline: bool = True


@dataclass(slots=True, eq=False)
class Scope:
    """`kind` is module, class, function, inline (comprehensions) or type (type parameters)."""

    kind: str
    parent: Scope | None
    moment: int
    block: Block
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    outward: dict[str, str] = field(default_factory=dict)

    def chain(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent


@dataclass(slots=True, eq=False)
class Use:
    """A name that is read, with the attributes taken of it; `spans` are those of each prefix.

    `role` says what the whole chain serves as. `later` is set where the time of evaluation is
    unknown, as in an annotation that is a string.
    """

    name: str
    attributes: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    role: str
    scope: Scope
    block: Block
    moment: int
    later: bool = False


class Sight(NamedTuple):
    """The scope that a use finds its name in, and the bindings that can have reached it.

    `moment` and `block` are those of the use in that scope's own course; `later` says that it
    runs at that moment or any time after it.
    """

    home: Scope
    bindings: tuple[Binding, ...]
    moment: int
    block: Block
    later: bool

    def follows(self, binding: Binding) -> bool:
        """`binding` is sure to have been made when the use runs."""
        if not binding.inline:
            return False
        return binding.moment < self.moment and self.block.within(binding.block)


def sight(use: Use, *, without: Collection[Binding] = ()) -> Sight | None:
    """What `use` sees of its name; None where nothing in the file binds it.

    `without` are bindings to be taken as not there. A class body that has not bound its own name
    yet looks in the module at once, past the functions around it.
    """
    home = home_of(use.name, use.scope)
    if home is None:
        return None
    found = _sight_in(home, use, without)
    if home.kind == "class" and not any(found.follows(b) for b in found.bindings):
        outer = _module_of(home, use.name)
        if outer:
            more = _sight_in(outer, use, without)
            return Sight(outer, (*found.bindings, *more.bindings), *_moment(use, outer))
    return found


def home_of(name: str, scope: Scope, *, direct: bool = True) -> Scope | None:
    """The scope whose `name` is meant in `scope`; `direct`: a class body sees its own names."""
    for one in scope.chain():
        declared = one.outward.get(name)
        if declared == "global":
            return _module_of(scope, name)
        if not declared and name in one.bindings and (direct or one.kind != "class"):
            return one
        direct = direct and one.kind == "type"
    return None


def scopes_between(scope: Scope, home: Scope) -> list[Scope]:
    """`scope` and those around it, as far as `home`, which is not among them."""
    inside = []
    for one in scope.chain():
        if one is home:
            break
        inside.append(one)
    return inside


def _module_of(scope: Scope, name: str) -> Scope | None:
    *_, module = scope.chain()
    return module if name in module.bindings else None


def _moment(use: Use, home: Scope) -> tuple[int, Block, bool]:
    moment, block, later = use.moment, use.block, use.later
    for scope in scopes_between(use.scope, home):
        if scope.kind == "function":
            moment, block, later = scope.moment, scope.block, True
    return moment, block, later


def _sight_in(home: Scope, use: Use, without: Collection[Binding]) -> Sight:
    moment, block, later = _moment(use, home)
    bindings = [b for b in home.bindings[use.name] if b not in without]
    outer = None if home.kind == "module" else home.block
    found = [b for b in bindings if not b.inline]
    earlier = [b for b in bindings if b.inline and b.moment < moment]
    found += _latest(
        [b for b in earlier if not block.excludes(b.block) or block.repeats_with(b.block, outer)],
        block,
    )
    found += [
        b
        for b in bindings
        if b.inline and b.moment > moment and (later or block.repeats_with(b.block, outer))
    ]
    return Sight(home, tuple(found), moment, block, later)


def _latest(earlier: list[Binding], block: Block) -> Iterator[Binding]:
    """What is left of earlier bindings; imports below one package do not replace each other."""
    certain = False
    for binding in reversed(earlier):
        below_package = binding.imported is not None and binding.imported.root
        if not certain or below_package:
            yield binding
        if block.within(binding.block):
            if not below_package:
                return
            certain = True

"""What an expression of a frontend may come to, as far as that matters to URLs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

from ast_grep_py import SgNode

from splitter.discovery.frontend.trees import Key, Module
from splitter.model.frontend import Hole

MOST = 32


@dataclass(frozen=True, slots=True)
class Param:
    """What a caller gives a function: its `index`-th argument, and `keys` into that."""

    function: Key
    index: int
    name: str = ""
    keys: tuple[str, ...] = ()


Part = str | Hole | Param


@dataclass(frozen=True, slots=True)
class Text:
    """A text, with holes where it is not known."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Scope:
    """What is known where an expression stands: arguments, and the object of `this`."""

    given: Mapping[tuple[Key, int], tuple[Value, ...]] = field(default_factory=dict)
    this: tuple[Value, ...] = ()
    depth: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Ref:
    """An object, array, function, class or enum of the source; equal by place and `this`."""

    module: Module
    node: SgNode
    scope: Scope

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and (self.key, self.scope.this) == (
            other.key,
            other.scope.this,
        )

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def key(self) -> Key:
        return self.module.key(self.node)


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class."""

    of: Ref


@dataclass(frozen=True, slots=True)
class Client:
    """An HTTP client that puts one of `bases` before each URL; `made` is where it was made."""

    bases: tuple[Text, ...]
    made: Key


@dataclass(frozen=True, slots=True)
class Namespace:
    """All that a module exports."""

    path: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something else; `name` is how the code calls it."""

    name: str


Value = Text | Param | Ref | Instance | Client | Namespace | Unknown


def text(words: str) -> Text:
    return Text((words,) if words else ())


def texts(values: Iterable[Value]) -> tuple[Text, ...]:
    """The values as texts: what is none becomes a hole with its name."""
    found: dict[Text, None] = {}
    for value in values:
        if isinstance(value, Text):
            found[value] = None
        elif isinstance(value, Param):
            found[Text((value,))] = None
        elif isinstance(value, Unknown):
            found[Text((Hole(value.name),))] = None
        else:
            found[Text((Hole("…"),))] = None
    return tuple(found)[:MOST]


def joined(*pieces: tuple[Text, ...]) -> tuple[Text, ...]:
    """Each of the texts that come of one alternative of each piece, put together."""
    filled = [piece or (Text((Hole("…"),)),) for piece in pieces]
    found: dict[Text, None] = {}
    for chosen in product(*filled):
        found[Text(tuple(merged(part for one in chosen for part in one.parts)))] = None
        if len(found) >= MOST:
            break
    return tuple(found)


def merged(parts: Iterable[Part]) -> list[Part]:
    """The parts, neighbouring fixed texts as one."""
    out: list[Part] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] += part
        elif part != "":
            out.append(part)
    return out


def parameters(one: Text) -> list[Param]:
    return [part for part in one.parts if isinstance(part, Param)]


def literal(values: Iterable[Value]) -> str:
    """The fixed text that the values are, `""` if they are something else or several."""
    found = set(texts(values))
    parts = found.pop().parts if len(found) == 1 else ()
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else ""

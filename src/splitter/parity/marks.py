"""Where in one document which rule holds: the queries of the rules, put to it once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from splitter.model.jsontext import Json
from splitter.model.parity import ABSENT, Rules
from splitter.parity.kinds import fits, kind_of, sort_of

Key = str | int
EACH = -1
"""In the path of a leeway: every element of the array there."""


@dataclass(frozen=True, slots=True)
class Leeway:
    """What the monolith does not keep to itself: a place whose values vary, or an array's order.

    `sorts` are the sorts of values that were seen there, `absent` among them; `seen` are the
    values themselves.
    """

    path: tuple[Key, ...]
    sorts: frozenset[str] = frozenset()
    unordered: bool = False
    seen: tuple[object, ...] = ()


@dataclass(slots=True)
class Marks:
    """What holds for a value, and for those below it."""

    ignored: bool = False
    unordered: bool = False
    tolerance: Decimal | None = None
    varies: frozenset[str] = frozenset()
    seen: tuple[object, ...] = ()
    inner: dict[Key, Marks] = field(default_factory=dict)

    def below(self, key: Key) -> Marks:
        return self.inner.get(key, PLAIN)

    def at(self, path: Iterable[Key]) -> Marks:
        """The marks of a place, made where there are none yet."""
        here = self
        for key in path:
            here = here.inner.setdefault(key, Marks())
        return here

    def allows(self, *values: object) -> bool:
        """Whether this place varies, and all the values are of the kind that was seen here."""
        if not self.varies or any(sort_of(value) not in self.varies for value in values):
            return False
        if not self.seen:
            return True
        kind = kind_of(self.seen)
        return all(fits(kind, self.seen, value) for value in values)


PLAIN = Marks()


def marks_of(document: Json, rules: Rules, leeways: Iterable[Leeway] = ()) -> Marks:
    """The marks of a document. QueryError where a rule cannot be put to it."""
    marks = Marks()
    for query in rules.ignore:
        if not query.startswith("header:"):
            for here in _selected(marks, query, document):
                here.ignored = True
    for query in rules.unordered:
        for here in _selected(marks, query, document):
            here.unordered = True
    for query, bound in rules.tolerance.items():
        for here in _selected(marks, query, document):
            here.tolerance = max(here.tolerance or Decimal(0), Decimal(str(bound)))
    for leeway in leeways:
        _allow(marks, leeway, document)
    return marks


def _selected(marks: Marks, query: str, document: Json) -> Iterator[Marks]:
    from splitter.parity.queries import locations

    for path in locations(query, document):
        yield marks.at(path)


def _allow(marks: Marks, leeway: Leeway, document: Json) -> None:
    for path in _places(leeway.path, document):
        here = marks.at(path)
        here.unordered = here.unordered or leeway.unordered
        here.varies = here.varies | leeway.sorts
        here.seen += leeway.seen


def _places(path: tuple[Key, ...], document: Json) -> list[tuple[Key, ...]]:
    """The path with `EACH` spelled out for the arrays of this document."""
    places: list[tuple[tuple[Key, ...], object]] = [((), document)]
    for key in path:
        places = [
            ((*place, k), _value(value, k))
            for place, value in places
            for k in (_indexes(value) if key == EACH else [key])
        ]
    return [place for place, _ in places]


def _indexes(value: object) -> list[Key]:
    return list(range(len(value))) if isinstance(value, list) else []


def _value(value: object, key: Key) -> object:
    if isinstance(value, dict):
        return value.get(key, ABSENT)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return ABSENT

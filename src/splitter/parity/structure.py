"""Two JSON values held together: every deepest place where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from splitter.model.jsontext import Json, Repeated, kind
from splitter.model.parity import ABSENT, Difference
from splitter.parity.clock import both_generated
from splitter.parity.marks import Key, Marks
from splitter.parity.multisets import canonical, elements, is_near, same_multiset
from splitter.parity.origins import neutral, same_text

Place = tuple["Place", Key] | None
"""A path, last key first, so that going down costs nothing; None is the root."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are read: each side's own base URL, and what tells numbers apart.

    `strict`: 1 and 1.0 differ. `generated`: times and random ids made by each side are the same.
    """

    base_urls: tuple[str, str] = ("", "")
    strict: bool = True
    generated: bool = False


Pair = tuple[Place, object, object, Marks, Marks]


def differences(
    monolith: Json, service: Json, marks: tuple[Marks, Marks], reading: Reading
) -> Iterator[Difference]:
    """In document order, one entry for each place; a side without the place is `ABSENT`."""
    for place, a, b in pairs(monolith, service, marks, reading):
        yield Difference("body", spelled(place), a, b)


def pairs(
    monolith: Json, service: Json, marks: tuple[Marks, Marks], reading: Reading
) -> Iterator[tuple[Place, object, object]]:
    """The places that differ, with the values of both sides there."""
    rest: list[Pair] = [(None, monolith, service, *marks)]
    while rest:
        pair = rest.pop()
        place, a, b, ma, mb = pair
        if ma.ignored or mb.ignored or ma.allows(a, b):
            continue
        inner = _inner(pair, reading)
        if inner is not None:
            rest.extend(reversed(inner))
        elif not same(a, b, ma, mb, reading):
            yield place, a, b


def spelled(place: Place) -> str:
    """The JSONPath of a place: `.name` where a name may follow a dot, else `['name']`."""
    keys: list[Key] = []
    while place is not None:
        place, key = place
        keys.append(key)
    return "$" + "".join(segment(key) for key in reversed(keys))


def segment(key: Key) -> str:
    """How a path goes on to a member or an element."""
    if isinstance(key, int):
        return f"[{key}]"
    if _SHORTHAND.fullmatch(key):
        return f".{key}"
    return f"['{_ESCAPED.sub(_escape, key)}']"


_SHORTHAND = re.compile("[A-Za-z_\x80-\ud7ff\ue000-\U0010ffff][\\w\x80-\ud7ff\ue000-\U0010ffff]*")
_ESCAPED = re.compile("['\\\\\x00-\x1f\ud800-\udfff]")
_SHORT = {"\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r", "'": "'", "\\": "\\"}


def _escape(found: re.Match[str]) -> str:
    return "\\" + _SHORT.get(found[0], f"u{ord(found[0]):04x}")


def _inner(pair: Pair, reading: Reading) -> list[Pair] | None:
    """The pairs below two objects or two ordered arrays; None for all else."""
    place, a, b, ma, mb = pair
    if isinstance(a, dict) and isinstance(b, dict):
        return list(_members(place, a, b, ma, mb, reading.base_urls))
    if not _are_arrays(a, b) or ma.unordered or mb.unordered:
        return None
    assert isinstance(a, list)
    assert isinstance(b, list)
    return [
        ((place, i), x, y, ma.below(i), mb.below(i))
        for i, (x, y) in enumerate(_aligned(a, b))
        if not _plainly_same(x, y)
    ]


def _members(
    place: Place,
    a: dict[str, object],
    b: dict[str, object],
    ma: Marks,
    mb: Marks,
    base_urls: tuple[str, str],
) -> Iterator[Pair]:
    spare: dict[str, str] = {}
    if a.keys() != b.keys():
        spare = {neutral(name, base_urls[1]): name for name in b if name not in a}
    for name, value in a.items():
        other = name if name in b else spare.pop(neutral(name, base_urls[0]), name)
        counterpart = b.get(other, ABSENT)
        if not _plainly_same(value, counterpart):
            yield (place, name), value, counterpart, ma.below(name), mb.below(other)
    for name in spare.values():
        yield (place, name), ABSENT, b[name], ma.below(name), mb.below(name)


def _aligned(a: list[object], b: list[object]) -> Iterator[tuple[object, object]]:
    for i in range(max(len(a), len(b))):
        yield (a[i] if i < len(a) else ABSENT), (b[i] if i < len(b) else ABSENT)


def _are_arrays(a: object, b: object) -> bool:
    return all(isinstance(v, list) and not isinstance(v, Repeated) for v in (a, b))


_PLAIN = (str, int, bool, Decimal, type(None))


def _plainly_same(a: object, b: object) -> bool:
    """The usual case, cheaply: two scalars of one type and value."""
    return type(a) is type(b) and isinstance(a, _PLAIN) and a == b


def same(a: object, b: object, ma: Marks, mb: Marks, reading: Reading) -> bool:
    """Whether two values are; objects and ordered arrays are looked into by `pairs`."""
    if a is ABSENT or b is ABSENT:
        return False
    if isinstance(a, list) and isinstance(b, list):
        return _same_arrays(a, b, ma, mb, reading)
    tolerance = max((m.tolerance for m in (ma, mb) if m.tolerance is not None), default=None)
    if tolerance is not None and is_near(a, b, tolerance):
        return True
    sorts = kind(a), kind(b)
    if sorts == ("string", "string"):
        return same_text(str(a), str(b), reading.base_urls) or (
            reading.generated and both_generated(str(a), str(b))
        )
    numbers = set(sorts) == {"integer", "number"}
    return (sorts[0] == sorts[1] or (numbers and not reading.strict)) and a == b


def _same_arrays(a: list[Json], b: list[Json], ma: Marks, mb: Marks, reading: Reading) -> bool:
    """Two multisets, or the values of a name that both objects repeat."""
    urls = reading.base_urls
    if isinstance(a, Repeated) or isinstance(b, Repeated):
        spellings = [
            canonical(v, m, base_url=url, strict=reading.strict)
            for v, m, url in ((a, ma, urls[0]), (b, mb, urls[1]))
        ]
        return same_multiset(spellings[:1], spellings[1:])
    return same_multiset(
        elements(a, ma, base_url=urls[0], strict=reading.strict),
        elements(b, mb, base_url=urls[1], strict=reading.strict),
    )

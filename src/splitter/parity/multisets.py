"""Arrays whose order does not count: how often each element is there decides."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

from splitter.model.jsontext import Json, Numeral, Repeated, write
from splitter.parity.marks import Marks
from splitter.parity.origins import neutral

Near = tuple[Decimal, Decimal]
"""A number and its tolerance."""


@dataclass(frozen=True, slots=True, order=True)
class Canon:
    """A value in one spelling, by which equal values are equal; `near` holds what may deviate."""

    text: str
    near: tuple[Near, ...] = ()


def same_multiset(monolith: Sequence[Canon], service: Sequence[Canon]) -> bool:
    """Whether the elements can be paired so that each pair is the same within its tolerances."""
    if Counter(c.text for c in monolith) != Counter(c.text for c in service):
        return False
    groups = [_grouped(side) for side in (monolith, service)]
    return all(_pairable(groups[0][text], groups[1][text]) for text in groups[0])


def elements(items: list[Json], marks: Marks, *, base_url: str, strict: bool) -> list[Canon]:
    """The elements that count, each in its one spelling."""
    return [
        canonical(item, marks.below(i), base_url=base_url, strict=strict)
        for i, item in enumerate(items)
        if not marks.below(i).ignored
    ]


def canonical(value: Json, marks: Marks, *, base_url: str, strict: bool) -> Canon:
    """The spelling of a value without what its marks leave out. Any depth will do."""
    frames = [_Frame(iter([("", value, marks)]))]
    while True:
        frame = frames[-1]
        item = next(frame.items, None)
        if item is None:
            frames.pop()
            if not frames:
                return frame.parts[0]
            frames[-1].parts.append(frame.closed())
            continue
        label, value, marks = item
        if isinstance(value, dict | list) and not marks.allows(value):
            frames.append(_opened(label, value, marks, base_url))
        else:
            frame.parts.append(_scalar(label, value, marks, base_url, strict))


def is_near(a: object, b: object, tolerance: Decimal) -> bool:
    """Whether |a - b| <= tolerance, for two numbers."""
    x, y = _number(a), _number(b)
    if x is None or y is None:
        return False
    gap = _EXACT.abs(_EXACT.subtract(x, y))
    return not gap.is_nan() and gap <= tolerance


_EXACT = Context(prec=400, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


@dataclass(slots=True)
class _Frame:
    items: Iterator[tuple[str, Json, Marks]]
    opening: str = ""
    closing: str = ""
    sorts: bool = False
    parts: list[Canon] = field(default_factory=list)

    def closed(self) -> Canon:
        parts = sorted(self.parts) if self.sorts else self.parts
        text = self.opening + ",".join(p.text for p in parts) + self.closing
        return Canon(text, tuple(near for p in parts for near in p.near))


def _opened(label: str, value: dict[str, Json] | list[Json], marks: Marks, base_url: str) -> _Frame:
    if isinstance(value, dict):
        return _Frame(_members(value, marks, base_url), label + "{", "}")
    items = (("", v, marks.below(i)) for i, v in enumerate(value) if not marks.below(i).ignored)
    if isinstance(value, Repeated):
        return _Frame(items, label + "<", ">")
    return _Frame(items, label + "[", "]", sorts=marks.unordered)


def _members(
    value: dict[str, Json], marks: Marks, base_url: str
) -> Iterator[tuple[str, Json, Marks]]:
    for label, name in sorted((write(neutral(name, base_url)), name) for name in value):
        inner = marks.below(name)
        if not inner.ignored and "absent" not in inner.varies:
            yield f"{label}:", value[name], inner


def _scalar(label: str, value: Json, marks: Marks, base_url: str, strict: bool) -> Canon:
    number = _number(value)
    if marks.allows(value):
        return Canon(f"{label}~")
    if number is not None and marks.tolerance is not None:
        return Canon(f"{label}#", ((number, marks.tolerance),))
    if number is not None and (isinstance(value, Decimal) or not strict):
        return Canon(label + _digits(number, strict))
    if isinstance(value, str) and not isinstance(value, Numeral):
        return Canon(label + write(neutral(value, base_url)))
    return Canon(label + write(value))


def _digits(number: Decimal, strict: bool) -> str:
    """One spelling for each number; a strict one is told from an integer's."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).lstrip("0")
    short = text.rstrip("0")
    spelled = f"{'-' * sign}{short}e{exponent + len(text) - len(short)}" if short else "0"
    return f"f{spelled}" if strict else spelled


def _number(value: object) -> Decimal | None:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    return None


def _grouped(side: Sequence[Canon]) -> dict[str, list[tuple[Near, ...]]]:
    groups: dict[str, list[tuple[Near, ...]]] = defaultdict(list)
    for canon in side:
        groups[canon.text].append(canon.near)
    return groups


def _pairable(left: list[tuple[Near, ...]], right: list[tuple[Near, ...]]) -> bool:
    """Whether a perfect matching exists between elements that are close to each other."""
    left, right = sorted(left), sorted(right)
    if all(map(_close, left, right)):
        return True
    if len(left[0]) == 1:  # on a line, the sorted pairing is the best one
        return False
    edges = _edges(left, right)
    partner: dict[int, int] = {}
    return all(_paired(start, edges, partner) for start in range(len(left)))


def _edges(left: list[tuple[Near, ...]], right: list[tuple[Near, ...]]) -> list[list[int]]:
    """For each element, those of the (sorted) other side that are close to it; only those whose
    first number is near enough are looked at."""
    firsts = [b[0][0] for b in right]
    reach = max(b[0][1] for b in (*left, *right))
    edges = []
    for a in left:
        low = bisect_left(firsts, _EXACT.subtract(a[0][0], reach))
        high = bisect_right(firsts, _EXACT.add(a[0][0], reach))
        edges.append([j for j in range(low, high) if _close(a, right[j])])
    return edges


def _close(a: tuple[Near, ...], b: tuple[Near, ...]) -> bool:
    return all(is_near(x, y, max(s, t)) for (x, s), (y, t) in zip(a, b, strict=True))


def _paired(start: int, edges: list[list[int]], partner: dict[int, int]) -> bool:
    """Find a partner for `start`, moving others along an augmenting path (breadth first)."""
    came_from: dict[int, int] = {}
    queue = deque([start])
    while queue:
        left = queue.popleft()
        for right in edges[left]:
            if right in came_from:
                continue
            came_from[right] = left
            if right not in partner:
                _move(right, came_from, partner, start)
                return True
            queue.append(partner[right])
    return False


def _move(right: int, came_from: dict[int, int], partner: dict[int, int], start: int) -> None:
    """Give each of the path its new partner, back to `start`, which had none."""
    had = {left: r for r, left in partner.items()}
    left = came_from[right]
    while left != start:
        partner[right], right = left, had[left]
        left = came_from[right]
    partner[right] = start

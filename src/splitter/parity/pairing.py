"""Which row of one side is which of the other, though their keys may have been made anew."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from splitter.model.jsontext import write
from splitter.model.parity import ABSENT, Absent
from splitter.model.rows import Change, Row, TableChanges

MANY = 250_000
"""Comparisons of rows from which on rows are paired in the order in which they come."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The same row on both sides, as it is in the end; absent where there is none.

    `sure`: no other row could have been meant.
    """

    key: tuple[str, ...]
    monolith: Row | Absent
    service: Row | Absent
    sure: bool = True


def paired(monolith: TableChanges, service: TableChanges, loose: frozenset[str]) -> Iterator[Pair]:
    """The rows that are not the same on both sides, and which is which.

    A row that was there before is known by what it was. New rows are paired if they are equal, then
    by their key, then by all columns that are not `loose`, then by how much they have in common.
    """
    key = monolith.key or service.key
    yield from _of_old(monolith, service, key)
    left, right = (_new(side) for side in (monolith, service))
    tests: list[Callable[[Row], str]] = [_all]
    if key and not loose.intersection(key):
        tests.append(lambda row: write([row.get(column) for column in key]))
    if loose:
        tests.append(lambda row: write({c: v for c, v in row.items() if c not in loose}))
    for test in tests:
        counts = Counter(map(test, left)), Counter(map(test, right))
        met, left, right = _met(left, right, test)
        if test is not _all:
            for rows in met:
                sure = all(c[test(row)] == 1 for c, row in zip(counts, rows, strict=True))
                yield Pair(key, *rows, sure)
    yield from _by_likeness(key, left, right, loose)


def _of_old(monolith: TableChanges, service: TableChanges, key: tuple[str, ...]) -> Iterator[Pair]:
    changed = [_old(side) for side in (monolith, service)]
    for known in dict.fromkeys([*changed[0], *changed[1]]):
        sides = [side.get(known, []) for side in changed]
        for turn in range(max(map(len, sides))):
            before = (sides[0] or sides[1])[0].before
            assert before is not None
            one, other = (_state(side, turn, before) for side in sides)
            if not _is_one(one, other):
                yield Pair(key, one, other)


def _is_one(one: Row | Absent, other: Row | Absent) -> bool:
    if isinstance(one, Absent) or isinstance(other, Absent):
        return one is other
    return _all(one) == _all(other)


def _old(side: TableChanges) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = defaultdict(list)
    for change in side.changes:
        if change.before is not None:
            found[_all(change.before)].append(change)
    return found


def _state(changes: Sequence[Change], turn: int, before: Row) -> Row | Absent:
    """What became of the row; it stayed what it was where no change is told."""
    if turn >= len(changes):
        return before
    after = changes[turn].after
    return ABSENT if after is None else after


def _new(side: TableChanges) -> list[Row]:
    return [c.after for c in side.changes if c.before is None and c.after is not None]


def _all(row: Row) -> str:
    return write(dict(row))


def _met(
    left: Sequence[Row], right: Sequence[Row], test: Callable[[Row], str]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """The rows that are one by a test, and what is left of both sides."""
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for place, row in enumerate(right):
        waiting[test(row)].append(place)
    met, alone, taken = [], [], set()
    for row in left:
        same = waiting[test(row)]
        if same:
            taken.add(same[0])
            met.append((row, right[same.popleft()]))
        else:
            alone.append(row)
    return met, alone, [row for place, row in enumerate(right) if place not in taken]


def _by_likeness(
    key: tuple[str, ...], left: list[Row], right: list[Row], loose: frozenset[str]
) -> Iterator[Pair]:
    """Pair what has most in common, as long as there is something on both sides."""
    if len(left) * len(right) <= MANY:
        likeness = [
            (_likeness(one, other, loose), -i, -j)
            for i, one in enumerate(left)
            for j, other in enumerate(right)
        ]
        order = ((-i, -j) for _, i, j in sorted(likeness, reverse=True))
    else:
        order = ((i, i) for i in range(min(len(left), len(right))))
    sure = len(left) == len(right) == 1
    ones, others = dict(enumerate(left)), dict(enumerate(right))
    for i, j in order:
        if i in ones and j in others:
            yield Pair(key, ones.pop(i), others.pop(j), sure)
    yield from (Pair(key, row, ABSENT) for row in ones.values())
    yield from (Pair(key, ABSENT, row) for row in others.values())


def _likeness(one: Row, other: Row, loose: frozenset[str]) -> int:
    """How many columns agree; those that vary count last."""
    return sum(
        1 if column in loose else 1000
        for column, value in one.items()
        if column in other and write(value) == write(other[column])
    )

"""What the monolith does not keep to itself: values and orders that vary between its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from splitter.model.jsontext import Json, Repeated
from splitter.model.parity import ABSENT, Rules
from splitter.parity.kinds import sort_of
from splitter.parity.marks import EACH, PLAIN, Key, Leeway, Marks, marks_of
from splitter.parity.multisets import Canon, canonical, elements
from splitter.parity.structure import Reading, same

Path = tuple[Key, ...]


def leeways_of(first: Json, others: Sequence[Json], rules: Rules, reading: Reading) -> list[Leeway]:
    """Where the first answer and the others differ, as what may vary there.

    A value may vary within the kind that was seen. An array whose elements only changed places
    is unordered, even if members of its elements vary too. Nothing is learned of bodies that are
    nested too deep to be followed.
    """
    found: list[Leeway] = []
    learner = _Learner(reading)
    for other in others:
        marks = marks_of(first, rules), marks_of(other, rules)
        try:
            found.extend(learner.learn((), first, other, *marks))
        except RecursionError:
            continue
    return found


@dataclass(frozen=True, slots=True)
class _Learner:
    reading: Reading

    def learn(self, path: Path, a: object, b: object, ma: Marks, mb: Marks) -> Iterator[Leeway]:
        if ma.ignored or mb.ignored:
            return
        if isinstance(a, dict) and isinstance(b, dict):
            yield from self._members(path, a, b, ma, mb)
        elif _are_arrays(a, b):
            assert isinstance(a, list)
            assert isinstance(b, list)
            yield from self._array(path, a, b, ma, mb)
        elif not same(a, b, ma, mb, self.reading):
            yield Leeway(path, frozenset({sort_of(a), sort_of(b)}), seen=(a, b))

    def _members(
        self, path: Path, a: dict[str, Json], b: dict[str, Json], ma: Marks, mb: Marks
    ) -> Iterator[Leeway]:
        for name in dict.fromkeys([*a, *b]):
            pair = a.get(name, ABSENT), b.get(name, ABSENT)
            yield from self.learn((*path, name), *pair, ma.below(name), mb.below(name))

    def _array(
        self, path: Path, a: list[Json], b: list[Json], ma: Marks, mb: Marks
    ) -> Iterator[Leeway]:
        unordered = ma.unordered or mb.unordered
        spellings = self._spelled(a, ma), self._spelled(b, mb)
        if spellings[0] == spellings[1]:
            return
        if sorted(spellings[0]) == sorted(spellings[1]):
            yield Leeway(path, unordered=True)
            return
        inner = list(self._elements(a, b, ma, mb))
        varying = self._varying_members(a, b, ma, mb)
        if varying and all(len(p) > 1 and p[1] in varying for p in (i.path for i in inner)):
            yield from _placed(path, inner, each=unordered)
        elif varying and self._is_shuffled(a, b, ma, mb, varying):
            yield Leeway(path, unordered=True)
            for name, seen in varying.items():
                yield Leeway((*path, EACH, name), frozenset(map(sort_of, seen)), seen=seen)
        elif not unordered:
            yield from _placed(path, inner, each=False)

    def _elements(self, a: list[Json], b: list[Json], ma: Marks, mb: Marks) -> Iterator[Leeway]:
        for i in range(max(len(a), len(b))):
            pair = (a[i] if i < len(a) else ABSENT), (b[i] if i < len(b) else ABSENT)
            yield from self.learn((i,), *pair, ma.below(i), mb.below(i))

    def _varying_members(
        self, a: list[Json], b: list[Json], ma: Marks, mb: Marks
    ) -> dict[str, tuple[object, ...]]:
        """Members of the elements whose values, taken together, are not those of before."""
        if len(a) != len(b) or not all(isinstance(e, dict) for e in (*a, *b)):
            return {}
        names = dict.fromkeys(name for e in (*a, *b) for name in _object(e))
        counted = {n: (self._values(a, n, ma), self._values(b, n, mb)) for n in names}
        return {
            name: tuple(_object(e).get(name, ABSENT) for e in (*a, *b))
            for name, (left, right) in counted.items()
            if left != right
        }

    def _values(self, items: list[Json], name: str, marks: Marks) -> Counter[Canon]:
        return Counter(
            self._canon(_object(item)[name], marks.below(i).below(name))
            for i, item in enumerate(items)
            if name in _object(item) and not marks.below(i).below(name).ignored
        )

    def _is_shuffled(
        self,
        a: list[Json],
        b: list[Json],
        ma: Marks,
        mb: Marks,
        varying: dict[str, tuple[object, ...]],
    ) -> bool:
        """Whether only places changed, apart from the varying members."""
        left, right = (
            [{k: v for k, v in _object(e).items() if k not in varying} for e in side]
            for side in (a, b)
        )
        return any(left) and sorted(self._spelled(left, ma)) == sorted(self._spelled(right, mb))

    def _spelled(self, items: Sequence[Json], marks: Marks) -> list[Canon]:
        return elements(
            list(items), marks, base_url=self.reading.base_urls[0], strict=self.reading.strict
        )

    def _canon(self, value: Json, marks: Marks = PLAIN) -> Canon:
        return canonical(
            value, marks, base_url=self.reading.base_urls[0], strict=self.reading.strict
        )


def _placed(path: Path, inner: list[Leeway], *, each: bool) -> Iterator[Leeway]:
    """What was learned of the elements, for their places or for every place."""
    for leeway in inner:
        head: Key = EACH if each else leeway.path[0]
        yield replace(leeway, path=(*path, head, *leeway.path[1:]))


def _are_arrays(a: object, b: object) -> bool:
    return all(isinstance(v, list) and not isinstance(v, Repeated) for v in (a, b))


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}

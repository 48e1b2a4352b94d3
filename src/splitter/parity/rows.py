"""The rows that both sides changed held together: forgotten, written twice, written otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from splitter.model.jsontext import Json, write
from splitter.model.parity import ABSENT, Absent, Difference
from splitter.model.rows import Change, Changes, Row, TableChanges
from splitter.parity.clock import both_generated, moment_of
from splitter.parity.kinds import Kind, fits, kind_of
from splitter.parity.noise import Sifted
from splitter.parity.origins import neutral
from splitter.parity.pairing import Pair, paired
from splitter.parity.sensitive import HIDDEN, is_sensitive

_NOTHING = TableChanges((), ())


@dataclass(frozen=True, slots=True)
class Latitude:
    """What a monolith does not keep to itself: columns whose values vary, with their kinds, and
    tables of which it does not change the same number of rows."""

    columns: Mapping[tuple[str, str], Kind] = field(default_factory=dict)
    tables: frozenset[str] = frozenset()

    def of(self, table: str) -> frozenset[str]:
        """The columns of a table that vary."""
        return frozenset(column for name, column in self.columns if name == table)


def latitude_of(monolith: Changes, twin: Changes) -> Latitude:
    """What varies between two monoliths that were asked the same."""
    columns: dict[tuple[str, str], list[Json]] = {}
    tables = set()
    for name in {*monolith, *twin}:
        for pair in _pairs(name, monolith, twin, frozenset()):
            if isinstance(pair.monolith, Absent) or isinstance(pair.service, Absent):
                tables.add(name)
                continue
            for column in _columns(pair):
                columns.setdefault((name, column), []).extend(_values(pair, column))
    return Latitude({place: kind_of(seen) for place, seen in columns.items()}, frozenset(tables))


def sift_rows(
    monolith: Changes,
    service: Changes,
    twin: Changes | None = None,
    *,
    generated: bool = False,
) -> Sifted:
    """Differences of kind `database`, real and noise; `path` is `table[key].column`, or where a
    whole row is on one side alone `table[key]`. Of columns with credentials no value is told.

    What the twin has otherwise is noise if the service has a value of that kind there, and for a
    UUID the same one wherever the monolith has the same. Date-times of one spelling that are a few
    seconds apart are the same; `generated`, what else is made anew is, too.
    """
    latitude = Latitude() if twin is None else latitude_of(monolith, twin)
    real: list[Difference] = []
    noise: list[Difference] = []
    names = _Names()
    for name in sorted({*monolith, *service}):
        for pair in _pairs(name, monolith, service, latitude.of(name)):
            if isinstance(pair.monolith, Absent) or isinstance(pair.service, Absent):
                kept = noise if name in latitude.tables else real
                kept.append(_whole(name, pair))
                continue
            for column in _columns(pair):
                one, other = pair.monolith.get(column), pair.service.get(column)
                seen = _seen(name, column, monolith, twin)
                kind = latitude.columns.get((name, column))
                if not names.agree(pair, one, other):
                    kind = None
                elif _made_anew(one, other, generated=generated):
                    continue
                allowed = kind is not None and fits(kind, seen, other)
                (noise if allowed else real).append(_of_column(name, pair, column))
    return Sifted(tuple(real), tuple(noise))


def neutral_rows(changes: Changes, base_urls: Iterable[str]) -> Changes:
    """The same with a sign for each of a side's own base URLs."""
    urls = tuple(base_urls)
    return {
        name: TableChanges(
            table.key,
            tuple(Change(_neutral(c.before, urls), _neutral(c.after, urls)) for c in table.changes),
        )
        for name, table in changes.items()
    }


def _neutral(row: Row | None, urls: tuple[str, ...]) -> Row | None:
    if row is None or not any(isinstance(value, str) and "http" in value for value in row.values()):
        return row
    told = dict(row)
    for column, value in row.items():
        for url in urls:
            if isinstance(value, str):
                value = neutral(value, url)
        told[column] = value
    return told


@dataclass(slots=True)
class _Names:
    """Which UUID of the service stands for which of the monolith's."""

    _there: dict[str, str] = field(default_factory=dict)
    _here: dict[str, str] = field(default_factory=dict)

    def agree(self, pair: Pair, one: Json, other: Json) -> bool:
        """Whether it is the same one as before, where that can be told."""
        if not pair.sure or not (isinstance(one, str) and isinstance(other, str)):
            return True
        if kind_of([one, other]) is not Kind.UUID:
            return True
        there, here = self._there.setdefault(one, other), self._here.setdefault(other, one)
        return (there, here) == (other, one)


def _made_anew(one: Json, other: Json, *, generated: bool) -> bool:
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    return (generated or moment_of(one) is not None) and both_generated(one, other)


def _pairs(name: str, monolith: Changes, service: Changes, loose: frozenset[str]) -> Iterator[Pair]:
    return paired(monolith.get(name, _NOTHING), service.get(name, _NOTHING), loose)


def _columns(pair: Pair) -> Iterator[str]:
    """The columns in which the rows of a pair differ."""
    assert not isinstance(pair.monolith, Absent)
    assert not isinstance(pair.service, Absent)
    for column in dict.fromkeys([*pair.monolith, *pair.service]):
        one, other = pair.monolith.get(column, ABSENT), pair.service.get(column, ABSENT)
        if (one is ABSENT) is not (other is ABSENT) or (
            one is not ABSENT and write(one) != write(other)
        ):
            yield column


def _values(pair: Pair, column: str) -> list[Json]:
    rows = (row for row in (pair.monolith, pair.service) if not isinstance(row, Absent))
    return [row[column] for row in rows if column in row]


def _seen(name: str, column: str, monolith: Changes, twin: Changes | None) -> list[Json]:
    """The values that the monoliths gave a column of the rows that they changed."""
    changes = (c for side in (monolith, twin or {}) for c in side.get(name, _NOTHING).changes)
    return [c.after[column] for c in changes if c.after is not None and column in c.after]


def _whole(name: str, pair: Pair) -> Difference:
    rows = (pair.monolith, pair.service)
    told = [row if isinstance(row, Absent) else _without_secrets(row) for row in rows]
    return Difference("database", f"{name}[{_key(pair)}]", *told)


def _of_column(name: str, pair: Pair, column: str) -> Difference:
    values = [
        ABSENT if isinstance(row, Absent) else _without_secrets(row).get(column, ABSENT)
        for row in (pair.monolith, pair.service)
    ]
    return Difference("database", f"{name}[{_key(pair)}].{column}", *values)


def _without_secrets(row: Row) -> dict[str, Json]:
    return {
        column: HIDDEN if isinstance(value, str) and value and is_sensitive(column) else value
        for column, value in row.items()
    }


def _key(pair: Pair) -> str:
    """The values of the key; `*` where the table has none."""
    row = next(row for row in (pair.monolith, pair.service) if not isinstance(row, Absent))
    row = _without_secrets(row)
    values = [row.get(column) for column in pair.key]
    return ", ".join(v if isinstance(v, str) else write(v) for v in values) or "*"

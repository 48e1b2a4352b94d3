"""Rows that both sides changed: what is forgotten, doubled, otherwise, and what only varies."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from splitter.model.jsontext import Json
from splitter.model.parity import ABSENT
from splitter.model.rows import Change, Changes, Row, TableChanges
from splitter.parity.rows import neutral_rows, sift_rows

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def new(*rows: Row, key: tuple[str, ...] = ("id",), table: str = "t") -> Changes:
    return {table: TableChanges(key, tuple(Change(None, row) for row in rows))}


def told(monolith: Changes, service: Changes, twin: Changes | None = None) -> list[tuple[str, ...]]:
    found = sift_rows(monolith, service, twin).real
    assert {d.kind for d in found} <= {"database"}
    return [(d.path, repr(d.monolith), repr(d.service)) for d in found]


def row(number: int, name: str = "x") -> dict[str, Json]:
    return {"id": number, "name": name}


ABSENCE = repr(ABSENT)


def test_the_same_rows_are_no_difference() -> None:
    assert told(new(row(1), row(2)), new(row(2), row(1))) == []
    assert told({}, {}) == []


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ([row(1)], [("t[2]", repr(row(2)), ABSENCE)]),
        ([row(1), row(2), row(3)], [("t[3]", ABSENCE, repr(row(3)))]),
        ([row(1), row(2, "y")], [("t[2].name", "'x'", "'y'")]),
        ([row(1), {"id": 2, "name": None}], [("t[2].name", "'x'", "None")]),
        ([row(1), {"id": 2}], [("t[2].name", "'x'", ABSENCE)]),
        ([row(1), row(3)], [("t[2].id", "2", "3")]),
        ([], [("t[1]", repr(row(1)), ABSENCE), ("t[2]", repr(row(2)), ABSENCE)]),
    ],
)
def test_new_rows(service: list[Row], expected: list[tuple[str, ...]]) -> None:
    assert told(new(row(1), row(2)), new(*service)) == expected


def test_the_order_of_keys_counts() -> None:
    monolith, service = new(row(1, "a"), row(2, "b")), new(row(1, "b"), row(2, "a"))
    assert [d[0] for d in told(monolith, service)] == ["t[1].name", "t[2].name"]


def test_rows_that_were_there() -> None:
    def old(*changes: tuple[Row, Row | None]) -> Changes:
        return {"t": TableChanges(("id",), tuple(Change(*c) for c in changes))}

    updated = old((row(1), row(1, "new")))
    assert told(updated, updated) == []
    assert told(updated, {}) == [("t[1].name", "'new'", "'x'")]
    assert told({}, updated) == [("t[1].name", "'x'", "'new'")]
    assert told(updated, old((row(1), row(1, "old")))) == [("t[1].name", "'new'", "'old'")]
    assert told(updated, old((row(1), None))) == [("t[1]", repr(row(1, "new")), ABSENCE)]
    deleted = old((row(1), None))
    assert told(deleted, deleted) == []
    assert told(deleted, {}) == [("t[1]", ABSENCE, repr(row(1)))]


def test_rows_without_a_key_are_counted() -> None:
    line: Row = {"line": "a"}
    one, two = new(line, key=()), new(line, line, key=())
    assert told(one, two) == [("t[*]", ABSENCE, repr(line))]
    gone = {"t": TableChanges((), (Change(line, None), Change(line, None)))}
    assert told(gone, {"t": TableChanges((), (Change(line, None),))}) == [
        ("t[*]", ABSENCE, repr(line))
    ]


def _shop(seed: int, *, late: float = 0) -> dict[str, list[dict[str, Json]]]:
    """Two orders with items, all by ids made anew; the same but for those and for times."""
    chance = random.Random(seed)
    made: dict[str, list[dict[str, Json]]] = {"orders": [], "items": []}
    for number in range(2):
        identity = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        at = (NOW + timedelta(seconds=late + number)).isoformat()
        order: dict[str, Json] = {"id": identity, "buyer": f"b{number}", "at": at}
        made["orders"].append({**order, "token": chance.randbytes(16).hex()})
        for place in range(2):
            key = str(uuid.UUID(int=chance.getrandbits(128), version=4))
            goods = f"good {number}{place}"
            made["items"].append({"id": key, "order_id": identity, "goods": goods, "count": place})
    for rows in made.values():
        chance.shuffle(rows)
    return made


def _changes(shop: dict[str, list[dict[str, Json]]]) -> Changes:
    return {name: new(*rows, table=name)[name] for name, rows in shop.items()}


@pytest.mark.parametrize("seed", range(30))
def test_what_varies_between_monoliths_is_noise(seed: int) -> None:
    monolith, service, twin = (
        _changes(_shop(seed * 3 + n, late=late)) for n, late in ((0, 0), (1, 0.2), (2, 9))
    )
    assert told(monolith, service, twin) == []
    assert {d.path.partition("]")[2] for d in sift_rows(monolith, service, twin).noise} == {
        ".id",
        ".order_id",
        ".token",
    }


@pytest.mark.parametrize(
    ("table", "column", "value", "path"),
    [
        ("orders", "id", "not a uuid", ".id"),
        ("orders", "id", None, ".id"),
        ("orders", "at", "2026-01-02", ".at"),
        ("orders", "at", (NOW + timedelta(hours=1)).isoformat(), ".at"),
        ("orders", "at", (NOW + timedelta(seconds=1)).isoformat()[:-6], ".at"),
        ("orders", "token", "", ".token"),
        ("orders", "token", 7, ".token"),
        ("orders", "token", "short", ".token"),
        ("orders", "buyer", "b9", ".buyer"),
        ("items", "count", 5, ".count"),
    ],
)
def test_a_value_of_another_kind_is_real(table: str, column: str, value: Json, path: str) -> None:
    shop = _shop(1)
    shop[table][0][column] = value
    ((place, *_),) = told(_changes(_shop(0)), _changes(shop), _changes(_shop(2, late=9)))
    assert place.startswith(f"{table}[")
    assert place.endswith(f"]{path}")


def test_a_row_too_many_or_too_few_is_real_though_all_keys_vary() -> None:
    shop = _shop(1)
    again = {**shop["items"][0], "id": str(uuid.UUID(int=5, version=4))}
    monolith, twin = _changes(_shop(0)), _changes(_shop(2, late=9))
    doubled = _changes({**shop, "items": [*shop["items"], again]})
    ((place, one, _),) = told(monolith, doubled, twin)
    assert (place.partition("[")[0], one) == ("items", ABSENCE)
    forgotten = _changes({**shop, "items": shop["items"][1:]})
    ((place, _, other),) = told(monolith, forgotten, twin)
    assert (place.partition("[")[0], other) == ("items", ABSENCE)


def test_a_row_that_belongs_to_another_is_real_though_all_keys_vary() -> None:
    shop = _shop(1)
    item = shop["items"][0]
    item["order_id"] = next(o["id"] for o in shop["orders"] if o["id"] != item["order_id"])
    found = told(_changes(_shop(0)), _changes(shop), _changes(_shop(2, late=9)))
    assert found
    assert {place.partition("]")[2] for place, *_ in found} == {".order_id"}


def test_numbers_that_grow() -> None:
    def side(number: Json) -> Changes:
        return new({"id": number, "name": "x"})

    assert told(side(7), side(8)) != []
    assert told(side(7), side(8), side(9)) == []
    assert told(side(7), side(0), side(9)) != []
    assert told(side(7), side("8"), side(9)) != []


def test_a_number_of_rows_that_varies_is_noise() -> None:
    assert told(new(row(1), row(2)), new(row(1)), new(row(1))) == []
    assert told(new(row(1), row(2)), new(row(1)), new(row(1), row(2))) != []


def test_no_secret_is_told() -> None:
    def user(name: str, hashed: str) -> Changes:
        return new({"id": 1, "name": name, "password_hash": hashed, "reset_token": None})

    (difference,) = sift_rows(user("a", "$2b$one"), user("a", "$2b$two")).real
    assert (difference.monolith, difference.service) == ("[hidden]", "[hidden]")
    (difference,) = sift_rows(user("a", "$2b$one"), {}).real
    assert "$2b$" not in repr(difference)


def test_each_side_may_keep_its_own_address() -> None:
    monolith = new({"id": 1, "link": "http://127.0.0.1:81/a/1"})
    service = new({"id": 1, "link": "http://127.0.0.1:82/a/1"})
    assert told(monolith, service) != []
    neutral = [
        neutral_rows(side, [f"http://127.0.0.1:{port}"])
        for side, port in ((monolith, 81), (service, 82))
    ]
    assert told(*neutral) == []

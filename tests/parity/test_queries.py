from decimal import Decimal

import pytest

from splitter.model.jsontext import Json, read
from splitter.parity.queries import QueryError, compiled, first, locations

DOCUMENT = read(
    '{"at":1,"items":[{"at":2,"amount":1.50,"tags":["x"]},{"at":3,"amount":2}],"ä b":{"at":4}}'
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$", [()]),
        ("$.at", [("at",)]),
        ("$.none", []),
        ("$..at", [("at",), ("items", 0, "at"), ("items", 1, "at"), ("ä b", "at")]),
        ("$.items[*].at", [("items", 0, "at"), ("items", 1, "at")]),
        ("$.items[-1]", [("items", 1)]),
        ("$.items[0:1].at", [("items", 0, "at")]),
        ("$['ä b'].at", [("ä b", "at")]),
        ("$.items[?@.amount > 1.75].at", [("items", 1, "at")]),
        ("$.items[?@.amount == 1.5]", [("items", 0)]),
        ("$.items[?@.tags[0] == 'x']", [("items", 0)]),
        ("$..[0]", [("items", 0), ("items", 0, "tags", 0)]),
    ],
)
def test_locations_in_document_order(query: str, expected: list[tuple[str | int, ...]]) -> None:
    assert locations(query, DOCUMENT) == expected


def test_the_first_value_or_none() -> None:
    assert first("$.items[*].amount", DOCUMENT) == [Decimal("1.50")]
    assert first("$.items[*].none", DOCUMENT) == []
    assert first("$.x", read('{"x":null}')) == [None]


@pytest.mark.parametrize("document", ["[1]", "text", 5, None, True, Decimal("1.5"), "{broken"])
def test_a_scalar_document_is_one_node(document: Json) -> None:
    assert first("$", document) == [document]
    assert locations("$..*", document) == []


@pytest.mark.parametrize(
    "query",
    ["", "a", "$..[", "$.a[", " $.a", "$.a ", "$[01]", "$ | $.b", "$[*]~", "$[?nosuch(@.a)]"],
)
def test_what_is_no_query_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        compiled(query)


def test_any_depth_is_searched() -> None:
    text = '{"a":' * 5000 + '{"id":7}' + "}" * 5000
    assert locations("$..id", read(text)) == [("a",) * 5000 + ("id",)]


def test_a_filter_that_cannot_follow_the_depth_is_told() -> None:
    text = '[{"a":' * 500 + "1" + "}]" * 500
    with pytest.raises(QueryError, match="nested"):
        locations("$[?@..b]", read(text))

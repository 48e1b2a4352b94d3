import re
from datetime import date

import pytest

from splitter.errors import ConfigurationError
from splitter.model.acceptance import Acceptance
from splitter.parity.acceptances import read_acceptances

WHY = "reason: no etag yet, ticket: SHOP-12, expires: 2027-01-31"


def read(text: str) -> tuple[Acceptance, ...]:
    return read_acceptances(text.encode(), path="known.yaml")


def test_an_entry_says_which_differences_why_and_until_when() -> None:
    text = """
accepted:
  - route: /api/items/{id}
    method: get
    case: list*
    service: orders
    kind: header
    path: ETag
    reason: the service has no etag yet
    ticket: https://tracker/12
    expires: 2027-01-31
  - {path: '$..at', reason: r, ticket: t, expires: "2026-12-24"}
"""
    assert read(text) == (
        Acceptance(
            "the service has no etag yet", "https://tracker/12", date(2027, 1, 31), "known.yaml", 3,
            "list*", "GET", "/api/items/{id}", "orders", "header", "ETag",
        ),
        Acceptance("r", "t", date(2026, 12, 24), "known.yaml", 12, path="$..at"),
    )  # fmt: skip


def test_a_list_may_be_empty() -> None:
    assert read("") == read("# none\n") == read("accepted: []") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "not YAML"),
        ("[1]", "known.yaml:1 .* is a mapping"),
        ("{}", "no list of accepted differences"),
        ("acepted: []", "unknown key 'acepted'"),
        ("accepted: {}", "accepted is a list"),
        ("accepted:\n- text", "known.yaml:2 an accepted difference is a mapping"),
        (f"accepted:\n- {{case: a, {WHY}}}\n- {{case: a, reason: r, ticket: t}}", ":3 .* expires"),
        ("accepted:\n- {case: a, reason: '', ticket: t, expires: 2027-01-31}", "without reason"),
        ("accepted:\n- {case: a, reason: r, ticket: , expires: 2027-01-31}", "without ticket"),
        ("accepted:\n- {case: a, reason: r, ticket: t, expires: soon}", "'soon' is no day"),
        ("accepted:\n- {case: a, reason: r, ticket: t, expires: 2027-02-30}", "is no day"),
        ("accepted:\n- {case: a, reason: r, ticket: t, expires: 20270130}", "is no day"),
        (f"accepted:\n- {{kind: header, {WHY}}}", "does not say which differences"),
        (f"accepted:\n- {{case: '', {WHY}}}", "case is empty"),
        (f"accepted:\n- {{pth: $.a, {WHY}}}", "unknown key 'pth' .*'path'"),
        (f"accepted:\n- {{route: items, {WHY}}}", "'items' is no route"),
        (f"accepted:\n- {{case: a, kind: headers, {WHY}}}", "not 'headers' .*'header'"),
        (f"accepted:\n- {{kind: body, path: a.b, {WHY}}}", "no place in a body"),
        (f"accepted:\n- {{kind: header, path: $.a, {WHY}}}", "a header has no JSONPath"),
        (f"accepted:\n- {{kind: status, path: a, {WHY}}}", "a status has no path"),
        (f"accepted:\n-  case: a\n   path: '$.a['\n   {WHY.replace(', ', chr(10) + '   ')}", ":3 "),
    ],
)
def test_what_is_no_list(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(text)
    error = raised.value
    assert error.where.startswith("known.yaml")
    assert re.search(told, f"{error.where} {error.what} {error.hint}")

"""Noise is told as rules, each once, without values."""

from __future__ import annotations

import pytest

from splitter.errors import ConfigurationError
from splitter.model.parity import ABSENT, Case, Difference, Outcome, Request, Verdict
from splitter.parity.rules import read_rules, rules_of, sifted_by

ID = "0f5c2ad0-7f5e-4f0e-9b1a-3f1c5f0d2b6a"
OTHER = "b7d1c1f4-52c7-4c0b-8a55-0d2f6f1e9c3d"


def told(*noise: Difference, path: str = "/a") -> list[str]:
    case = Case("c", Request("GET", path))
    return [str(rule) for rule in rules_of(Verdict(case, Outcome.MATCH, noise=noise))]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (ID, OTHER, "uuid"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", "timestamp"),
        (17, 18, "growing number"),
        ("abc", "xyz", "opaque"),
        (ABSENT, 4, "growing number"),
        (None, "x", "opaque"),
    ],
)
def test_a_value_has_a_kind(one: object, other: object, kind: str) -> None:
    assert told(Difference("body", "$.v", one, other)) == [f"GET /a  body $.v: {kind}"]


def test_elements_and_keys_are_one_place() -> None:
    assert told(
        Difference("body", "$.rows[0].id", ID, OTHER),
        Difference("body", "$.rows[1].id", OTHER, "11111111-1111-4111-8111-111111111111"),
        Difference("header", "etag", "a", "b"),
        Difference("database", "users[1].hash", "[hidden]", "[hidden]"),
        Difference("database", "users[2].hash", "[hidden]", "[hidden]"),
        Difference("database", "log[a]b]", ABSENT, {"a": 1}),
    ) == [
        "GET /a  body $.rows[*].id: uuid",
        "GET /a  header etag: opaque",
        "GET /a  database users[*].hash: opaque",
        "GET /a  database log[*]: opaque",
    ]


def test_the_same_values_at_other_places_are_an_order() -> None:
    assert told(
        Difference("body", "$.t[0]", 1, 2),
        Difference("body", "$.t[1]", 2, 1),
        Difference("body", "$.rows[0].k", "a", "b"),
        Difference("body", "$.rows[3].k", "b", "a"),
        Difference("body", "$.more[0]", 1, 2),
        Difference("body", "$.more[1]", 2, 3),
    ) == [
        "GET /a  body $.t: order",
        "GET /a  body $.rows: order",
        "GET /a  body $.more[*]: growing number",
    ]


def test_ids_in_a_path_are_left_out() -> None:
    difference = Difference("body", "$", "a", "b")
    for path in ("/users/17/x?y=2", "/users/{{ id }}/x", f"/users/{ID}/x"):
        assert told(difference, path=path) == ["GET /users/*/x  body $: opaque"]


RULES = """# kept
GET /a  body $.id: uuid

GET /a  body $.t: order
GET /a  database users[*].at: timestamp
"""


@pytest.mark.parametrize(
    ("differences", "left"),
    [
        ([Difference("body", "$.id", ID, OTHER)], 0),
        ([Difference("body", "$.id", ID, "x")], 1),
        ([Difference("body", "$.id", "x", "y")], 1),
        ([Difference("body", "$.id", ID, ABSENT)], 1),
        ([Difference("body", "$.other", ID, OTHER)], 1),
        ([Difference("body", "$.id", ID, OTHER), Difference("body", "$.n", 1, 2)], 1),
        ([Difference("body", "$.t[0]", 1, 2), Difference("body", "$.t[1]", 2, 1)], 0),
        ([Difference("body", "$.t[0]", 1, 2), Difference("body", "$.t[1]", 2, 3)], 2),
        (
            [Difference("database", "users[7].at", "2026-01-02T03:04:05Z", "2026-01-02T03:04:35Z")],
            0,
        ),
    ],
)
def test_rules_that_were_kept_are_read_back(differences: list[Difference], left: int) -> None:
    rules = read_rules(RULES.encode(), path="noise.txt")
    assert len(rules) == 3
    verdict = Verdict(Case("c", Request("GET", "/a")), Outcome.MISMATCH, tuple(differences))
    sifted = sifted_by(rules, verdict)
    assert len(sifted.differences) == left
    assert len(sifted.noise) == len(differences) - left
    assert sifted.outcome is (Outcome.MISMATCH if left else Outcome.MATCH)


def test_what_is_told_can_be_read() -> None:
    lines = told(
        Difference("body", "$['a: b'].id", ID, OTHER), Difference("header", "etag", "a", "b")
    )
    assert sorted(map(str, read_rules("\n".join(lines).encode(), path="x"))) == sorted(lines)


def test_a_line_that_is_no_rule_is_told() -> None:
    for line in ("GET /a  body $.id: number", "body $.id: uuid", "x"):
        with pytest.raises(ConfigurationError) as error:
            read_rules(f"# one\n{line}".encode(), path="noise.txt")
        assert error.value.where == "noise.txt:2"

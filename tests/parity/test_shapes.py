"""A token that nothing has told of is known by its shape, and what is no secret stays."""

from __future__ import annotations

import pytest

from splitter.model.parity import ABSENT, Case, Difference, Outcome, Request, Verdict
from splitter.parity.secrets import Secrets
from splitter.parity.shapes import without_named, without_opaque, without_shapes

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "secret",
    [
        JWT,
        "ghp_" + "a1" * 18,
        "sk_live_" + "a1" * 8,
        "xoxb-123456789012-abcdef",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_what_has_the_shape_of_a_secret_is_hidden(secret: str) -> None:
    assert without_shapes(f"a {secret} b") == "a [hidden] b"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("token=abcd1234efgh;ttl=60", "token=[hidden];ttl=60"),
        ("api_key: 'abcd1234efgh'", "api_key: '[hidden]'"),
        ("Authorization: Bearer abcd1234efgh", "Authorization: Bearer [hidden]"),
        (
            '<input type="hidden" name="csrf_token" value="abc"> <input name="q" value="abc">',
            '<input type="hidden" name="csrf_token" value="[hidden]"> <input name="q" value="abc">',
        ),
        ('<meta content="abc" name="csrf-token">', '<meta content="[hidden]" name="csrf-token">'),
        ("password: too short", "password: too short"),
        ("id=12345678-1234-4123-8123-123456789012", "id=12345678-1234-4123-8123-123456789012"),
        ("total: 1234567890", "total: 1234567890"),
    ],
)
def test_what_follows_a_sensitive_name_is_hidden(text: str, told: str) -> None:
    assert without_named(text) == told


def test_what_may_be_a_token_is_hidden_where_one_was_asked_for() -> None:
    assert without_opaque("abcd1234efgh, until tomorrow") == "[hidden], until tomorrow"
    request = Request("POST", "/api/token?x=1")
    found = Difference("body", "$", "abcd1234efgh", ABSENT)
    verdict = Verdict(Case("a", request), Outcome.MISMATCH, (found,))
    assert Secrets().hidden_in(verdict).differences[0].monolith == "[hidden]"
    plain = Verdict(Case("a", Request("GET", "/api/items")), Outcome.MISMATCH, (found,))
    assert Secrets().hidden_in(plain).differences[0].monolith == "abcd1234efgh"


def test_a_structure_keeps_its_shape() -> None:
    value = {"result": [JWT, 12345678], "note": None, "token": None}
    found = Difference("body", "$.a", value, ABSENT)
    verdict = Verdict(Case("a", Request("GET", "/")), Outcome.MISMATCH, (found,))
    told = Secrets().hidden_in(verdict).differences[0].monolith
    assert told == {"result": ["[hidden]", 12345678], "note": None, "token": None}

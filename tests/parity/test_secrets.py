import base64
from decimal import Decimal

import pytest

from splitter.model.parity import ABSENT, Case, Difference, Observation, Outcome, Request, Verdict
from splitter.parity.secrets import (
    Secrets,
    in_answer,
    in_request,
    variables_of_credentials,
)

CASE = Case("a", Request("GET", "/"))


def hidden(value: object, *known: str) -> object:
    verdict = Verdict(CASE, Outcome.MISMATCH, (Difference("body", "$.a", value, ABSENT),))
    (difference,) = Secrets(known).hidden_in(verdict).differences
    assert difference.service is ABSENT
    return difference.monolith


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Bearer s3cr3t!", "Bearer [hidden]"),
        ("nothing", "nothing"),
        ({"a": ["x s3cr3t! y", 1]}, {"a": ["x [hidden] y", 1]}),
        ({"s3cr3t!": Decimal("1.50")}, {"[hidden]": Decimal("1.50")}),
        (None, None),
        (5, 5),
    ],
)
def test_secrets_are_hidden_in_values(value: object, told: object) -> None:
    assert hidden(value, "s3cr3t!") == told


def test_secrets_with_signs_that_json_escapes() -> None:
    assert hidden(['a"b\\c\nd'], 'a"b\\c\nd') == ["[hidden]"]


def test_digits_that_are_secret() -> None:
    assert hidden({"a": 1234567, "b": "1234567"}, "1234567") == '{"a":[hidden],"b":"[hidden]"}'


def test_secrets_are_hidden_everywhere() -> None:
    verdict = Verdict(
        CASE,
        Outcome.ERROR,
        (Difference("body", "$.s3cr3t.x", 1, 2),),
        (Difference("header", "etag", "s3cr3t", "other"),),
        "service: s3cr3t is no token",
    )
    told = Secrets(["s3cr3t"]).hidden_in(verdict)
    assert "s3cr3t" not in repr(told)
    assert told.differences[0].path == "$.[hidden].x"
    assert told.error == "service: [hidden] is no token"


def test_what_is_short_is_not_looked_for() -> None:
    assert hidden("sid=1", "1") == "sid=1"


def test_longer_secrets_are_hidden_whole() -> None:
    secrets = Secrets(["abcd"])
    secrets.learn(["abcdefgh"])
    assert secrets.hide("abcdefgh abcd") == "[hidden] [hidden]"


def test_what_is_secret_in_a_request() -> None:
    basic = "Basic " + base64.b64encode(b"ada:pass:word").decode()
    headers = (
        ("Authorization", "Bearer tok"),
        ("AUTHORIZATION", basic),
        ("authorization", "Basic ???"),
        ("authorization", "Bearer {{ token }}"),
        ("Cookie", 'sid=one; theme="dark"'),
        ("x-other", "x"),
    )
    assert list(in_request(Request("GET", "/", headers=headers))) == [
        "Bearer tok",
        "tok",
        basic,
        basic[6:],
        "pass:word",
        "Basic ???",
        "???",
        'sid=one; theme="dark"',
        "one",
        "dark",
    ]


def test_what_is_secret_in_an_answer() -> None:
    headers = (("set-cookie", "sid=one; Path=/"), ("set-cookie", "t=two"), ("x", "y"))
    assert list(in_answer(Observation(200, headers, b"", 0))) == ["one", "two"]


def test_variables_that_become_secret() -> None:
    headers = (
        ("Authorization", "Bearer {{ token }}"),
        ("cookie", "a={{ a }}; b={{ b }}"),
        ("x", "{{ c }}"),
    )
    assert variables_of_credentials(Request("GET", "/", headers=headers)) == ["token", "a", "b"]

import base64
from decimal import Decimal

import pytest

from splitter.model.parity import ABSENT, Case, Difference, Observation, Outcome, Request, Verdict
from splitter.parity.bodies import FormBody, JsonBody
from splitter.parity.requests import carrying
from splitter.parity.secrets import (
    Secrets,
    Tokens,
    in_answer,
    in_request,
    secret_variables,
    spelled_out,
)
from splitter.parity.sensitive import WORDS, is_sensitive

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


def test_a_token_of_another_session_is_one() -> None:
    tokens = Tokens()
    first, second = Secrets(tokens=tokens), Secrets(tokens=tokens)
    first.learn(["q7-Zk0p4", "a/b+c1==", "plainword"])
    assert second.hide("see /files/q7-Zk0p4/x and a/b+c1==") == "see /files/[hidden]/x and [hidden]"
    assert second.hide("a plainword stays, q7-Zk0p4x too") == "a plainword stays, q7-Zk0p4x too"


def test_of_many_tokens_the_newest_are_known() -> None:
    tokens = Tokens(most=2)
    tokens.learn(["token-001", "token-002"])
    tokens.learn(["token-003"])
    assert tokens.hide("token-001 token-002 token-003") == "token-001 [hidden] [hidden]"


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
        ("x-api-key", "{{ key }}"),
        ("x", "{{ c }}"),
    )
    request = Request("POST", "/?reset_token={{ r }}&d={{ d }}", headers=headers)
    request = carrying(request, JsonBody({"newPassword": "{{ p }}", "e": ["{{ e }}"]}))
    capture = {"jwt": "$.x", "f": "$.access_token", "g": "cookie:token", "h": "$.h"}
    case = Case("a", request, capture=capture)
    assert sorted(secret_variables(case)) == ["a", "b", "f", "g", "jwt", "key", "p", "r", "token"]


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *((n, True) for n in ("password", "newPassword", "new_password2", "PASSWORD_HASH", "pwd")),
        *(
            (n, True)
            for n in ("x-api-key", "clientSecret", "user[password]", "access token", "OTP")
        ),
        *((n, False) for n in ("token_type", "passport", "key", "idempotency-key", "compass", "")),
    ],
)
def test_names_of_what_is_secret(name: str, secret: bool) -> None:
    assert is_sensitive(name) is secret


MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nin parts 1\r\n'
    b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/", query=(("token", "in parts 1"), ("a", "b"))),
        Request("GET", "/?token=in+parts%201&a=b"),
        Request("GET", "/", headers=(("x-api-key", "in parts 1"), ("x-a", "b"))),
        carrying(Request("POST", "/"), JsonBody({"user": [{"password": "in parts 1"}], "a": "b"})),
        carrying(Request("POST", "/"), JsonBody({"password": "in parts 1", "a": "{{ a }}"})),
        carrying(Request("POST", "/"), FormBody((("password", "in parts 1"), ("a", "b")))),
        Request("POST", "/", body=MULTIPART, content_type="multipart/form-data; boundary=b"),
    ],
)
def test_what_the_fields_of_a_request_spell_out(request_: Request) -> None:
    assert list(spelled_out(request_)) == ["in parts 1"]


def test_a_plain_word_is_hidden_where_it_is_the_whole_value() -> None:
    secrets = Secrets(words=["secret", "1234"])

    def told(kind: str, path: str, value: object) -> object:
        difference = Difference(kind, path, value, ABSENT)
        verdict = Verdict(CASE, Outcome.MISMATCH, (difference,))
        return secrets.hidden_in(verdict).differences[0].monolith

    assert told("body", "$.a", "secret") == "[hidden]"
    assert told("body", "$.a", "a secret garden") == "a secret garden"
    assert told("body", "$.a", {"secret": ["secret", {"b": "1234"}]}) == {
        "secret": ["[hidden]", {"b": "[hidden]"}]
    }


def test_values_under_a_sensitive_name_are_hidden() -> None:
    def told(kind: str, path: str, value: object) -> object:
        difference = Difference(kind, path, value, ABSENT)
        verdict = Verdict(CASE, Outcome.MISMATCH, (difference,))
        return Secrets().hidden_in(verdict).differences[0].monolith

    assert told("body", "$.users[0].password", "x") == "[hidden]"
    assert told("body", "$['reset token']", "x") == "[hidden]"
    assert told("body", "$.password", None) is None
    assert told("body", "$.password.length", "x") == "x"
    assert told("header", "x-api-key", "x") == "[hidden]"
    assert told("database", "users[3].password_hash", "x") == "[hidden]"
    assert told("body", "$", {"a,\"": ["password", ":"], "pin": 1234, "token": None}) == {
        "a,\"": ["password", ":"], "pin": "[hidden]", "token": None
    }  # fmt: skip


@pytest.mark.parametrize("word", sorted(WORDS))
def test_no_body_with_a_sensitive_name_is_passed_over(word: str) -> None:
    name = word.title().replace("_", "-")
    assert is_sensitive(name)
    body = f'{{"new{name}": "in parts 1"}}'.encode()
    assert list(spelled_out(Request("POST", "/", body=body))) == ["in parts 1"]

import pytest

from splitter.model.parity import Request
from splitter.parity.redaction import redacted

HEADERS = (
    ("Authorization", "Bearer s3cr3t-1"),
    ("proxy-authorization", "s3cr3t-2"),
    ("Cookie", "sid=s3cr3t-3; theme=dark"),
    ("x-api-key", "s3cr3t-4"),
    ("x-note", "known"),
    ("accept", "*/*"),
)


def hide(text: str) -> str:
    return text.replace("known", "[hidden]")


def body(content: str, kind: str) -> str:
    request = Request("POST", "/", headers=(("Content-Type", kind),), body=content.encode())
    told = redacted(request, "http://m", hide).body
    assert told is not None
    return told.decode()


def test_credentials_leave_their_scheme_and_names() -> None:
    asked = redacted(Request("GET", "/", headers=HEADERS), "http://m", hide)
    assert asked.headers == (
        ("Authorization", "Bearer [hidden]"),
        ("proxy-authorization", "[hidden]"),
        ("Cookie", "sid=[hidden]; theme=[hidden]"),
        ("x-api-key", "[hidden]"),
        ("x-note", "[hidden]"),
        ("accept", "*/*"),
    )
    assert asked.body is None


def test_the_target_is_below_the_base_url() -> None:
    request = Request("GET", "/a/known?reset%5Ftoken=s3cr3t&b=1&token=&c")
    asked = redacted(request, "http://m:1/v2/", hide)
    assert asked.base_url == "http://m:1/v2/"
    assert asked.target == "/v2/a/[hidden]?reset%5Ftoken=[hidden]&b=1&token=&c"


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        ("application/json", '{"a": 1.50}', '{"a": 1.50}'),
        (
            "application/json",
            '{"a": 1.50, "user": {"password": "p", "pin": 12}}',
            '{"a":1.50,"user":{"password":"[hidden]","pin":"[hidden]"}}',
        ),
        ("application/problem+json", '{"token": "t"}', '{"token":"[hidden]"}'),
        ("", '["known"]', '["[hidden]"]'),
        ("application/json", '{"password": "p"', '{"password": "p"'),
        ("text/plain", "token known", "token [hidden]"),
        ("application/x-www-form-urlencoded", "user=a&password=p%20q&x=known",
         "user=a&password=[hidden]&x=[hidden]"),
    ],
)  # fmt: skip
def test_fields_of_a_body(kind: str, content: str, told: str) -> None:
    assert body(content, kind) == told


def test_fields_of_a_multipart_body() -> None:
    content = (
        '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\np\r\n'
        '--b\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\nx\r\n--b--\r\n'
    )
    told = body(content, 'multipart/form-data; boundary="b"')
    assert told == content.replace("\r\np\r\n", "\r\n[hidden]\r\n")


def test_a_body_that_is_no_text_is_left() -> None:
    request = Request("POST", "/", body=b"\xff\x00")
    assert redacted(request, "http://m", hide).body == b"\xff\x00"

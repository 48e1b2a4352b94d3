"""HAR files as browsers and proxies write them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from splitter.errors import ConfigurationError
from splitter.parity.har import session_of
from splitter.parity.provenance import Replay


def entry(line: str, answer: object = None, *, status: int = 200, **more: Any) -> dict[str, Any]:
    method, url = line.split(" ")
    request = {"method": method, "url": url, "headers": [], **more.pop("request", {})}
    content = {"mimeType": "application/json", "text": json.dumps(answer)}
    response = {"status": status, "headers": [], "content": content, **more}
    return {"request": request, "response": response}


def read(*entries: dict[str, Any]) -> Replay:
    return session_of(json.dumps({"log": {"entries": entries}}).encode(), path="a/some.har")


def test_one_host_is_one_session_and_the_others_are_told() -> None:
    found = read(
        entry("GET https://cdn.example/a.js", content={"mimeType": "text/javascript"}),
        entry("POST https://api.example/things?a=1", {"id": "0123456789abcdef0123"}, status=201),
        entry("GET https://api.example/things/0123456789abcdef0123"),
        entry("GET https://cdn.example/b.js", content={"mimeType": "text/javascript"}),
        entry("GET data:text/plain,x", content={}),
    )
    assert [case.request.path for case in found.cases] == ["/things?a=1", "/things/{{ id_1 }}"]
    assert [(one.name, one.reason) for one in found.aside] == [
        ("2 requests to cdn.example", "the file is about api.example"),
        ("1 request to no host", "the file is about api.example"),
    ]


def test_headers_of_http2_and_cookies_without_a_header() -> None:
    pseudo = [{"name": ":authority", "value": "x"}, {"name": "Accept", "value": "a/b"}]
    pseudo += [{"name": "Host", "value": "x"}, {"name": "Content-Length", "value": "9"}]
    given = {"headers": pseudo, "cookies": [{"name": "c", "value": "1"}]}
    (case,) = read(entry("GET http://x/", request=given)).cases
    assert case.request.headers == (("accept", "a/b"), ("cookie", "c=1"))


def test_several_cookies_in_one_header_are_kept_apart() -> None:
    told = [{"name": "Set-Cookie", "value": "a=first-cookie-1; Path=/\nb=other-cookie-2; Path=/"}]
    headers = [{"name": "Cookie", "value": "a=first-cookie-1; b=other-cookie-2"}]
    first, second = read(
        entry("GET http://x/", headers=told), entry("GET http://x/", request={"headers": headers})
    ).cases
    assert (first.capture, second.request.headers, second.request.cookies) == ({}, (), True)


@pytest.mark.parametrize(
    ("posted", "body"),
    [
        ({"mimeType": "application/json", "text": '{"a":"ä"}'}, '{"a":"ä"}'.encode()),
        (
            {
                "mimeType": "a/b",
                "text": base64.b64encode(b"\xff\x00").decode(),
                "encoding": "base64",
            },
            b"\xff\x00",
        ),
        (
            {
                "mimeType": "application/x-www-form-urlencoded",
                "params": [{"name": "a", "value": "1 2"}, {"name": "b"}],
            },
            b"a=1+2&b=",
        ),
    ],
)
def test_bodies(posted: dict[str, Any], body: bytes) -> None:
    (case,) = read(entry("POST http://x/", request={"postData": posted})).cases
    assert case.request.body == body


def test_multipart_of_which_only_the_fields_are_there() -> None:
    params = [
        {"name": "a", "value": "1"},
        {"name": "f", "fileName": "x.txt", "contentType": "text/plain", "value": "inside"},
    ]
    posted = {"mimeType": "multipart/form-data; boundary=gone", "params": params}
    (case,) = read(entry("POST http://x/", request={"postData": posted})).cases
    kind = dict(case.request.headers)["content-type"]
    boundary = kind.partition("boundary=")[2].encode()
    assert case.request.body == (
        b"--%b\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
        b"--%b\r\ncontent-disposition: form-data; name=\"f\"; filename=\"x.txt\""
        b"\r\ncontent-type: text/plain\r\n\r\ninside\r\n--%b--\r\n"
    ) % (boundary, boundary, boundary)  # fmt: skip


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"request": {"bodySize": 12}}, "its body is not in the file"),
        ({"request": {"bodySize": 12, "postData": {"mimeType": "a/b"}}}, "its body is not"),
        (
            {
                "request": {
                    "postData": {
                        "mimeType": "multipart/form-data",
                        "params": [{"name": "f", "fileName": "x"}],
                    }
                }
            },
            "the content of a file",
        ),
        ({"status": 0}, "it got no answer"),
        ({"status": 101}, "it became a WebSocket"),
    ],
)
def test_what_is_not_all_there_is_set_aside(more: dict[str, Any], reason: str) -> None:
    found = read(entry("POST http://x/", **more))
    assert not found.cases
    assert found.aside[0].reason.startswith(reason)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"{", "not JSON"),
        (b"[]", "no log.entries"),
        (b'{"log": {"entries": []}}', "no entries"),
        (b'{"log": {"entries": [{"request": {"url": "http://x/"}}]}}', r"log.entries\[0\]"),
    ],
)
def test_a_file_of_another_shape_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        session_of(data, path="x.har")

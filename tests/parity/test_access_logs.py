"""Lines of access logs, as nginx and Apache write them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from splitter.errors import ConfigurationError
from splitter.model.parity import Case
from splitter.parity.access_logs import OF_A_KIND, sessions, shape_of
from splitter.parity.provenance import SetAside

WHEN = "[10/Oct/2025:13:55:36 +0200]"


def line(request: str, status: int = 200, rest: str = ' "-" "agent/1.0"') -> bytes:
    return f'192.0.2.1 - ada {WHEN} "{request}" {status} 512{rest}'.encode()


def read(*lines: bytes) -> tuple[list[Case], list[SetAside]]:
    found = list(sessions(lines, path="log"))
    return [c for r in found for c in r.cases], [one for r in found for one in r.aside]


@pytest.mark.parametrize(
    "text",
    [
        line("GET /a?b=1 HTTP/1.1"),
        line("GET /a?b=1 HTTP/2.0", rest=""),
        line("GET /a?b=1 HTTP/1.1", rest=' "-" "agent" "10.0.0.1" rt=0.1'),
        b"example.org:80 " + line("GET /a?b=1 HTTP/1.1"),
        b'2001:db8::1 - "a b" [x] "GET http://h.example/a?b=1 HTTP/1.0" 200 -',
    ],
)
def test_the_forms_of_a_line(text: bytes) -> None:
    (case,), aside = read(text)
    assert (case.request.method, case.request.path, case.recorded) == ("GET", "/a?b=1", 200)
    assert (case.line, aside) == (1, [])


def test_what_is_escaped_is_put_as_it_was() -> None:
    (case,), _ = read(
        line(r"GET /a?q=\x22x\x22 HTTP/1.1", rest=r' "http://r/\"x\"" "\xC3\xA4 \\ agent"')
    )
    assert case.request.path == '/a?q="x"'
    assert case.request.headers == (("user-agent", "ä \\ agent"), ("referer", 'http://r/"x"'))


def test_what_cannot_be_put_is_counted_with_its_reason() -> None:
    cases, aside = read(
        line("GET /a HTTP/1.1"),
        line("POST /a HTTP/1.1"),
        line("POST /b HTTP/1.1"),
        line("DELETE /b HTTP/1.1"),
        line("GET /a HTTP/1.1"),
        line(r"\x16\x03\x01", 400),
        line("GET /ws HTTP/1.1", 101),
        line("GET * HTTP/1.1"),
        b"nonsense",
        b"",
    )
    assert [case.request.path for case in cases] == ["/a"]
    assert {one.reason: one.name for one in aside} == {
        "a log has no body for POST": "2 lines",
        "a log has no body for DELETE": "1 line",
        "the same request was there before": "1 line",
        "the line holds no HTTP request": "1 line",
        "it became a WebSocket": "1 line",
        "its target is no path of this server": "1 line",
        "the line is not in the common or combined format": "1 line",
    }


def test_of_each_kind_a_few_are_put() -> None:
    many = [line(f"GET /things/{n}?page={n} HTTP/1.1") for n in range(OF_A_KIND + 5)]
    cases, aside = read(*many, line("GET /things/x HTTP/1.1"), line("GET /things/9 HTTP/1.1", 404))
    assert len(cases) == OF_A_KIND + 2
    assert [(one.name, one.reason) for one in aside] == [
        ("5 lines", f"there are {OF_A_KIND} of its kind already")
    ]


def test_lines_are_read_as_they_are_wanted() -> None:
    def endless() -> Iterator[bytes]:
        number = 0
        while True:
            number += 1
            yield line(f"GET /a{number} HTTP/1.1")

    found = sessions(endless(), path="log")
    assert [next(found).cases[0].request.path for _ in range(3)] == ["/a1", "/a2", "/a3"]


def test_shapes() -> None:
    uuid = "0b2f7f0e-5a0c-4a52-9c52-3c7d6a1f0e11"
    assert shape_of(f"/a/1/b/{uuid}?y=2&x=1&x=2") == ("/a/{}/b/{}", "x", "y")
    assert shape_of("/a/b1") == ("/a/b1",)


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no access log") as error:
        read(b"2025-10-10 INFO started")
    assert error.value.where == "log:1"

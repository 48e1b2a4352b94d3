import html
import shlex
import subprocess
from urllib.parse import unquote

import pytest

from splitter.model.parity import Asked, Verdict
from splitter.reports.parity.curl import LONGEST, curl
from splitter.reports.parity.formats import FORMATS, report


def asked(
    method: str = "GET", target: str = "/a", body: bytes | None = None, **headers: str
) -> Asked:
    return Asked(method, "http://m:1/v2", target, tuple(headers.items()), body)


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (asked(), "curl -i http://m:1/a"),
        (asked(target="/a?b=1&c=2"), "curl -i 'http://m:1/a?b=1&c=2'"),
        (asked("HEAD"), "curl -i -I http://m:1/a"),
        (asked("DELETE"), "curl -i -X DELETE http://m:1/a"),
        (asked(target="/a/../b"), "curl -i --path-as-is http://m:1/a/../b"),
        (asked(target="/a[1]"), "curl -i -g 'http://m:1/a[1]'"),
        (asked(accept="*/*", x=""), "curl -i -H 'accept: */*' -H 'x;' http://m:1/a"),
        (asked("POST", body=b"it's"),
         "curl -i -H content-type: http://m:1/a --data-raw 'it'\\''s'"),
        (asked("GET", body=b""), "curl -i -X GET -H content-type: http://m:1/a --data-raw ''"),
        (asked("PUT", body=b"a\nb\x1b'", **{"content-type": "t"}),
         "curl -i -X PUT -H 'content-type: t' http://m:1/a --data-raw $'a\\nb\\u001b\\''"),
        (asked("POST", body=b"\xff", **{"content-type": "t"}),
         "curl -i -H 'content-type: t' http://m:1/a --data-binary @BODY # 1 bytes"),
    ],
)  # fmt: skip
def test_lines(request_: Asked, line: str) -> None:
    assert curl(request_) == line


def test_a_long_body_is_named_by_its_length() -> None:
    assert curl(asked("POST", body=b"x" * (LONGEST + 1))).endswith(f"@BODY # {LONGEST + 1} bytes")


def test_the_shell_reads_what_was_sent() -> None:
    body = "\r\n\t$(date) `date` \\ \" ' ! é ☕ \U0001f600 \x7f\u2028"
    line = curl(asked("POST", body=body.encode(), **{"content-type": "a 'b' $c"}))
    assert line.isprintable()
    shown = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line}"],
        capture_output=True,
        check=True,
        env={"LC_ALL": "C.UTF-8"},
    )
    words = shown.stdout.decode().split("\0")[:-1]
    assert words[-1] == body
    assert "content-type: a 'b' $c" in words
    assert shlex.split(curl(asked("DELETE")))[-1] == "http://m:1/a"


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_a_line_for_each_side(form: str, asked: Verdict) -> None:
    parts: list[str] = []
    report([asked], form, parts.append)
    text = "".join(parts)
    if form == "html" or form == "junit":
        text = html.unescape(text)
    elif form == "github":
        text = unquote(text)
    lines = ["http://m:1/a?b=1&c=2", "http://s:2/v2/a?b=1&c=2"]
    for line in (f"curl -i -H 'accept: text/html' -H 'x: <&>' '{url}'" for url in lines):
        assert line in text

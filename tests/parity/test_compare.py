import gzip
import hashlib
import json

import pytest

from splitter.model.parity import ABSENT, Difference, Observation, Rules
from splitter.parity.compare import UnusableError, compare
from splitter.parity.queries import QueryError
from splitter.parity.texts import LIMIT

URLS = ("http://m:1", "http://service:2/v2/")


def answer(
    body: bytes | str = b"", media_type: str = "", status: int = 200, **headers: str
) -> Observation:
    lines = {"content-type": media_type, **headers}
    data = body.encode() if isinstance(body, str) else body
    named = tuple((n.replace("_", "-"), v) for n, v in lines.items() if v)
    return Observation(status, named, data, 0.1)


def js(text: str, **headers: str) -> Observation:
    return answer(text, "application/json", 200, **headers)


def found(monolith: Observation, service: Observation, *ignore: str) -> list[str]:
    entries = compare(monolith, service, Rules(ignore=ignore), base_urls=URLS)
    return [f"{d.kind} {d.path}".strip() for d in entries]


def test_equal_answers() -> None:
    assert found(js('{"a":1}'), js('{ "a" : 1 }')) == []
    assert found(answer(b"\xff", "image/png"), answer(b"\xff", "image/png")) == []
    assert found(answer(), answer()) == []


def test_the_order_of_the_entries() -> None:
    monolith = js('{"a":1}', etag="1")
    service = answer('{"a":2}', "application/json", 201, etag="2")
    assert compare(monolith, service, Rules()) == (
        Difference("status", "", 200, 201),
        Difference("header", "etag", "1", "2"),
        Difference("body", "$.a", 1, 2),
    )


def test_a_redirect_is_not_the_answer() -> None:
    redirect = answer(status=307, location="http://m:1/items/")
    assert found(redirect, js("[]")) == [
        "status",
        "header location",
        "header content-type",
        "body $",
    ]


def test_base_urls_in_headers_and_bodies() -> None:
    for left, right in (("{}/a", "{}/a"), ('<a href="{}">', '<a href="{}">')):
        texts = left.format("http://m:1"), right.format("http://service:2/v2")
        assert found(answer(texts[0], "text/html"), answer(texts[1], "text/html")) == []
        assert found(answer(texts[0]), answer(texts[1])) == []
        quoted = json.dumps(texts[0]), json.dumps(texts[1])
        assert found(js(quoted[0]), js(quoted[1])) == []
        assert found(answer(link=texts[0]), answer(link=texts[1])) == []
    assert found(answer("http://m:1"), answer("http://service:2/v3")) == ["body $"]


def test_text_is_compared_as_text() -> None:
    pairs = [("a,b\r\n", "a,b\n"), ("a\n", "a"), ('{"a":1,"b":2}', '{"b":2,"a":1}'), ("", "\n")]
    for left, right in pairs:
        assert compare(answer(left, "text/plain"), answer(right, "text/plain"), Rules()) == (
            Difference("body", "$", left, right),
        )


def test_json_on_one_side_only_is_compared_as_text() -> None:
    assert compare(js('{"a": Infinity}'), js('{"a": null}'), Rules()) == (
        Difference("body", "$", '{"a": Infinity}', '{"a": null}'),
    )
    assert found(js('{"a":1}'), answer('{"a":1}', "text/plain")) == ["header content-type"]
    assert found(js('{"a":1}'), answer('{"a": 1}', "text/plain")) == [
        "header content-type",
        "body $",
    ]


def test_bytes_are_told_by_length_and_digest() -> None:
    bodies = bytes(1000), bytes(999) + b"\1"
    (entry,) = compare(answer(bodies[0], "image/png"), answer(bodies[1], "image/png"), Rules())
    assert entry == Difference(
        "body",
        "$",
        *({"length": 1000, "sha256": hashlib.sha256(body).hexdigest()} for body in bodies),
    )
    assert found(answer("abc"), answer("abd")) == ["body $"]


def test_a_byte_side_and_a_text_side() -> None:
    (_, entry) = compare(answer("abc", "text/plain"), answer(b"\xff", "image/png"), Rules())
    assert entry.monolith == "abc"
    assert entry.service == {"length": 1, "sha256": hashlib.sha256(b"\xff").hexdigest()}


def test_long_texts_are_cut_around_the_difference() -> None:
    lines = [f"line {i}" for i in range(5000)]
    other = [*lines[:4000], "LINE 4000", *lines[4001:]]
    (entry,) = compare(
        answer("\n".join(lines), "text/plain"), answer("\n".join(other), "text/plain"), Rules()
    )
    assert isinstance(entry.monolith, str)
    assert isinstance(entry.service, str)
    assert entry.monolith.startswith("…line 4000\nline 4001\n")
    assert entry.service.startswith("…LINE 4000\nline 4001\n")
    assert max(len(entry.monolith), len(entry.service)) < LIMIT + 50


def test_the_decoded_body_counts() -> None:
    plain, packed = '{"a":1,"b":2}', gzip.compress(b'{"b":2,"a":1}')
    zipped = answer(packed, "application/json", content_encoding="gzip")
    assert found(js(plain), zipped) == ["header content-encoding"]
    assert found(js('{"a":1}'), zipped) == ["header content-encoding", "body $.b"]
    assert found(zipped, zipped) == []


def test_equal_bytes_that_are_read_otherwise() -> None:
    left = answer("é", "text/plain; charset=utf-8")
    assert found(left, answer("é", "text/plain; charset=latin-1")) == [
        "header content-type",
        "body $",
    ]
    right = answer("é".encode("latin-1"), "text/plain; charset=latin-1")
    assert found(left, right) == ["header content-type"]


def test_what_is_no_gzip_cannot_be_compared() -> None:
    broken = answer(b"plain", "text/plain", content_encoding="gzip")
    sound = answer(gzip.compress(b"plain"), "text/plain", content_encoding="gzip")
    reason = "its body is not gzip, as its content-encoding says"
    with pytest.raises(UnusableError) as told:
        compare(sound, broken, Rules())
    assert told.value.reasons == {"service": reason}
    with pytest.raises(UnusableError) as told:
        compare(broken, broken, Rules())
    assert told.value.reasons == {"monolith": reason, "service": reason}


def test_rules_apply() -> None:
    assert found(js('{"a":1}', etag="1"), js('{"a":2}'), "header:ETag", "$.a") == []
    assert found(js('{"etag":1}', etag="1"), js('{"etag":2}'), "$.etag") == ["header etag"]
    assert found(answer("a", "text/plain"), answer("b", "text/plain"), "$") == []
    values = compare(js("[1,2]"), js("[2,1.0]"), Rules(unordered=("$",), numbers="value"))
    assert values == ()


def test_a_rule_that_cannot_be_put_to_a_body_is_told() -> None:
    deep = ['[{"a":' * 300 + core + "}]" * 300 for core in "12"]
    with pytest.raises(QueryError):
        compare(js(deep[0]), js(deep[1]), Rules(ignore=("$[?@..b]",)))


def test_absence_is_not_null() -> None:
    assert compare(js('{"id":1,"note":null}'), js('{"id":1}'), Rules()) == (
        Difference("body", "$.note", None, ABSENT),
    )

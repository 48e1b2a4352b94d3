import gzip
import zlib
from decimal import Decimal

import pytest

from splitter.model.jsontext import Json, JsonError
from splitter.model.parity import Observation
from splitter.parity.contents import (
    Content,
    Form,
    UndecodableError,
    claimed_form,
    content_of,
    decoded,
    json_of,
)


def answer(body: bytes, media_type: str = "", encoding: str = "") -> Observation:
    headers = (("content-type", media_type), ("content-encoding", encoding))
    return Observation(200, tuple(h for h in headers if h[1]), body, 0.1)


@pytest.mark.parametrize(
    ("media_type", "form"),
    [
        ("application/json", Form.JSON),
        ("Application/JSON; charset=utf-8", Form.JSON),
        ("application/problem+json", Form.JSON),
        ("text/json", Form.JSON),
        ("text/html; charset=utf-8", Form.TEXT),
        ("text/csv", Form.TEXT),
        ("image/svg+xml", Form.TEXT),
        ("application/xml", Form.TEXT),
        ("application/x-ndjson", Form.TEXT),
        ("application/octet-stream", Form.BYTES),
        ("image/png", Form.BYTES),
        ("application/jsonish", Form.BYTES),
        ("", Form.BYTES),
    ],
)
def test_the_form_is_what_the_type_says(media_type: str, form: Form) -> None:
    assert claimed_form(media_type) is form


@pytest.mark.parametrize(
    ("body", "media_type", "value"),
    [
        (b'{"a":1.50}', "application/json", {"a": Decimal("1.50")}),
        (b'\xef\xbb\xbf{"a":1}', "application/json", {"a": 1}),
        ('{"a":"é"}'.encode("utf-16"), "application/json; charset=utf-16", {"a": "é"}),
        ('{"a":"é"}'.encode("latin-1"), 'application/json; charset="latin-1"', {"a": "é"}),
        (b" null ", "application/json", None),
    ],
)
def test_json(body: bytes, media_type: str, value: Json) -> None:
    content = content_of(answer(body, media_type))
    assert (content.form, content.value) == (Form.JSON, value)


@pytest.mark.parametrize("body", [b"", b"{'a':1}", b'{"a":NaN}', b'{"a":1'])
def test_json_that_is_none_is_text(body: bytes) -> None:
    assert content_of(answer(body, "application/json")) == Content(Form.TEXT, body, body.decode())


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"hello", "text/plain; charset=klingon"),
        (b"hello", "text/plain; charset=hex"),
        (b"hello", "text/plain; charset=a\0b"),
        (b"caf\xe8", "text/plain; charset=utf-8"),
        (b"caf\xe8", "text/plain"),
        (b"caf\xe8", "application/json"),
        (b"abc", ""),
    ],
)
def test_what_cannot_be_decoded_is_bytes(body: bytes, media_type: str) -> None:
    assert content_of(answer(body, media_type)) == Content(Form.BYTES, body)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"plain", mtime=0), "gzip"),
        (gzip.compress(b"pl", mtime=0) + gzip.compress(b"ain", mtime=0), "GZIP"),
        (zlib.compress(b"plain"), "deflate"),
        (zlib.compress(b"plain")[2:-4], "deflate"),
        (gzip.compress(zlib.compress(b"plain"), mtime=0), "deflate, gzip"),
        (gzip.compress(b"plain", mtime=0), "identity, x-gzip"),
        (b"plain", "br"),
        (b"plain", "identity"),
        (b"plain", ""),
        (gzip.compress(b"plain", mtime=0), "br, gzip"),
    ],
)
def test_known_codings_are_undone(body: bytes, encoding: str) -> None:
    assert decoded(body, encoding) == b"plain"


def test_a_body_of_an_unknown_coding_stays_as_it_is() -> None:
    body = gzip.compress(b"plain", mtime=0)
    assert decoded(body, "gzip, zstd") == body


def test_an_empty_body_has_nothing_to_undo() -> None:
    assert content_of(answer(b"", "text/plain", "gzip")).text == ""


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"plain", "gzip"),
        (gzip.compress(b"plain", mtime=0)[:-3], "gzip"),
        (gzip.compress(b"plain", mtime=0) + b"more", "gzip"),
        (b"plain", "deflate"),
        (zlib.compress(b"plain")[:-3], "deflate"),
    ],
)
def test_a_coding_that_does_not_hold_is_told(body: bytes, encoding: str) -> None:
    with pytest.raises(UndecodableError, match=f"its body is not {encoding}"):
        content_of(answer(body, "text/plain", encoding))


def test_json_is_read_whatever_the_type() -> None:
    assert json_of(answer(b'{"a":1}', "text/plain")) == {"a": 1}
    assert json_of(answer(gzip.compress(b"[2]", mtime=0), "", "gzip")) == [2]
    with pytest.raises(JsonError):
        json_of(answer(b"\xff", "image/png"))

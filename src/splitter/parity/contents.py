"""What a body holds: JSON, text or bytes, after its content-encoding is undone."""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass
from enum import IntEnum

from splitter.model.jsontext import Json, JsonError, read
from splitter.model.parity import Observation


class Form(IntEnum):
    """How a body is compared: two bodies are compared in the lesser of their forms."""

    BYTES = 0
    TEXT = 1
    JSON = 2


@dataclass(frozen=True, slots=True)
class Content:
    """A body in its best form, and in the lesser ones. `value` counts for JSON only."""

    form: Form
    data: bytes
    text: str = ""
    value: Json = None


class UndecodableError(ValueError):
    """The body is not what its content-encoding says."""


def content_of(answer: Observation) -> Content:
    """The body's content; UndecodableError where a known content-encoding does not hold."""
    data = decoded(answer.body, header(answer, "content-encoding"))
    media_type = header(answer, "content-type")
    form = claimed_form(media_type)
    text = None if form is Form.BYTES else _text(data, media_type)
    if text is None:
        return Content(Form.BYTES, data)
    if form is Form.JSON:
        try:
            return Content(Form.JSON, data, text, read(text))
        except JsonError:
            pass
    return Content(Form.TEXT, data, text)


def json_of(answer: Observation) -> Json:
    """The body as JSON, whatever it claims to be; JsonError where it is none."""
    data = decoded(answer.body, header(answer, "content-encoding"))
    text = _text(data, header(answer, "content-type"))
    if text is None:
        raise JsonError("the body is not text")
    return read(text)


def header(answer: Observation, name: str) -> str:
    """The header's lines, joined as one; empty where there is none."""
    return ", ".join(value for n, value in answer.headers if n == name)


def decoded(body: bytes, encodings: str) -> bytes:
    """The body without its codings, last one first; one that is not known ends the undoing."""
    for coding in reversed([c.strip().lower() for c in encodings.split(",")]):
        if not body or coding not in _CODINGS:
            break
        body = _inflated(body, coding)
    return body


def claimed_form(media_type: str) -> Form:
    """What a content-type says a body is."""
    name = media_type.partition(";")[0].strip().lower()
    if _JSON.fullmatch(name):
        return Form.JSON
    return Form.TEXT if _TEXT.fullmatch(name) else Form.BYTES


def digest(data: bytes) -> dict[str, object]:
    """What a report says of bytes."""
    return {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}


_JSON = re.compile(r"(application|text)/json|[^/]+/[^/]+\+json")
_TEXT = re.compile(
    r"text/.+|[^/]+/[^/]+\+(xml|yaml)"
    r"|application/(xml|xhtml|javascript|ecmascript|x-javascript|yaml|x-yaml|toml|sql|graphql"
    r"|(x-)?ndjson|jsonl|json-seq|x-www-form-urlencoded|x-sh|rtf)"
)
_CHARSET = re.compile(r';\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)
_CODINGS = ("gzip", "x-gzip", "deflate", "identity")


def _text(data: bytes, media_type: str) -> str | None:
    """Decoded by its charset, else as UTF-8, without a byte order mark; None if that fails."""
    found = _CHARSET.search(media_type)
    charset = (found[1] or found[2] or "utf-8") if found else "utf-8"
    try:
        return data.decode(charset).removeprefix("\ufeff")
    except (LookupError, ValueError):
        return None


def _inflated(body: bytes, coding: str) -> bytes:
    if coding == "identity":
        return body
    try:
        if coding == "deflate":
            return _deflated(body)
        return _members(body)
    except zlib.error:
        raise UndecodableError(f"its body is not {coding}, as its content-encoding says") from None


def _deflated(body: bytes) -> bytes:
    """With the zlib header that RFC 9110 asks for, or without, as some servers send it."""
    try:
        return _one(body, zlib.MAX_WBITS)[0]
    except zlib.error:
        return _one(body, -zlib.MAX_WBITS)[0]


def _members(body: bytes) -> bytes:
    parts: list[bytes] = []
    while body:
        part, body = _one(body, zlib.MAX_WBITS | 16)
        parts.append(part)
    return b"".join(parts)


def _one(body: bytes, window: int) -> tuple[bytes, bytes]:
    """What the first compressed stream holds, and what stands after it."""
    stream = zlib.decompressobj(window)
    data = stream.decompress(body) + stream.flush()
    if not stream.eof:
        raise zlib.error("the stream is cut")
    return data, stream.unused_data

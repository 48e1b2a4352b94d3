"""A request as it was sent, with its secrets taken out, for whoever wants to send it again."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from splitter.model.jsontext import JsonError, read, write
from splitter.model.parity import Asked, Request
from splitter.parity.origins import below
from splitter.parity.sensitive import (
    CREDENTIALS,
    HIDDEN,
    boundary_of,
    is_sensitive,
    name_of_part,
    parts,
    veiled,
)

Hide = Callable[[str], str]


def redacted(request: Request, base_url: str, hide: Hide) -> Asked:
    """`request` is filled in; `hide` takes known secrets out of a text."""
    headers = tuple((name, _header(name, value, hide)) for name, value in request.headers)
    content_type = next((v for n, v in request.headers if n.lower() == "content-type"), "")
    return Asked(
        method=request.method,
        base_url=base_url,
        target=hide(_without_parameters(below(base_url, request.path))),
        headers=headers,
        body=None if request.body is None else _body(request.body, content_type, hide),
    )


def _header(name: str, value: str, hide: Hide) -> str:
    """What says how credentials are given is kept: the scheme, the names of cookies."""
    if name.lower() == "cookie":
        return re.sub(r"=[^;]*", f"={HIDDEN}", value)
    if name.lower() in CREDENTIALS:
        scheme, space, _ = value.strip().partition(" ")
        return f"{scheme} {HIDDEN}" if space else HIDDEN
    return HIDDEN if is_sensitive(name) else hide(value)


def _without_parameters(target: str) -> str:
    path, mark, query = target.partition("?")
    return path + mark + _without_fields(query)


def _without_fields(encoded: str) -> str:
    """A query or a form, otherwise as it is spelled."""
    pairs = (pair.partition("=") for pair in encoded.split("&"))
    return "&".join(
        name + joint + (HIDDEN if value and is_sensitive(unquote_plus(name)) else value)
        for name, joint, value in pairs
    )


def _body(body: bytes, content_type: str, hide: Hide) -> bytes:
    """A body that is no text is kept as it is: it is never shown."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):
        body = _multipart(body, content_type)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return body
    if kind == "application/x-www-form-urlencoded":
        text = _without_fields(text)
    elif kind.endswith("json") or text.lstrip()[:1] in ("{", "["):
        text = _json(text)
    return hide(text).encode("utf-8", "surrogatepass")


def _json(text: str) -> str:
    """Spelled as it was sent where nothing is hidden in it."""
    try:
        compact = write(read(text))
    except (JsonError, RecursionError):
        return text
    told = veiled(compact)
    return text if told == compact else told


def _multipart(body: bytes, content_type: str) -> bytes:
    joint = b"--" + boundary_of(content_type)
    found = parts(body, content_type)
    if not found:
        return body
    spelled = (
        head
        + b"\r\n\r\n"
        + (HIDDEN.encode() + b"\r\n" if is_sensitive(name_of_part(head)) else text)
        for head, text in found
    )
    end = body.rpartition(joint)[2]
    return joint + joint.join(spelled) + joint + end

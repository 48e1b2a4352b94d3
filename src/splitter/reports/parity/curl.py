"""A request as a line for the shell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from splitter.model.parity import Asked, Verdict

LONGEST = 4000
"""Bytes of a body that a line holds."""


def curls(verdict: Verdict) -> dict[str, str]:
    """The lines of the monolith and of the service, where the verdict has requests."""
    lines = verdict.curls or (verdict.asked and tuple(map(curl, verdict.asked))) or ()
    return dict(zip(("monolith", "service"), lines, strict=False))


def curl(asked: Asked) -> str:
    """A line for bash that sends the request again. A body that is no text, or is long, is named
    by its length only."""
    return " ".join(["curl -i", *_options(asked), _quoted(_url(asked)), *_body(asked)])


def _options(asked: Asked) -> Iterator[str]:
    if asked.method == "HEAD":
        yield "-I"
    elif asked.method != ("GET" if asked.body is None else "POST"):
        yield f"-X {_quoted(asked.method)}"
    if re.search(r"[\[\]{}]", asked.target):
        yield "-g"
    if "/." in asked.target:
        yield "--path-as-is"
    for name, value in asked.headers:
        yield f"-H {_quoted(f'{name}: {value}' if value else f'{name};')}"
    if asked.body is not None and not any(n.lower() == "content-type" for n, _ in asked.headers):
        yield "-H content-type:"


def _url(asked: Asked) -> str:
    parts = urlsplit(asked.base_url)
    return f"{parts.scheme}://{parts.netloc}{asked.target}"


def _body(asked: Asked) -> list[str]:
    if asked.body is None:
        return []
    try:
        text = asked.body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or len(asked.body) > LONGEST:
        return ["--data-binary @BODY", f"# {len(asked.body)} bytes"]
    return [f"--data-raw {_quoted(text)}"]


def _quoted(text: str) -> str:
    """One word for bash, on one line and without control characters."""
    if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    return "$'" + "".join(_escaped(sign) for sign in text) + "'"


def _escaped(sign: str) -> str:
    return f"\\{sign}" if sign in "\\'" else escaped(sign)


def escaped(sign: str) -> str:
    """A character as it is, or its escape if it is not printable, as Python and bash spell it."""
    if sign.isprintable():
        return sign
    number = ord(sign)
    return _SHORT.get(sign) or (f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}")


_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

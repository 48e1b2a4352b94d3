"""Cases written as a case file, without secrets, to be pasted into one."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import cast

from splitter.model.jsontext import Json, write
from splitter.model.parity import ABSENT, Case, Request, Rules
from splitter.parity.bodies import PiecedBody, TextBody
from splitter.parity.chains import Chain
from splitter.parity.redaction import Hide, redacted
from splitter.parity.reduction import form_of, json_of
from splitter.parity.sensitive import HIDDEN, is_sensitive
from splitter.parity.templates import names_in

LONGEST = 4000
"""Bytes of a body that is written out."""


def excerpt(chain: Chain, hide: Hide, *, services: bool = True) -> str:
    """A case file of the chain, its values written as JSON, which YAML takes for its own;
    `services`: each says for which service it is. `hide` takes known secrets out of a text."""
    lines = ["cases:"]
    for case in chain:
        lines.append(f"- name: {write(case.name)}")
        lines += [f"  {key}: {hide(write(value))}" for key, value in _members(case, services)]
        lines.append("  request:")
        lines += [f"    {key}: {hide(write(value))}" for key, value in _request(case.request, hide)]
    return "\n".join(lines) + "\n"


def _members(case: Case, services: bool) -> Iterator[tuple[str, object]]:
    if case.after:
        yield "after", case.after
    if services and case.service:
        yield "service", case.service
    if case.capture:
        yield "capture", dict(case.capture)
    if compare := _rules(case.rules):
        yield "compare", compare


def _rules(rules: Rules) -> dict[str, object]:
    """What is not as it is without any rules; `generated` cannot be told in a file."""
    plain = Rules()
    told = {field.name: getattr(rules, field.name) for field in fields(Rules)}
    return {
        name: dict(value) if name == "tolerance" else value
        for name, value in told.items()
        if name != "generated" and value != getattr(plain, name)
    }


def _request(request: Request, hide: Hide) -> Iterator[tuple[str, object]]:
    headers = request.headers
    if request.content_type and not _is_plain(request):
        headers = (*headers, ("content-type", request.content_type))
    plain = redacted(replace(request, headers=headers), "", hide)
    if request.method != "GET":
        yield "method", request.method
    yield "path", request.path if names_in(request.path) else plain.target
    if request.query:
        yield "query", _by_name((n, _told(n, v)) for n, v in request.query)
    if headers:
        shown = zip(headers, plain.headers, strict=True)
        told = ((n, v if names_in(v) else hidden) for (n, v), (_, hidden) in shown)
        yield "headers", _by_name(told)
    yield from _body(request, plain.body)


def _is_plain(request: Request) -> bool:
    is_text = isinstance(request.template, TextBody)
    return is_text or form_of(request) is not None or json_of(request) is not ABSENT


def _body(request: Request, redacted_body: bytes | None) -> Iterator[tuple[str, object]]:
    value, template = json_of(request), request.template
    if value is not ABSENT:
        yield "json", _veiled(cast("Json", value))
    elif form := form_of(request):
        yield "form", _by_name((name, _told(name, text)) for name, text in form.fields)
    elif isinstance(template, TextBody):
        yield "text", template.text
    else:
        body = redacted_body
        if isinstance(template, PiecedBody):
            pieces = (p if isinstance(p, bytes) else p.template.encode() for p in template.pieces)
            body = b"".join(pieces)
        if body is not None:
            yield from _bytes(body)


def _bytes(body: bytes) -> Iterator[tuple[str, object]]:
    if len(body) > LONGEST:
        yield "text", f"({len(body)} bytes)"
        return
    try:
        yield "text", body.decode()
    except UnicodeDecodeError:
        yield "base64", base64.b64encode(body).decode()


def _veiled(value: Json, name: str = "") -> Json:
    if isinstance(value, dict):
        return {key: _veiled(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_veiled(item, name) for item in value]
    if isinstance(value, str):
        return _told(name, value)
    return HIDDEN if value is not None and name and is_sensitive(name) else value


def _told(name: str, text: str) -> str:
    return HIDDEN if text and is_sensitive(name) and not names_in(text) else text


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}

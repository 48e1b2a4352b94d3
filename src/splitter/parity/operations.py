"""The operations of an OpenAPI document, and the requests that can be made of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import quote

from splitter.model.jsontext import Json, write
from splitter.model.parity import Request
from splitter.parity.bodies import FormBody, JsonBody, TextBody
from splitter.parity.requests import carrying
from splitter.parity.schemas import Schema, Schemas, type_of

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
VARIANTS = 24
"""Requests that are made of one operation, at most."""
BOUNDARY = "splitter-part"
_PARAMETER = re.compile(r"{(\w+)(?::(\w+))?}")

Variant = tuple[str, Request]
"""What is special about a request, and the request."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a path, with its parameters, its body and the schemas that they refer to."""

    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    body: tuple[str, Schema] | None
    body_required: bool
    schemas: Schemas


def operations(document: Mapping[str, Any], *, prefix: str = "") -> Iterator[Operation]:
    """In the order of the document; `prefix` is where its application is mounted."""
    schemas = Schemas(document)
    for path, item in document.get("paths", {}).items():
        item = schemas.resolved(item)
        for method in METHODS:
            if isinstance(item.get(method), Mapping):
                yield _operation(schemas, method.upper(), prefix + path, item, item[method])


def undocumented(method: str, path: str) -> Operation:
    """A route that no document knows: what is told is its path, as Starlette writes it."""
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _converted(kind)}
        for name, kind in _PARAMETER.findall(path)
    ]
    plain = _PARAMETER.sub(r"{\1}", path)
    return Operation(method, plain, tuple(parameters), None, False, Schemas({}))


def variants(operation: Operation) -> Iterator[Variant]:
    """Requests of one operation, the plain one first: good ones, then those that are wrong."""
    made = _Made(operation, operation.schemas)
    yield from islice(made.all(), VARIANTS)


@dataclass(frozen=True, slots=True)
class _Made:
    operation: Operation
    schemas: Schemas

    def all(self) -> Iterator[Variant]:
        yield "plain", self._request()
        if self.operation.body or self._of("query"):
            yield "with all there is", self._request(self._full_query(), self._body(full=True))
        yield from self._paths()
        yield from self._queries()
        if self.operation.body is not None:
            yield from self._bodies(*self.operation.body)

    def _paths(self) -> Iterator[Variant]:
        for parameter in self._of("path"):
            name, schema = parameter["name"], self.schemas.resolved(parameter.get("schema"))
            number = type_of(schema) in ("integer", "number")
            unknown = "987654321" if number else _unknown(schema)
            yield f"{name} unknown", self._request(path={name: unknown})
            for label, value in self.schemas.wrong(schema):
                if label != "not a text":
                    yield f"{name} {label}", self._request(path={name: _text(value) or "%20"})

    def _queries(self) -> Iterator[Variant]:
        for parameter in self._of("query"):
            name, schema = parameter["name"], parameter.get("schema")
            if parameter.get("required"):
                rest = {n: v for n, v in self._required_query().items() if n != name}
                yield f"without {name}", self._request(rest, whole_query=True)
            for label, value in (*self.schemas.bounds(schema), *self.schemas.wrong(schema)):
                if label != "not a text":
                    yield f"{name} {label}", self._request({name: value})

    def _bodies(self, media: str, schema: Schema) -> Iterator[Variant]:
        if self.operation.body_required:
            yield "without a body", self._request(bare=True)
        if "json" in media:
            broken = replace(self._request(bare=True), body=b"{", content_type=media)
            yield "with broken JSON", broken
        base = self.schemas.good(schema)
        if not isinstance(base, dict):
            for label, value in self.schemas.wrong(schema):
                yield f"body {label}", self._request({}, (media, value))
            return
        for label, value in self._changed(schema, base):
            yield label, self._request({}, (media, value))

    def _changed(self, schema: Schema, base: dict[str, Json]) -> Iterator[tuple[str, Json]]:
        """The plain body with one thing changed at a time; each member has its turn in each round,
        so that a limit on their number leaves none out."""
        schema = self.schemas.resolved(schema)
        for name in schema.get("required", ()):
            yield f"without {name}", {n: v for n, v in base.items() if n != name}
        for check in (self.schemas.wrong, self.schemas.bounds):
            found = [
                (name, label, value)
                for name, inner in schema.get("properties", {}).items()
                for label, value in check(inner)
            ]
            for name, label, value in _in_turns(found):
                yield f"{name} {label}", {**base, name: value}
        yield "with an unknown member", {**base, "no_such_member": 1}

    def _request(
        self,
        query: Mapping[str, Json] | None = None,
        body: tuple[str, Json] | None = None,
        *,
        path: Mapping[str, str] | None = None,
        whole_query: bool = False,
        bare: bool = False,
    ) -> Request:
        """A request with what is required, and otherwise what is given; `bare`: without a body."""
        given = {} if whole_query else self._required_query()
        request = Request(
            method=self.operation.method,
            path=self._path(path or {}),
            query=tuple(_pairs({**given, **(query or {})})),
            headers=tuple(self._headers()),
        )
        body = body or (None if bare else self._body(full=False))
        return request if body is None else _carrying(request, *body)

    def _path(self, values: Mapping[str, str]) -> str:
        path = self.operation.path
        for parameter in self._of("path"):
            name = parameter["name"]
            value = values.get(name) or _text(self._value(parameter))
            path = path.replace(f"{{{name}}}", quote(value, safe="%"))
        return path

    def _headers(self) -> Iterator[tuple[str, str]]:
        for parameter in self._of("header"):
            if parameter.get("required"):
                yield parameter["name"], _text(self._value(parameter))

    def _required_query(self) -> dict[str, Json]:
        wanted = (p for p in self._of("query") if p.get("required"))
        return {p["name"]: self._value(p) for p in wanted}

    def _full_query(self) -> dict[str, Json]:
        return {p["name"]: self._value(p) for p in self._of("query")}

    def _value(self, parameter: Mapping[str, Any]) -> Json:
        schema = parameter.get("schema", {})
        if "example" in parameter:
            schema = {**schema, "example": parameter["example"]}
        return self.schemas.good(schema, full=True)

    def _body(self, *, full: bool) -> tuple[str, Json] | None:
        if self.operation.body is None:
            return None
        media, schema = self.operation.body
        return media, self.schemas.good(schema, full=full)

    def _of(self, place: str) -> list[Mapping[str, Any]]:
        return [p for p in self.operation.parameters if p.get("in") == place and "name" in p]


def _operation(
    schemas: Schemas, method: str, path: str, item: Schema, operation: Schema
) -> Operation:
    listed = [*item.get("parameters", ()), *operation.get("parameters", ())]
    by_place = {(p.get("in"), p.get("name")): p for p in map(schemas.resolved, listed)}
    body = schemas.resolved(operation.get("requestBody"))
    parameters = tuple(by_place.values())
    return Operation(method, path, parameters, _media(body), bool(body.get("required")), schemas)


def _converted(kind: str) -> Schema:
    """What Starlette's convertors take."""
    known = {"int": {"type": "integer"}, "float": {"type": "number"}}
    return known.get(kind, {"type": "string", **({"format": kind} if kind == "uuid" else {})})


def _media(body: Schema) -> tuple[str, Schema] | None:
    """The media type that is easiest to make, and its schema."""
    content = body.get("content", {})
    for wanted in ("json", "x-www-form-urlencoded", "multipart/form-data", ""):
        for media, described in content.items():
            if wanted in media:
                return media, described.get("schema", {})
    return None


def _carrying(request: Request, media: str, value: Json) -> Request:
    if "json" in media:
        made = carrying(request, JsonBody(value))
        return replace(made, content_type=media)
    if "x-www-form-urlencoded" in media:
        return carrying(request, FormBody(tuple(_pairs(value if isinstance(value, dict) else {}))))
    if media.startswith("multipart/"):
        body = _multipart(value if isinstance(value, dict) else {})
        return replace(request, body=body, content_type=f"{media}; boundary={BOUNDARY}")
    return replace(carrying(request, TextBody(_text(value))), content_type=media)


def _multipart(fields: Mapping[str, Json]) -> bytes:
    """Each text as a field and as a file at once would be ambiguous: what looks like content
    (`file`, `upload`) is sent as a file."""
    parts = []
    for name, value in fields.items():
        file = '; filename="a.txt"\r\ncontent-type: text/plain' if _is_file(name) else ""
        head = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts.append(f"{head}{_text(value)}\r\n")
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def _is_file(name: str) -> bool:
    return any(word in name.lower() for word in ("file", "upload", "image", "avatar", "attachment"))


def _pairs(values: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, _text(one)


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else write(value)


def _unknown(schema: Schema) -> str:
    if schema.get("format") == "uuid":
        return "99999999-9999-4999-8999-999999999999"
    return "no-such-thing"


def _in_turns(
    triples: list[tuple[str, str, Json]],
) -> Iterator[tuple[str, str, Json]]:
    """One of each name, then a second one of each, and so on."""
    by_name: dict[str, list[tuple[str, str, Json]]] = {}
    for triple in triples:
        by_name.setdefault(triple[0], []).append(triple)
    for round_ in range(max(map(len, by_name.values()), default=0)):
        yield from (found[round_] for found in by_name.values() if len(found) > round_)

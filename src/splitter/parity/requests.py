"""The request of a case: as the file gives it, and as it goes to one side."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

from splitter.model.parity import ABSENT, Request
from splitter.parity.bodies import Body, FormBody, JsonBody, TextBody
from splitter.parity.nodes import Entry
from splitter.parity.templates import Values, filled, filled_path, names_in

REQUEST = ("method", "path", "query", "headers", "json", "form", "text", "base64")
BODIES = ("json", "form", "text", "base64")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def request_of(entry: Entry, defaults: Mapping[str, Entry]) -> Request:
    """The request that a case describes, with what the file's defaults add to it."""
    members = entry.members("request", REQUEST)
    given = [key for key in BODIES if key in members]
    if len(given) > 1:
        raise members[given[1]].error(f"a request has one body, not {' and '.join(given)}")
    request = Request(
        method=_method({**defaults, **members}.get("method")),
        path=_path(entry, members.get("path")),
        query=tuple(_query(defaults.get("query"), members.get("query"))),
        headers=tuple(_headers(defaults.get("headers"), members.get("headers"))),
    )
    return with_body(request, given[0], members[given[0]]) if given else request


def with_body(request: Request, key: str, entry: Entry) -> Request:
    """The request with the body that stands under one of `BODIES`."""
    if key == "base64":
        return replace(request, body=_decoded(entry))
    return carrying(request, _body(key, entry))


def carrying(request: Request, body: Body) -> Request:
    """The request with a body; one that needs no value is encoded once and for all."""
    request = replace(request, content_type=body.content_type)
    if body.names():
        return replace(request, template=body)
    return replace(request, body=body.encode({}))


def variables_of(request: Request) -> list[str]:
    """The names that the request needs values for."""
    texts = [request.path, *(text for pair in (*request.query, *request.headers) for text in pair)]
    names = [name for text in texts for name in names_in(text)]
    body = request.template
    return names + (body.names() if isinstance(body, Body) else [])


def sent(request: Request, values: Values, base_url: str) -> Request:
    """What goes to one side: all filled in, query and body encoded, below its base URL's path.

    MissingError where a value is not there. A path that is this side's own URL is one of its paths.
    """
    path = filled_path(request.path, values)
    own = base_url.rstrip("/")
    path = path[len(own) :] if path.startswith((f"{own}/", f"{own}?")) else path
    pairs = [(filled(k, values), filled(v, values)) for k, v in request.query]
    body = request.template
    return replace(
        request,
        path=_target(path, pairs),
        query=(),
        headers=tuple(_sent_headers(request, values)),
        body=body.encode(values) if isinstance(body, Body) else request.body,
        template=ABSENT,
    )


def _sent_headers(request: Request, values: Values) -> Iterator[tuple[str, str]]:
    names = {name.lower() for name, _ in request.headers}
    if request.content_type and "content-type" not in names:
        yield "content-type", request.content_type
    for name, value in request.headers:
        yield name, filled(value, values)


def _target(path: str, pairs: list[tuple[str, str]]) -> str:
    """Path and query; what is written is kept, and only what cannot be sent is encoded."""
    target = quote(path.partition("#")[0], safe=_SENT_AS_IT_IS, errors="surrogatepass")
    query = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs)
    if not query:
        return target
    joint = "?" if "?" not in target else "" if target.endswith(("?", "&")) else "&"
    return target + joint + query


_SENT_AS_IT_IS = "".join(map(chr, range(0x21, 0x7F)))


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _method(entry: Entry | None) -> str:
    if entry is None:
        return "GET"
    method = entry.text("method")
    if not TOKEN.fullmatch(method):
        raise entry.error(f"{method!r} is no method")
    return method.upper()


def _path(request: Entry, entry: Entry | None) -> str:
    if entry is None:
        raise request.error("its request has no path", "path: /...")
    path = entry.text("path")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", path):
        raise entry.error(
            f"{path!r} is a URL; a path is wanted", "the base URLs are options of the command"
        )
    return path


def _query(defaults: Entry | None, own: Entry | None) -> Iterator[tuple[str, str]]:
    """Mappings are merged by name, lists under one name joined."""
    merged = defaults.members("query") if defaults else {}
    for name, entry in {**merged, **(own.members("query") if own else {})}.items():
        values = entry.texts(f"query {name}")
        default = merged.get(name)
        if default is not None and default is not entry and default.is_list and entry.is_list:
            values = default.texts(f"query {name}") + values
        for value in values:
            yield name, value


def _headers(defaults: Entry | None, own: Entry | None) -> Iterator[tuple[str, str]]:
    """Merged by name without case; a header that a case sets to null is not sent."""
    merged: dict[str, tuple[str, Entry]] = {}
    for entry in (defaults, own):
        for name, value in (entry.members("headers") if entry else {}).items():
            if not TOKEN.fullmatch(name):
                raise value.error(f"{name!r} cannot be the name of a header")
            merged[name.lower()] = name, value
    for name, value in merged.values():
        for text in () if value.is_null else value.texts(f"header {name}"):
            if re.search("[\x00\r\n]", text):
                raise value.error(f"the header {name} has a line break")
            yield name, text


def _body(key: str, entry: Entry) -> Body:
    if key == "json":
        return JsonBody(entry.json())
    if key == "text":
        return TextBody(entry.text("text"))
    fields = entry.members("form").items()
    return FormBody(
        tuple((name, text) for name, value in fields for text in value.texts(f"form {name}"))
    )


def _decoded(entry: Entry) -> bytes:
    text = "".join(entry.text("base64").split())
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise entry.error("its body is no base64") from None

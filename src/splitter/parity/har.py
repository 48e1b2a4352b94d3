"""HAR 1.2 files: what a browser, or a proxy, saw of one client."""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from splitter.errors import ConfigurationError
from splitter.model.parity import Observation
from splitter.parity.provenance import Exchange, Replay, SetAside, replay_of

BOUNDARY = "splitter-part"
_DECODED = ("content-encoding", "content-length", "transfer-encoding")


def session_of(data: bytes, *, path: str) -> Replay:
    """The requests of the file to one host, as one session: the host with most answers of JSON.

    ConfigurationError says which entry is wrong. What went elsewhere is set aside.
    """
    entries = _entries(data, path)
    host = _host(entries)
    exchanges: list[Exchange] = []
    others: Counter[str] = Counter()
    for number, entry in enumerate(entries):
        try:
            if _origin(entry) == host:
                exchanges.append(_exchange(entry))
            else:
                others[_origin(entry) or "no host"] += 1
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise ConfigurationError(
                f"log.entries[{number}] is not as HAR 1.2 has it: {type(error).__name__}: {error}",
                where=path,
            ) from None
    replay = replay_of(exchanges, name=path.rpartition("/")[2], source=path)
    elsewhere = [
        SetAside(f"{count} request{'s' * (count > 1)} to {other}", f"the file is about {host}")
        for other, count in others.most_common()
    ]
    return Replay(replay.cases, (*replay.aside, *elsewhere))


def _entries(data: bytes, path: str) -> list[Mapping[str, Any]]:
    try:
        entries = json.loads(data.decode("utf-8-sig"))["log"]["entries"]
    except json.JSONDecodeError as error:
        raise ConfigurationError(
            f"this is not JSON: {error.msg}", where=f"{path}:{error.lineno}:{error.colno}"
        ) from None
    except (LookupError, TypeError, UnicodeDecodeError):
        raise ConfigurationError("this is no HAR file: it has no log.entries", where=path) from None
    if not isinstance(entries, list) or not entries:
        raise ConfigurationError("the HAR file has no entries", where=path)
    return entries


def _host(entries: list[Mapping[str, Any]]) -> str:
    answers: Counter[str] = Counter()
    for entry in entries:
        response = entry.get("response") if isinstance(entry, dict) else None
        content = response.get("content") if isinstance(response, dict) else None
        kind = str(content.get("mimeType", "")) if isinstance(content, dict) else ""
        answers[_origin(entry)] += 1000 if "json" in kind else 1
    answers.pop("", None)
    return answers.most_common(1)[0][0] if answers else ""


def _origin(entry: Any) -> str:
    try:
        parts = urlsplit(str(entry["request"]["url"]))
    except (LookupError, TypeError, ValueError):
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    parts = urlsplit(str(request["url"]))
    body, kind, hindrance = _body(request)
    headers = dict(_headers(request))
    headers.pop("host", None)
    headers.pop("content-length", None)
    cookies = request.get("cookies") or ()
    if cookies and "cookie" not in headers:
        headers["cookie"] = "; ".join(f"{c['name']}={c['value']}" for c in cookies)
    if kind:
        headers["content-type"] = kind
    status = int(response.get("status") or 0)
    if status < 100:
        hindrance = "it got no answer"
    return Exchange(
        method=str(request["method"]).upper(),
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        headers=tuple(headers.items()),
        body=body,
        answer=Observation(status, tuple(_answered(response)), _content(response), 0),
        hindrance="it became a WebSocket" if status == 101 else hindrance,
    )


def _headers(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """HTTP/2 names the request's line in pseudo-headers; those are no headers to send."""
    for header in message.get("headers") or ():
        name = str(header["name"]).lower()
        if not name.startswith(":"):
            yield name, str(header["value"])


def _answered(response: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in _headers(response):
        if name == "set-cookie":  # browsers join several by line breaks
            yield from ((name, line) for line in value.split("\n"))
        elif name not in _DECODED:
            yield name, value


def _content(response: Mapping[str, Any]) -> bytes:
    content = response.get("content") or {}
    text = content.get("text") or ""
    if content.get("encoding") == "base64":
        return _bytes(text)
    return str(text).encode("utf-8", "surrogatepass")


def _body(request: Mapping[str, Any]) -> tuple[bytes, str, str]:
    """The body, its content type where the headers do not fit it, and what is missing of it."""
    posted = request.get("postData")
    posted = posted if isinstance(posted, Mapping) else {}
    kind, params = str(posted.get("mimeType") or ""), posted.get("params") or []
    text = posted.get("text")
    if text:
        if "base64" in (posted.get("encoding"), posted.get("_encoding")):
            return _bytes(str(text)), "", ""
        return str(text).encode("utf-8", "surrogatepass"), "", ""
    if not params:
        missing = int(request.get("bodySize") or 0) > 0
        return b"", "", "its body is not in the file" if missing else ""
    if "multipart/" not in kind:
        pairs = [(str(p["name"]), str(p.get("value") or "")) for p in params]
        return urlencode(pairs).encode(), "", ""
    if any(p.get("fileName") and p.get("value") is None for p in params):
        return b"", "", "the content of a file that it sent is not in the file"
    return _multipart(params), f"multipart/form-data; boundary={BOUNDARY}", ""


def _multipart(params: list[Mapping[str, Any]]) -> bytes:
    parts = []
    for param in params:
        name = str(param["name"]).replace('"', "%22")
        file = f'; filename="{param["fileName"]}"' if param.get("fileName") else ""
        kind = f"\r\ncontent-type: {param['contentType']}" if param.get("contentType") else ""
        head = f'content-disposition: form-data; name="{name}"{file}{kind}'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n{param.get('value') or ''}\r\n")
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode("utf-8", "surrogatepass")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error as error:
        raise ValueError(f"no base64: {error}") from None

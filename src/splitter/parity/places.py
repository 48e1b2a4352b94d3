"""Where in a request or an answer single values stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from splitter.model.jsontext import Json, JsonError, Numeral, read
from splitter.parity.structure import segment

LEAVES = 20_000
"""Values of an answer that are looked at."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value at `start:end` of a text; `key` is the name that it has there."""

    start: int
    end: int
    key: str
    value: str | int
    spelled: str
    before: str = ""
    """The part of a path before the value."""


def in_path(path: str, route: str) -> Iterator[Place]:
    """The segments of a path, and the values of its query. `route` tells the parameters' names."""
    plain = path.partition("?")[0]
    names = route.split("/")
    at = 0
    segments = plain.split("/")
    for number, text in enumerate(segments):
        same = len(names) == len(segments)
        name = names[number] if same else ""
        key = name[1:-1].partition(":")[0] if name.startswith("{") else ""
        is_open = bool(key) or not same
        if text and is_open:
            before = segments[number - 1] if number else ""
            yield Place(at, at + len(text), key, unquote(text), "path", before)
        at += len(text) + 1
    if "?" in path:
        yield from in_fields(path, len(plain) + 1)


def in_fields(text: str, start: int = 0) -> Iterator[Place]:
    """The values of a query or of a form."""
    for field in re.finditer(r"([^&=]*)=([^&]*)", text[start:]):
        value = unquote_plus(field[2])
        if value:
            at = start + field.start(2)
            yield Place(at, at + len(field[2]), unquote_plus(field[1]), value, "form")


def in_multipart(text: str) -> Iterator[Place]:
    """The plain fields of a multipart form, its bytes read as Latin-1."""
    pattern = r'form-data; name="([^"]*)"\r\n(?:content-type:[^\r]*\r\n)?\r\n([^\r\n]{1,500})\r\n--'
    for field in re.finditer(pattern, text, re.I):
        yield Place(field.start(2), field.end(2), field[1], field[2], "text")


def in_json(text: str) -> Iterator[Place]:
    """Strings and integers of a JSON text; those in an array have the array's key."""
    keys: list[str] = [""]
    objects: list[bool] = []
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            objects.append(sign == "{")
            keys.append(keys[-1])
        elif sign in "}]":
            if objects:
                objects.pop()
                keys.pop()
        elif sign[0] == '"' and objects and objects[-1] and _COLON.match(text, token.end()):
            keys[-1] = _string(sign)
        elif sign[0] == '"':
            yield Place(token.start(), token.end(), keys[-1], _string(sign), "json")
        elif re.fullmatch(r"-?\d{1,300}", sign):
            yield Place(token.start(), token.end(), keys[-1], int(sign), "json")


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|-?\d[\d.eE+-]*')
_COLON = re.compile(r"\s*:")


def leaves(document: Json) -> Iterator[tuple[str, str, str | int]]:
    """JSONPath, key and value of the strings and integers in an answer."""
    rest: list[tuple[str, str, Json]] = [("$", "", document)]
    count = 0
    while rest and count < LEAVES:
        path, key, value = rest.pop()
        if isinstance(value, dict):
            rest += [(path + segment(n), n, v) for n, v in reversed(value.items())]
        elif type(value) is list:
            rest += [(path + segment(n), key, v) for n, v in reversed(list(enumerate(value)))]
        elif isinstance(value, str | int) and not isinstance(value, bool | Numeral):
            count += 1
            yield path, key, value


def _string(text: str) -> str:
    try:
        value = read(text)
    except JsonError:
        return text[1:-1]
    return value if isinstance(value, str) else text[1:-1]

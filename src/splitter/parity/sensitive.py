"""Names that say of a value that it is secret, and JSON without such values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from urllib.parse import parse_qsl

from splitter.model.jsontext import JsonError, read

HIDDEN = "[hidden]"
WORDS = frozenset(
    {
        *("password", "passwd", "passwort", "pwd", "pass", "passphrase", "passcode", "pin", "otp"),
        *("secret", "token", "jwt", "cvv", "apikey", "api_key", "private_key", "secret_key"),
        "access_key",
    }
)
_PASSED_OVER = frozenset(
    ("hash", "hashed", "confirm", "confirmation", "confirmed", "again", "repeat", "value")
)
CREDENTIALS = ("authorization", "proxy-authorization", "cookie")
"""Headers whose values are looked into, not only hidden."""


@lru_cache(4096)
def is_sensitive(name: str) -> bool:
    """Whether what has that name is secret: `newPassword`, `x-api-key`, `password_hash`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    words = [word.strip("0123456789") for word in re.split(r"[\W_]+", spaced)]
    words = [word for word in words if word and word not in _PASSED_OVER]
    return bool(words) and (words[-1] in WORDS or "_".join(words[-2:]) in WORDS)


def may_hold_secrets(data: bytes) -> bool:
    """Whether it is worth looking into a body. No name that is spelled plainly is missed."""
    small = data.lower()
    return any(hint in small for hint in _HINTS)


_HINTS = (b"pass", b"pwd", b"secret", b"token", b"key", b"otp", b"pin", b"cvv", b"jwt")


def veiled(text: str, words: Collection[str] = ()) -> str:
    """Compact JSON without the values of sensitive members, and without texts that are one of
    `words` as a whole."""

    def without(found: re.Match[str]) -> str:
        key, value = found[1], found[2]
        if value is None:
            return f'"{HIDDEN}"' if key[1:-1] in words and not found[3] else found[0]
        hidden = is_sensitive(key[1:-1]) and value != '""'
        return f'{key}:"{HIDDEN}"' if hidden or value[1:-1] in words else found[0]

    return _STRINGS.sub(without, text)


_STRING = r'"(?:[^"\\]|\\.)*"'
_STRINGS = re.compile(rf"({_STRING})(?::({_STRING}|-?\d[\d.eE+-]*)|(:))?", re.DOTALL)


def fields(body: bytes, content_type: str) -> Iterator[tuple[str, str]]:
    """Names and values, as texts, of the scalar members of a JSON body, the fields of a form and
    the parts of a multipart body."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        yield from parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    elif kind.startswith("multipart/"):
        for head, content in parts(body, content_type):
            yield name_of_part(head), content.removesuffix(b"\r\n").decode("utf-8", "replace")
    else:
        try:
            rest: list[object] = [read(body.decode())]
        except (JsonError, UnicodeDecodeError, RecursionError):
            return
        yield from _members(rest)


def _members(rest: list[object]) -> Iterator[tuple[str, str]]:
    while rest:
        item = rest.pop()
        if isinstance(item, list):
            rest += item
        elif isinstance(item, dict):
            rest += item.values()
            yield from (
                (k, str(v)) for k, v in item.items() if not isinstance(v, dict | list | bool)
            )


def parts(body: bytes, content_type: str) -> list[tuple[bytes, bytes]]:
    """Head and content of each part of a multipart body."""
    boundary = boundary_of(content_type)
    pieces = body.split(b"--" + boundary)[1:-1] if boundary else []
    return [(head, content) for head, _, content in (p.partition(b"\r\n\r\n") for p in pieces)]


def boundary_of(content_type: str) -> bytes:
    found = re.search(r'boundary="?([^";]+)"?', content_type, re.IGNORECASE)
    return found[1].encode("latin-1", "replace") if found else b""


def name_of_part(head: bytes) -> str:
    found = re.search(rb'[; ]name="([^"]*)"', head)
    return found[1].decode("utf-8", "replace") if found else ""

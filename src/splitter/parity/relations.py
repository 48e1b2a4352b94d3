"""Whether two places are likely to mean the same thing, by their names and the value itself."""

from __future__ import annotations

import re

from splitter.model.parity import SAFE_METHODS

UUID = r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"
_UUID = re.compile(UUID, re.I)
_MADE_ANEW = re.compile(r"(^|_)(token|jwt|csrf|nonce)$", re.I)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")
_IDENTIFIERS = {"id", "uuid", "guid", "pk", "ids", "uid", "key"}


def is_safe(method: str) -> bool:
    """Whether a method changes nothing (RFC 9110)."""
    return method in SAFE_METHODS or method == "TRACE"


def is_made_anew(key: str) -> bool:
    """Whether a value of that name is never the same twice."""
    return _MADE_ANEW.search(key) is not None


def strength(value: str | int) -> bool:
    """Whether a value is one that is not met twice by chance: tokens, UUIDs, long numbers."""
    if isinstance(value, int):
        return abs(value) >= 10**9
    if len(value) < 8 or _DATE.fullmatch(value) or re.search(r"\s", value):
        return False
    if _UUID.fullmatch(value) or len(value) >= 20:
        return True
    return bool(re.search(r"\d", value) and re.search(r"[^\W\d]", value))


def related(key: str, other: str) -> bool:
    """Whether the name of a place in a request fits that of one in an answer."""
    one, two = _words(key), _words(other)
    if not one or not two:
        return False
    if one == two:
        return True
    last, source = one[-1], two[-1]
    if last in _IDENTIFIERS and source in _IDENTIFIERS:
        return len(two) == 1 or len(one) == 1 or one[-2:] == two[-2:]
    return len(two) == 1 and source == last


def identifies(key: str) -> bool:
    """Whether a name is that of something which stands for a thing, such as `id` or `ownerId`."""
    return any(word in _IDENTIFIERS for word in _words(key)[-1:])


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [word for word in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if word]

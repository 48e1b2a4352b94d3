"""Values that each side makes anew for every answer: the time of day, random ids and keys."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

SECONDS = 5
"""Two clock readings of one case are at most so far apart."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.I)
_BARE_UUID4 = re.compile(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}", re.I)
_SECRET = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w+/-]{40,}={0,2}", re.ASCII)
_KEYS = (
    re.compile(r"(ssh-\w+|ecdsa-[\w-]+) [A-Za-z0-9+/]{40,}={0,2}( .*)?"),
    re.compile(r"-----BEGIN ([A-Z ]+)-----\s[A-Za-z0-9+/=\s]+-----END \1-----(\s*)"),
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?")


def both_generated(a: str, b: str) -> bool:
    """Two random UUIDs, keys of one kind, long random texts of one length, or date-times of one
    spelling that are a few seconds apart."""
    if any(kind.fullmatch(a) and kind.fullmatch(b) for kind in (_UUID4, _BARE_UUID4)):
        return True
    if len(a) == len(b) and _SECRET.fullmatch(a) and _SECRET.fullmatch(b):
        return True
    for kind in _KEYS:
        found, other = kind.fullmatch(a), kind.fullmatch(b)
        if found and other:
            return found.groups() == other.groups()
    moments = [moment_of(text) for text in (a, b)]
    if moments[0] is None or moments[1] is None or spelling_of(a) != spelling_of(b):
        return False
    return abs((moments[0] - moments[1]).total_seconds()) <= SECONDS


def tells_time(value: object) -> bool:
    """Whether a value looks like a time of day: a date-time, a clock, or seconds since 1970."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return any(_NOW[0] < value / unit < _NOW[1] for unit in (1, 1000, 1_000_000, 10**9))
    return isinstance(value, str) and (
        bool(_TIME.search(value))
        or (value.isdigit() and len(value) < 20 and tells_time(int(value)))
    )


def moment_of(text: str) -> datetime | None:
    """The moment that a date-time of ISO 8601 names, in UTC if it names no zone."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def spelling_of(text: str) -> str:
    """How the text of a date-time separates date and time, and how it names its zone."""
    return text[10] + re.sub(r"^.{19}([.,]\d+)?", "", text)


_NOW = (1_500_000_000, 4_000_000_000)
_TIME = re.compile(r"\d\d:?\d\d:?\d\d")

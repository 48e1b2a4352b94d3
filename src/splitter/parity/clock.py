"""Values that each side makes anew for every answer: the time of day and random ids."""

from __future__ import annotations

import re
from datetime import UTC, datetime

SECONDS = 5
"""Two clock readings of one case are at most so far apart."""

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.I)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?")


def both_generated(a: str, b: str) -> bool:
    """Two random UUIDs, or two date-times of one spelling that are a few seconds apart."""
    if _UUID4.fullmatch(a) and _UUID4.fullmatch(b):
        return True
    moments = [_moment(text) for text in (a, b)]
    if moments[0] is None or moments[1] is None or _zone(a) != _zone(b):
        return False
    return abs((moments[0] - moments[1]).total_seconds()) <= SECONDS


def _moment(text: str) -> datetime | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _zone(text: str) -> tuple[str, str]:
    """How the text separates date and time, and how it names its zone."""
    return text[10], re.sub(r"^.{19}([.,]\d+)?", "", text)

"""Kinds of values that a side makes anew: what varies must still be of the kind that was seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from splitter.parity.clock import SECONDS, moment_of, spelling_of, tells_time
from splitter.parity.marks import sort_of


class Kind(StrEnum):
    """What the values at a place have in common though they vary."""

    TIMESTAMP = "timestamp"
    UUID = "uuid"
    NUMBER = "growing number"
    OPAQUE = "opaque"


def kind_of(values: Sequence[object]) -> Kind:
    """The narrowest kind that all the values are of; those that are null say nothing."""
    given = [value for value in values if value is not None]
    if given and "" not in (spellings := {_uuid(value) for value in given}) and len(spellings) == 1:
        return Kind.UUID
    if given and all(_moment(value) is not None for value in given):
        return Kind.TIMESTAMP
    if given and all(sort_of(value) == "number" for value in given):
        return Kind.NUMBER
    return Kind.OPAQUE


def fits(kind: Kind, seen: Sequence[object], value: object) -> bool:
    """Whether a value is of the kind, and like those that were seen at its place.

    A timestamp is spelled as they are and as near to them as they are to one another; a UUID has
    their form; of a number they tell the sign and whether it has a fraction; of any other text
    about how long it is.
    """
    if value is None or sort_of(value) not in {sort_of(one) for one in seen}:
        return any(sort_of(one) == sort_of(value) for one in seen)
    like = [one for one in seen if sort_of(one) == sort_of(value)]
    if kind is Kind.TIMESTAMP:
        return _is_near(like, value)
    if kind is Kind.UUID:
        return _uuid(value) in {_uuid(one) for one in like}
    if kind is Kind.NUMBER:
        return _is_such_a_number(like, value)
    return not isinstance(value, str) or _is_about_as_long(like, value)


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_BARE = re.compile(r"[0-9a-f]{32}", re.I)


def _uuid(value: object) -> str:
    """How it is spelled, if it is a UUID: with its version, or bare, where any digits will do."""
    if not isinstance(value, str):
        return ""
    found = _UUID.fullmatch(value)
    return found[1] if found else "bare" if _BARE.fullmatch(value) else ""


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        return moment_of(value)
    return _since_1970(value) if tells_time(value) else None


def _since_1970(value: object) -> datetime | None:
    assert isinstance(value, int | Decimal)
    unit = next(unit for unit in (1, 10**3, 10**6, 10**9) if value / unit < 10**10)
    return datetime(1970, 1, 1, tzinfo=_ZONE) + timedelta(seconds=float(value / unit))


_ZONE = datetime.fromisoformat("1970-01-01T00:00:00+00:00").tzinfo


def _is_near(seen: Sequence[object], value: object) -> bool:
    moment = _moment(value)
    moments = [found for one in seen if (found := _moment(one)) is not None]
    if moment is None or not moments:
        return False
    spellings = {spelling_of(one) if isinstance(one, str) else "" for one in seen}
    if (spelling_of(value) if isinstance(value, str) else "") not in spellings:
        return False
    slack = max(moments) - min(moments) + timedelta(seconds=SECONDS)
    return min(moments) - slack <= moment <= max(moments) + slack


def _is_such_a_number(seen: Sequence[object], value: object) -> bool:
    if not isinstance(value, int | Decimal):
        return True  # too large to compute with
    numbers = [one for one in seen if isinstance(one, int | Decimal)]
    if all(isinstance(one, int) for one in numbers) and not isinstance(value, int):
        return False
    return value > 0 or any(one <= 0 for one in numbers)


def _is_about_as_long(seen: Sequence[object], text: str) -> bool:
    lengths = [len(one) for one in seen if isinstance(one, str)]
    slack = max(lengths) - min(lengths) + 2 + max(lengths) // 5
    within = min(lengths) - slack <= len(text) <= max(lengths) + slack
    return within and (bool(text) or not min(lengths))

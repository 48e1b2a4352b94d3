"""Keeps the list of accepted differences while verdicts pass: what fits, and what never did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from splitter.model.acceptance import Acceptance, Stale
from splitter.model.parity import Accepted, Case, Difference, Outcome, Verdict
from splitter.model.shards import Use
from splitter.parity.queries import QueryError, locations

if TYPE_CHECKING:
    from splitter.model.jsontext import Json
    from splitter.parity.queries import Key


class Ledger:
    """`partial`: not all cases are put, so that an entry that is not used may still be needed."""

    def __init__(
        self, acceptances: Iterable[Acceptance] = (), *, today: date, partial: bool = False
    ) -> None:
        self._entries = tuple(acceptances)
        self._today = today
        self._partial = partial
        self._used: set[int] = set()

    def settled(self, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
        """The verdicts, with what is accepted taken from their differences."""
        return (self._settled(verdict) for verdict in verdicts)

    def stale(self) -> tuple[Stale, ...]:
        """The entries that have to go, in their order, as far as the verdicts have come."""
        return tuple(
            Stale(entry.source, entry.line, what)
            for place, entry in enumerate(self._entries)
            if (what := self._fault(place, entry))
        )

    def uses(self) -> tuple[Use, ...]:
        """Every entry, in their order, and whether a difference fell under it so far."""
        return tuple(Use(entry, place in self._used) for place, entry in enumerate(self._entries))

    def _settled(self, verdict: Verdict) -> Verdict:
        if not self._entries or not verdict.differences:
            return verdict
        fitting = [p for p, e in enumerate(self._entries) if _is_about(e, verdict.case)]
        left: list[Difference] = []
        accepted: list[Accepted] = []
        for difference in verdict.differences:
            by = [place for place in fitting if _covers(self._entries[place], difference)]
            self._used.update(by)
            current = [self._entries[p] for p in by if not self._is_over(self._entries[p])]
            if current:
                accepted.append(Accepted(difference, current[0]))
            else:
                left.append(difference)
        settled = replace(verdict, differences=tuple(left), accepted=tuple(accepted))
        if left or verdict.outcome is not Outcome.MISMATCH:
            return settled
        return replace(settled, outcome=Outcome.MATCH, asked=None)

    def _is_over(self, entry: Acceptance) -> bool:
        return entry.expires < self._today

    def _fault(self, place: int, entry: Acceptance) -> str:
        if place not in self._used and not self._partial:
            return unused(entry).what
        if self._is_over(entry):
            told = f"{entry.reason} ({entry.ticket})"
            return f"accepted until {entry.expires.isoformat()} only: {told}"
        return ""


def unused(entry: Acceptance) -> Stale:
    """What is said of an entry that no difference fell under."""
    what = f"no difference falls under this any more: {entry.reason} ({entry.ticket})"
    return Stale(entry.source, entry.line, what)


def _is_about(entry: Acceptance, case: Case) -> bool:
    path = case.request.path.partition("?")[0]
    return (
        _fits(entry.case, case.name)
        and entry.method in ("", case.request.method)
        and entry.service in ("", case.service)
        and (not entry.route or bool(_route(entry.route).fullmatch(path)))
    )


def _covers(entry: Acceptance, difference: Difference) -> bool:
    """Whether the difference stands at the entry's place, or below it."""
    if entry.kind not in ("", difference.kind):
        return False
    if not entry.path:
        return True
    if entry.path.startswith("$"):
        return difference.kind == "body" and _leads(entry.path, difference.path)
    if difference.kind == "header":
        return _fits(entry.path.lower(), difference.path)
    return difference.kind == "database" and _fits(entry.path, difference.path)


def _fits(wanted: str, text: str) -> bool:
    """Whether the text is the wanted one, in which a star is any text."""
    return not wanted or wanted == text or ("*" in wanted and bool(_glob(wanted).fullmatch(text)))


@cache
def _glob(wanted: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, wanted.split("*"))), re.DOTALL)


@cache
def _route(template: str) -> re.Pattern[str]:
    """What a route's template takes, and cases that fill in a captured value there."""
    parts = re.split(r"({[^{}]*})", template)
    spelled = (
        (r".*" if part.endswith(":path}") else "[^/]+") if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )
    return re.compile("".join(spelled), re.DOTALL)


def _leads(query: str, path: str) -> bool:
    """Whether the query selects the place or what it stands in: it is put to a document that has
    nothing but this place."""
    keys = _keys(path)
    if keys is None:
        return False
    thing: Json = None
    for key in reversed(keys):
        thing = {key: thing} if isinstance(key, str) else [*[None] * key, thing]
    try:
        return any(found == keys[: len(found)] for found in locations(query, thing))
    except QueryError:
        return False


def _keys(path: str) -> Sequence[Key] | None:
    """The members and elements that a difference's path goes through; None where it hides some."""
    if not _WHOLE.fullmatch(path):
        return None
    return tuple(_key(found) for found in _SEGMENT.finditer(path, 1))


_SEGMENT = re.compile(r"\.([^.\[\]'\"]+)|\[(\d{1,6})\]|\['((?:[^'\\]|\\.)*)'\]", re.DOTALL)
_WHOLE = re.compile(rf"\$(?:{_SEGMENT.pattern})*", re.DOTALL)


def _key(found: re.Match[str]) -> Key:
    if found[2]:
        return int(found[2])
    return found[1] if found[1] is not None else _ESCAPE.sub(_plain, found[3])


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_PLAIN = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def _plain(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _PLAIN.get(found[2], found[2])

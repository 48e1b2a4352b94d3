"""What varied with the monolith itself in a run, as rules: which request, place and kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from splitter.model.jsontext import write
from splitter.model.parity import ABSENT, Difference, Verdict
from splitter.parity.kinds import kind_of

ORDER = "order"


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """A place whose values vary within a kind; `*` stands for any element, key or id."""

    request: str
    place: str
    kind: str

    def __str__(self) -> str:
        return f"{self.request}  {self.place}: {self.kind}"


def rules_of(verdict: Verdict) -> Iterator[Rule]:
    """The rules that the noise of a case comes to, in the order of its places."""
    request = f"{verdict.case.request.method} {_route(verdict.case.request.path)}"
    by_place: dict[str, list[Difference]] = {}
    for difference in verdict.noise:
        by_place.setdefault(_place(difference), []).append(difference)
    for place, differences in by_place.items():
        if _are_moved(differences):
            yield Rule(request, place.rpartition("[*]")[0], ORDER)
        else:
            values = [v for d in differences for v in (d.monolith, d.service)]
            yield Rule(request, place, kind_of(values))


def _route(path: str) -> str:
    """The path without its query and without ids."""
    segments = path.partition("?")[0].split("/")
    return "/".join("*" if _ID.fullmatch(segment) else segment for segment in segments)


_ID = re.compile(r"\d+|\{\{.*\}\}|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.I)


def _place(difference: Difference) -> str:
    if difference.kind == "database":
        table, bracket, rest = difference.path.partition("[")
        return f"database {table}[*]{rest.rpartition(']')[2]}" if bracket else difference.path
    return f"{difference.kind} {_INDEX.sub('[*]', difference.path)}".strip()


_INDEX = re.compile(r"\[\d+\]")


def _are_moved(differences: Iterable[Difference]) -> bool:
    """Whether the service has the same values at the same places but in another order."""
    entries = [d for d in differences if d.kind == "body" and _INDEX.search(d.path)]
    if len(entries) < 2 or any(ABSENT in (d.monolith, d.service) for d in entries):
        return False
    sides = [Counter(write(v) for v in values) for values in _sides(entries)]
    return sides[0] == sides[1]


def _sides(entries: Iterable[Difference]) -> tuple[list[object], list[object]]:
    pairs = [(d.monolith, d.service) for d in entries]
    return [one for one, _ in pairs], [other for _, other in pairs]

"""What varied with the monolith itself in a run, as rules: which request, place and kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from splitter.errors import ConfigurationError
from splitter.model.jsontext import write
from splitter.model.parity import ABSENT, Difference, Outcome, Verdict
from splitter.parity.kinds import Kind, fits, kind_of

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
    request = _request(verdict)
    by_place: dict[str, list[Difference]] = {}
    for difference in verdict.noise:
        by_place.setdefault(_place(difference), []).append(difference)
    for place, differences in by_place.items():
        if _are_moved(differences):
            yield Rule(request, place.rpartition("[*]")[0], ORDER)
        else:
            values = [v for d in differences for v in (d.monolith, d.service)]
            yield Rule(request, place, kind_of(values))


def read_rules(data: bytes, *, path: str) -> frozenset[Rule]:
    """The rules of a file, one a line as they are told; lines that begin with # are passed over.

    ConfigurationError names the line that is none.
    """
    found = set()
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = _LINE.fullmatch(line.strip())
        if parts is None or parts[3] not in {ORDER, *Kind}:
            raise ConfigurationError(
                f"this is no rule: {line.strip()}",
                where=f"{path}:{number}",
                hint="METHOD /path  body $.place: timestamp, uuid, growing number, order or opaque",
            )
        found.add(Rule(parts[1], parts[2], parts[3]))
    return frozenset(found)


_LINE = re.compile(r"([A-Z]+ /\S*)\s+(\S.*): ([a-z ]+)")


def sifted_by(rules: frozenset[Rule], verdict: Verdict) -> Verdict:
    """The verdict with differences that the rules allow as noise. Of a value that one side alone
    has, or that is not of the rule's kind, the difference stays."""
    if not rules or not verdict.differences:
        return verdict
    by_place: dict[str, list[Difference]] = {}
    for difference in verdict.differences:
        by_place.setdefault(_place(difference), []).append(difference)
    request = _request(verdict)
    allowed = [
        difference
        for place, differences in by_place.items()
        for difference in _allowed(rules, request, place, differences)
    ]
    real = tuple(d for d in verdict.differences if d not in allowed)
    matched = verdict.outcome is Outcome.MISMATCH and not real
    return replace(
        verdict,
        outcome=Outcome.MATCH if matched else verdict.outcome,
        differences=real,
        noise=(*verdict.noise, *allowed),
    )


def _allowed(
    rules: frozenset[Rule], request: str, place: str, differences: list[Difference]
) -> list[Difference]:
    if Rule(request, place.rpartition("[*]")[0], ORDER) in rules and _are_moved(differences):
        return differences
    kinds = [kind for kind in Kind if Rule(request, place, kind) in rules]
    return [d for d in differences if any(_is_of(kind, d) for kind in kinds)]


def _is_of(kind: Kind, difference: Difference) -> bool:
    if ABSENT in (difference.monolith, difference.service):
        return False
    of_that_kind = kind is Kind.OPAQUE or kind_of([difference.monolith]) is kind
    return of_that_kind and fits(kind, [difference.monolith], difference.service)


def _request(verdict: Verdict) -> str:
    return f"{verdict.case.request.method} {_route(verdict.case.request.path)}"


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

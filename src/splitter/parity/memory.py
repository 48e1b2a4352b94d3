"""What the answers of a session brought, and what of it a later request sends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from splitter.model.jsontext import JsonError
from splitter.model.parity import Observation
from splitter.parity.contents import UndecodableError, json_of
from splitter.parity.cookies import set_by
from splitter.parity.places import Place, leaves
from splitter.parity.relations import identifies, is_made_anew, related, strength


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was first met: a case by its number, and how it is captured there.

    `context` is what was asked for, `created` says that the request may have made the value.
    """

    case: int
    query: str
    key: str
    context: str
    created: bool


@dataclass(slots=True)
class Memory:
    """What the answers so far have brought, what the client had said before, and what is lost
    since an answer will not be there."""

    known: dict[str | int, list[Origin]] = field(default_factory=dict)
    said: set[tuple[str | int, str]] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)

    def learn(self, answer: Observation, number: int, *, context: str, created: bool) -> list[str]:
        """Take over what an answer brought; gives the JSONPaths of what is never the same twice."""
        anew = []
        for query, key, value in _told(answer):
            if query.startswith("$") and is_made_anew(key):
                anew.append(query)
            if value != "" and self.said.isdisjoint(_senses(value, key)):
                origins = self.known.setdefault(value, [])
                origins.append(Origin(number, query, key, context, created))
        return anew

    def lose(self, answer: Observation) -> None:
        """What only the answer to a request that is not put again has told."""
        for _, _, value in _told(answer):
            if isinstance(value, str) and strength(value) and value not in self.known:
                self.lost.add(value)

    def lacks(self, values: Iterable[str | int]) -> bool:
        """Whether one of the values is lost."""
        return not self.lost.isdisjoint(values)

    def say(self, place: Place) -> None:
        """A value that the client chose itself."""
        self.said |= _senses(place.value, place.key or "id")

    def origin(self, place: Place) -> Origin | None:
        """Where the value of a place is from; None where it is the client's own."""
        found = self.known.get(place.value, [])
        digits = place.spelled != "json" and re.fullmatch(r"0|-?[1-9]\d{0,17}", str(place.value))
        if not found and digits:
            found = self.known.get(int(place.value), [])
        if strength(place.value) and found:
            return found[0]
        fitting = [(n, origin) for n, origin in enumerate(found) if _fits(place, origin)]
        alone = len({origin.context for _, origin in fitting}) == 1
        scored = [(_score(place, origin, alone), n, origin) for n, origin in fitting]
        best = max(scored, default=(0, 0, None), key=lambda one: one[:2])
        return best[2] if best[0] else None


def _fits(place: Place, origin: Origin) -> bool:
    """Whether the names of both places belong together."""
    if place.spelled in ("header", "cookie"):
        return False
    is_path = place.spelled == "path"
    if not is_path and re.fullmatch(r"-?\d+", str(place.value)) and not identifies(place.key):
        return False
    return related(_key(place), origin.key) or (is_path and related("id", origin.key))


def _score(place: Place, origin: Origin, alone: bool) -> int:
    """How likely two places that fit mean the same thing; 0 where it may well be chance.

    `alone`: nothing else has brought the value under such a name.
    """
    own = re.sub(r"_?ids?$", "", _key(place), flags=re.I)
    subject = place.before if place.spelled == "path" else own
    same = bool(subject) and _stem(subject) in origin.context.lower()
    return 3 if same else 2 if origin.created else 1 if alone else 0


def _key(place: Place) -> str:
    return place.key or ("id" if place.spelled == "path" else "")


def _stem(word: str) -> str:
    return re.sub(r"(ies|y|es|s)$", "", word.lower().replace("-", "_")) or word.lower()


def _senses(value: str | int, key: str) -> set[tuple[str | int, str]]:
    """A value as somebody chose it: a text is the same anywhere, a number under its name only."""
    text = str(value)
    if not re.fullmatch(r"-?\d{1,9}", text):
        return {(text, "")}
    return {(text, "id" if related(key, "id") else key.lower())}


def _told(answer: Observation) -> Iterator[tuple[str, str, str | int]]:
    """What an answer brings: how it is captured, its name, the value."""
    for name, value in answer.headers:
        if name == "set-cookie":
            cookie, held = set_by(value)
            yield f"cookie:{cookie}", cookie, held
        elif name not in _PLAIN:
            yield f"header:{name}", name, value
    try:
        document = json_of(answer) if answer.body else None
    except (JsonError, UndecodableError):
        return
    yield from leaves(document)


_PLAIN = ("content-type", "content-length", "date", "server", "vary", "cache-control", "connection")

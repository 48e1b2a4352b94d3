"""Requests that a client once made become cases: what it had from an answer is captured from it.

A value that an answer brought and that a later request sends is taken from each side's own
answer, if it is one that nobody would choose by chance (a token, a UUID), or if the names of both
places belong together (`id` and `/items/{item_id}`). What the client sent first is its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from splitter.model.jsontext import JsonError
from splitter.model.parity import Case, Observation, Request, Rules
from splitter.parity.bodies import PiecedBody, Slot
from splitter.parity.contents import UndecodableError, json_of
from splitter.parity.cookies import Jar
from splitter.parity.places import Place, in_fields, in_json, in_multipart, in_path, leaves
from splitter.parity.relations import identifies, is_safe, related, strength
from splitter.parity.requests import carrying
from splitter.parity.templates import names_in

NOT_SENT = ("content-length", "transfer-encoding", "connection", "cookie")
_MADE_ANEW = re.compile(r"(^|_)(token|jwt|csrf|nonce)$", re.I)
"""Names of values that are never the same twice."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that a client made, byte for byte, and the answer that it got.

    `path` has the query, `route` the template of the path where it is known. `hindrance` says why
    it cannot be put again.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answer: Observation
    route: str = ""
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A request that is not put again, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A session as it can be put again; the cases run one after the other."""

    cases: tuple[Case, ...]
    aside: tuple[SetAside, ...] = ()


def replay_of(exchanges: Iterable[Exchange], *, name: str, source: str, line: int = 0) -> Replay:
    """The cases of one session, named after it, and what of it cannot be replayed.

    Behind a write that is not put again nothing else is.
    """
    session = _Session(name, source, line)
    stopped = ""
    for number, exchange in enumerate(exchanges, 1):
        label = f"{name} {number}: {exchange.method} {exchange.route or _bare(exchange.path)}"
        reason = stopped or exchange.hindrance or session.lacks(exchange)
        if not reason:
            session.add(label, exchange)
            continue
        session.aside.append(SetAside(label, reason))
        session.lose(exchange)
        if not is_safe(exchange.method):
            stopped = stopped or f"it comes after a write that is not put again: {reason}"
    return session.replay()


@dataclass(frozen=True, slots=True)
class _Origin:
    case: int
    query: str
    key: str
    context: str
    created: bool


@dataclass(slots=True)
class _Session:
    name: str
    source: str
    line: int
    cases: list[Case] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    known: dict[str | int, list[_Origin]] = field(default_factory=dict)
    said: set[tuple[str | int, str]] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    captures: dict[int, dict[str, str]] = field(default_factory=dict)
    secret: dict[int, set[str]] = field(default_factory=dict)
    jar: Jar = field(default_factory=Jar)

    def replay(self) -> Replay:
        cases = [
            replace(
                case,
                capture=self.captures.get(number, {}),
                rules=replace(case.rules, ignore=tuple(sorted(self.secret.get(number, ())))),
            )
            for number, case in enumerate(self.cases)
        ]
        return Replay(tuple(cases), tuple(self.aside))

    def lacks(self, exchange: Exchange) -> str:
        """Why a request cannot be put, seen from what came before it."""
        texts = [exchange.path, *(value for _, value in exchange.headers)]
        if any(names_in(text) for text in texts):
            return "it has double braces in its path or a header"
        places = [*in_path(exchange.path, exchange.route), *self._in_body(exchange)]
        values = {p.value for p in places} | {v.split(" ")[-1] for _, v in exchange.headers}
        return "it needs an answer that is not asked for again" if values & self.lost else ""

    def lose(self, exchange: Exchange) -> None:
        """What only the answer to a request that is not put again has told."""
        for _, _, value in _told(exchange.answer):
            if isinstance(value, str) and strength(value) and value not in self.known:
                self.lost.add(value)

    def add(self, label: str, exchange: Exchange) -> None:
        path = self._filled(exchange.path, in_path(exchange.path, exchange.route))
        request = Request(exchange.method, path, headers=tuple(self._headers(exchange)))
        request = self._with_cookies(request, exchange)
        pieces = self._pieces(exchange)
        if any(isinstance(piece, Slot) for piece in pieces):
            request = carrying(request, PiecedBody(pieces))
        elif exchange.body:
            request = replace(request, body=exchange.body)
        case = Case(
            name=label,
            request=request,
            source=self.source,
            after=self.cases[-1].name if self.cases else "",
            rules=Rules(generated=True),
            line=self.line,
            session=self.name,
            recorded=exchange.answer.status,
        )
        self.cases.append(case)
        self._learn(exchange, len(self.cases) - 1)

    def _headers(self, exchange: Exchange) -> Iterator[tuple[str, str]]:
        for name, value in exchange.headers:
            if name in NOT_SENT or name.startswith(":"):
                continue
            scheme, space, rest = value.partition(" ")
            start = len(scheme) + 1 if space and " " not in rest else 0
            place = Place(start, len(value), name, value[start:], "header")
            yield name, self._filled(value, [place])

    def _with_cookies(self, request: Request, exchange: Exchange) -> Request:
        """Cookies are left to the session's own jar where that has just those; else they are
        spelled out, and those that an answer set are captured."""
        given = [v for n, v in exchange.headers if n == "cookie"]
        sent = _pairs("; ".join(given))
        jar = _pairs(self.jar.header(exchange.path, now=_NOW))
        if jar == sent or (not jar and not any(value in self.known for value in sent.values())):
            extra = "; ".join(given) if not jar and sent else ""
            headers = (*request.headers, ("cookie", extra)) if extra else request.headers
            return replace(request, headers=headers)
        pairs = []
        for name, value in sent.items():
            place = Place(0, len(value), name, value, "cookie")
            pairs.append(f"{name}={self._filled(value, [place])}")
        cookie = (("cookie", "; ".join(pairs)),) if pairs else ()
        return replace(request, headers=(*request.headers, *cookie), cookies=False)

    def _in_body(self, exchange: Exchange) -> list[Place]:
        kind = next((v for n, v in exchange.headers if n == "content-type"), "").lower()
        if "multipart/" in kind:
            return list(in_multipart(exchange.body.decode("latin-1")))
        try:
            text = exchange.body.decode("ascii" if "form" in kind else "utf-8")
        except UnicodeDecodeError:
            return []
        if "form" in kind:
            return list(in_fields(text))
        return list(in_json(text)) if "json" in kind else []

    def _pieces(self, exchange: Exchange) -> tuple[bytes | Slot, ...]:
        places = self._in_body(exchange)
        multipart = any(place.spelled == "text" for place in places)
        encoding = "latin-1" if multipart else "utf-8"
        if not places:
            return (exchange.body,)
        text, at = exchange.body.decode(encoding), 0
        pieces: list[bytes | Slot] = []
        for place in places:
            name = self._source(place)
            if name:
                pieces += [text[at : place.start].encode(encoding), Slot(name, place.spelled)]
                at = place.end
        return (*pieces, text[at:].encode(encoding))

    def _filled(self, text: str, places: Iterable[Place]) -> str:
        at, parts = 0, []
        for place in places:
            name = self._source(place)
            if name:
                parts += [text[at : place.start], f"{{{{ {name} }}}}"]
                at = place.end
        return "".join([*parts, text[at:]])

    def _source(self, place: Place) -> str:
        """The name of the capture that a place is filled from; empty for the client's own."""
        origin = self._origin(place)
        if origin is None:
            self.said |= _senses(place.value, place.key or "id")
            return ""
        taken = self.captures.setdefault(origin.case, {})
        name = next((n for n, query in taken.items() if query == origin.query), "")
        if not name:
            word = re.sub(r"\W+", "_", origin.key).strip("_") or "value"
            name = f"{word}_{sum(map(len, self.captures.values())) + 1}"
            taken[name] = origin.query
        if place.spelled in ("header", "cookie") and origin.query.startswith("$"):
            self.secret.setdefault(origin.case, set()).add(origin.query)
        return name

    def _origin(self, place: Place) -> _Origin | None:
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

    def _learn(self, exchange: Exchange, number: int) -> None:
        context = exchange.route or _bare(exchange.path)
        created = not is_safe(exchange.method) and exchange.answer.status < 400
        for query, key, value in _told(exchange.answer):
            if query.startswith("$") and _MADE_ANEW.search(key):
                self.secret.setdefault(number, set()).add(query)
            if value != "" and self.said.isdisjoint(_senses(value, key)):
                origins = self.known.setdefault(value, [])
                origins.append(_Origin(number, query, key, context, created))
        lines = [value for name, value in exchange.answer.headers if name == "set-cookie"]
        if lines and self.cases[-1].request.cookies:
            self.jar.keep(lines, path=exchange.path, now=_NOW)


_NOW = 0.0
"""Cookies that a server ends (by an age of 0, or a time long past) are gone, others stay."""


def _fits(place: Place, origin: _Origin) -> bool:
    """Whether the names of both places belong together."""
    if place.spelled in ("header", "cookie"):
        return False
    is_path = place.spelled == "path"
    if not is_path and re.fullmatch(r"-?\d+", str(place.value)) and not identifies(place.key):
        return False
    return related(_key(place), origin.key) or (is_path and related("id", origin.key))


def _score(place: Place, origin: _Origin, alone: bool) -> int:
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
            cookie = value.partition(";")[0].partition("=")
            yield f"cookie:{cookie[0].strip()}", cookie[0].strip(), cookie[2].strip()
        elif name not in _PLAIN:
            yield f"header:{name}", name, value
    try:
        document = json_of(answer) if answer.body else None
    except (JsonError, UndecodableError):
        return
    yield from leaves(document)


_PLAIN = ("content-type", "content-length", "date", "server", "vary", "cache-control", "connection")


def _pairs(header: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in header.split(";") if pair.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _bare(path: str) -> str:
    return path.partition("?")[0]

"""Requests that a client once made become cases: what it had from an answer is captured from it.

A value that an answer brought and that a later request sends is taken from each side's own
answer, if it is one that nobody would choose by chance (a token, a UUID), or if the names of both
places belong together (`id` and `/items/{item_id}`). What the client sent first is its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from splitter.model.parity import Case, Observation, Request, Rules
from splitter.parity.bodies import PiecedBody, Slot
from splitter.parity.cookies import Jar, sent_in
from splitter.parity.memory import Memory
from splitter.parity.places import Place, in_fields, in_json, in_multipart, in_path
from splitter.parity.relations import is_safe
from splitter.parity.requests import carrying
from splitter.parity.templates import names_in

NOT_SENT = ("content-length", "transfer-encoding", "connection", "cookie")


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
        session.memory.lose(exchange.answer)
        if not is_safe(exchange.method):
            stopped = stopped or f"it comes after a write that is not put again: {reason}"
    return session.replay()


@dataclass(slots=True)
class _Session:
    name: str
    source: str
    line: int
    cases: list[Case] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
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
        return "it needs an answer that is not asked for again" if self.memory.lacks(values) else ""

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
        sent = sent_in("; ".join(given))
        jar = sent_in(self.jar.header(exchange.path, now=_NOW))
        if jar == sent or (
            not jar and not any(value in self.memory.known for value in sent.values())
        ):
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
        woven = self._woven(exchange.body.decode(encoding), places)
        return tuple(part.encode(encoding) if isinstance(part, str) else part for part in woven)

    def _filled(self, text: str, places: Iterable[Place]) -> str:
        woven = self._woven(text, places)
        return "".join(part if isinstance(part, str) else part.template for part in woven)

    def _woven(self, text: str, places: Iterable[Place]) -> list[str | Slot]:
        """The text, with slots at the places that are filled from an earlier answer."""
        at = 0
        parts: list[str | Slot] = []
        for place in places:
            name = self._source(place)
            if name:
                parts += [text[at : place.start], Slot(name, place.spelled)]
                at = place.end
        return [*parts, text[at:]]

    def _source(self, place: Place) -> str:
        """The name of the capture that a place is filled from; empty for the client's own."""
        origin = self.memory.origin(place)
        if origin is None:
            self.memory.say(place)
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

    def _learn(self, exchange: Exchange, number: int) -> None:
        context = exchange.route or _bare(exchange.path)
        created = not is_safe(exchange.method) and exchange.answer.status < 400
        anew = self.memory.learn(exchange.answer, number, context=context, created=created)
        self.secret.setdefault(number, set()).update(anew)
        lines = [value for name, value in exchange.answer.headers if name == "set-cookie"]
        if lines and self.cases[-1].request.cookies:
            self.jar.keep(lines, path=exchange.path, now=_NOW)


_NOW = 0.0
"""Cookies that a server ends (by an age of 0, or a time long past) are gone, others stay."""


def _bare(path: str) -> str:
    return path.partition("?")[0]

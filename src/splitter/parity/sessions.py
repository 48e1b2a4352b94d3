"""A session as it goes on: cookies, captures and secrets of both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from splitter.model.jsontext import Json, JsonError, write
from splitter.model.parity import Case, Observation, Outcome, Request, Verdict
from splitter.parity.contents import UndecodableError, json_of
from splitter.parity.cookies import Jar, set_by
from splitter.parity.origins import below
from splitter.parity.redaction import redacted
from splitter.parity.requests import sent
from splitter.parity.secrets import (
    Secrets,
    Tokens,
    in_answer,
    in_fields,
    in_request,
    secret_variables,
    tells,
)
from splitter.parity.templates import MissingError


class SkippedError(LookupError):
    """The case lacks what an earlier one should have left; the text says what, on which side."""


@dataclass(slots=True)
class Side:
    """One side of a session. Its services together are one client's partner."""

    name: str
    jar: Jar = field(default_factory=Jar)
    captured: dict[str, dict[str, Json]] = field(default_factory=dict)
    """What is at hand after a case, by the case's name."""


class Session:
    """Both sides of a chain of cases. `known` are secrets that the files spell out, `tokens` those
    of the run."""

    def __init__(
        self, chain: Iterable[Case], known: Iterable[str] = (), tokens: Tokens | None = None
    ) -> None:
        self.monolith = Side("monolith")
        self.service = Side("service")
        chain = tuple(chain)
        words = (text for case in chain for text in in_fields(case.request) if not tells(text))
        self.secrets = Secrets(known, words, tokens)
        self._secret = {name for case in chain for name in secret_variables(case)}
        self._sent: dict[str, tuple[tuple[Request, Request], tuple[str, str]]] = {}

    def requests(
        self, case: Case, base_urls: tuple[str, str], now: float
    ) -> tuple[Request, Request]:
        """What is sent to the monolith and to the service; SkippedError if it cannot be made."""
        missing: dict[str, list[str]] = {}
        made: list[Request] = []
        for side, url in zip((self.monolith, self.service), base_urls, strict=True):
            try:
                made.append(self._request(side, case, url, now))
            except MissingError as error:
                missing.setdefault(error.name, []).append(side.name)
        if missing:
            raise SkippedError(_explained(missing))
        self._sent[case.name] = (made[0], made[1]), base_urls
        return made[0], made[1]

    def told(self, verdict: Verdict) -> Verdict:
        """The verdict as it may be told, once: without secrets, and with both requests where it is
        no match."""
        told = self.secrets.hidden_in(verdict)
        sent = self._sent.pop(verdict.case.name, None)
        if sent is None or verdict.outcome is Outcome.MATCH:
            return told
        (monolith, service), urls = sent
        hide = self.secrets.hide
        asked = redacted(monolith, urls[0], hide), redacted(service, urls[1], hide)
        return replace(told, asked=asked)

    def request(self, side: Side, case: Case, base_url: str, now: float) -> Request:
        """What is sent to one side; SkippedError if it cannot be made."""
        try:
            return self._request(side, case, base_url, now)
        except MissingError as error:
            raise SkippedError(_explained({error.name: [side.name]})) from None

    def keep(self, side: Side, request: Request, answer: Observation, now: float) -> None:
        """Take over the cookies that an answer sets. `request` is the case's own."""
        self.secrets.learn(in_answer(answer))
        if not request.cookies:
            return
        lines = [value for name, value in answer.headers if name == "set-cookie"]
        if lines:
            side.jar.keep(lines, path=below("", request.path), now=now)

    def capture(self, side: Side, case: Case, answer: Observation | None) -> None:
        """Take over what the case captures from its answer. What it should have captured and
        did not is not at hand any more, whatever an earlier case left."""
        before = side.captured.get(case.after, {})
        values = {name: value for name, value in before.items() if name not in case.capture}
        for name, value in _captured(case, answer):
            values[name] = value
            if name in self._secret:
                self.secrets.learn([value if isinstance(value, str) else write(value)])
        side.captured[case.name] = values

    def _request(self, side: Side, case: Case, base_url: str, now: float) -> Request:
        values = side.captured.get(case.after, {})
        request = sent(case.request, values, base_url)
        self.secrets.learn(in_request(request))
        if not request.cookies:
            return request
        given = "; ".join(v for n, v in request.headers if n.lower() == "cookie")
        paths = below("", request.path), below(base_url, request.path)
        cookie = side.jar.header(*paths, now=now, given=given)
        if cookie != given:
            others = [(n, v) for n, v in request.headers if n.lower() != "cookie"]
            request = replace(request, headers=(*others, ("cookie", cookie)))
        self.secrets.learn(in_request(request))
        return request


def _captured(case: Case, answer: Observation | None) -> Iterator[tuple[str, Json]]:
    from splitter.parity.queries import QueryError, first

    if answer is None or not case.capture:
        return
    queries = {}
    for name, query in case.capture.items():
        place, colon, key = query.partition(":")
        if colon and place in ("header", "cookie"):
            yield from ((name, value) for value in _in_headers(answer, place, key))
        else:
            queries[name] = query
    try:
        document = json_of(answer) if queries else None
    except (JsonError, UndecodableError):
        return
    for name, query in queries.items():
        try:
            found = first(query, document)
        except QueryError:
            continue
        if found:
            yield name, found[0]


def _in_headers(answer: Observation, place: str, key: str) -> list[str]:
    """The first value of a header, or the last of a cookie."""
    if place == "header":
        return [value for name, value in answer.headers if name == key.lower()][:1]
    pairs = [set_by(line) for name, line in answer.headers if name == "set-cookie"]
    return [value for name, value in pairs if name == key][-1:]


def _explained(missing: dict[str, list[str]]) -> str:
    """Such as `token was not captured (monolith, service)`."""
    told = (f"{name} was not captured ({', '.join(sides)})" for name, sides in missing.items())
    return "; ".join(told)

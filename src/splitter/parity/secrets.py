"""What is secret, and texts and values without it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl, quote, quote_plus

from splitter.model.jsontext import JsonError, read, write
from splitter.model.parity import ABSENT, Case, Difference, Observation, Request, Verdict
from splitter.parity.bodies import Body
from splitter.parity.cookies import values_in
from splitter.parity.sensitive import (
    CREDENTIALS,
    HIDDEN,
    WORDS,
    fields,
    is_sensitive,
    may_hold_secrets,
    veiled,
)
from splitter.parity.shapes import OPAQUE, without_named, without_opaque, without_shapes
from splitter.parity.templates import names_in

SHORTEST = 4
"""Shorter secrets are not looked for: they would be found in everything."""
TELLING = 8
"""Letters, or digits, from which on a password is not taken for a word that may mean anything."""


class Tokens:
    """The tokens of all sessions of a run, the newest of them: one may stand in an answer that
    another session gets. A token is a word that is long, or has a digit in it."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._known: dict[str, None] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Take those of the texts for tokens that can hardly be anything else."""
        self._known.update((text, None) for text in texts if OPAQUE.fullmatch(text))
        while len(self._known) > self._most:
            del self._known[next(iter(self._known))]

    def hide(self, text: str) -> str:
        """The text without them, where they stand as words, or between slashes."""
        for pattern in (OPAQUE, _ELEMENT):
            text = pattern.sub(lambda found: HIDDEN if found[0] in self._known else found[0], text)
        return text


_ELEMENT = re.compile(r"[\w.~+-]{8,}")


class Secrets:
    """The secrets of a session, those of the run, and those that the files spell out (`known`).

    `words` are passwords that may well mean something else (`secret`, `1234`): they are hidden only
    where a value is nothing but that.
    """

    def __init__(
        self,
        known: Iterable[str] = (),
        words: Iterable[str] = (),
        tokens: Tokens | None = None,
    ) -> None:
        self._known = known if isinstance(known, frozenset) else frozenset(known)
        self._words = frozenset(words)
        self._tokens = tokens or Tokens()
        self._learned: frozenset[str] = frozenset()

    def learn(self, texts: Iterable[str]) -> None:
        """Take further texts for secret."""
        fresh = {text for text in texts if len(text) >= SHORTEST}
        if not fresh <= self._learned:
            self._learned |= fresh
            self._tokens.learn(fresh)

    def hide(self, text: str) -> str:
        """The text with each secret replaced by a sign."""
        for secrets in (self._learned, self._known):
            if secrets:
                text = _pattern(secrets).sub(HIDDEN, text)
        return without_shapes(self._tokens.hide(text))

    def hidden_in(self, verdict: Verdict) -> Verdict:
        """The verdict as it may be told."""
        if not (verdict.differences or verdict.noise or verdict.error):
            return verdict
        path = verdict.case.request.path.partition("?")[0].rstrip("/")
        of_a_token = is_sensitive(path.rpartition("/")[2])
        return replace(
            verdict,
            differences=tuple(self._difference(d, of_a_token) for d in verdict.differences),
            noise=tuple(self._difference(d, of_a_token) for d in verdict.noise),
            error=without_named(self.hide(verdict.error)),
        )

    def _difference(self, difference: Difference, of_a_token: bool) -> Difference:
        """`of_a_token`: a text as a whole that was asked for there may be one."""
        sensitive = is_sensitive(_last(difference))
        values = [
            self._value(side, sensitive) for side in (difference.monolith, difference.service)
        ]
        if of_a_token and difference.kind == "body" and difference.path.startswith("$"):
            values = [without_opaque(v) if isinstance(v, str) else v for v in values]
        path = self.hide(difference.path)
        return replace(difference, path=path, monolith=values[0], service=values[1])

    def _value(self, value: object, sensitive: bool) -> object:
        if value is ABSENT:
            return value
        if isinstance(value, str):
            if value and (sensitive or value in self._words):
                return HIDDEN
            return without_named(self.hide(value))
        text = write(value)
        told = self.hide(veiled(text, self._words))
        if told == text:
            return value
        try:
            return read(told)
        except JsonError:  # digits of a number were hidden
            return told


def in_request(request: Request) -> Iterator[str]:
    """What is secret in the headers of a request: credentials, cookies, keys. Templates are no
    secrets yet."""
    for name, value in request.headers:
        if names_in(value):
            continue
        if is_sensitive(name):
            yield value
        if name.lower() in ("authorization", "proxy-authorization"):
            yield from _credentials(value)
        elif name.lower() == "cookie":
            yield value
            yield from values_in(value)


def in_answer(answer: Observation) -> Iterator[str]:
    """What is secret in an answer: the values of the cookies that it sets, and of headers with
    credentials."""
    for name, value in answer.headers:
        if name == "set-cookie":
            yield from values_in(value.partition(";")[0])
        elif name in CREDENTIALS:
            yield from _credentials(value)
        elif is_sensitive(name):
            yield value


def in_fields(request: Request) -> Iterator[str]:
    """The values of sensitive fields that a request spells out, in its query or its body."""
    for name, value in _fields(request):
        if is_sensitive(name) and not names_in(value):
            yield value


def spelled_out(request: Request) -> Iterator[str]:
    """What is secret in a request wherever else it stands."""
    yield from in_request(request)
    yield from (text for text in in_fields(request) if tells(text))


def tells(text: str) -> bool:
    """Whether a text can hardly be anything but the secret that it is, wherever it stands."""
    if text.lower() in WORDS:
        return False
    return len(text) >= TELLING or (
        len(text) >= SHORTEST and not (text.isalpha() or text.isdigit())
    )


def secret_variables(case: Case) -> Iterator[str]:
    """The names whose captured values are secret: they are called so, are taken from a place that
    is, or go into credentials, cookies or a sensitive field."""
    for name, query in case.capture.items():
        if is_sensitive(name) or is_sensitive(_last_of(query)):
            yield name
    for name, value in (*case.request.headers, *_fields(case.request)):
        if name.lower() in CREDENTIALS or is_sensitive(name):
            yield from names_in(value)


def _fields(request: Request) -> Iterator[tuple[str, str]]:
    """The query's and the body's; where a value is filled in later, its name in braces stands."""
    yield from request.query
    if "?" in request.path:
        yield from parse_qsl(request.path.partition("?")[2])
    body = request.body
    if isinstance(request.template, Body):
        names = request.template.names()
        body = request.template.encode({name: f"{{{{ {name} }}}}" for name in names})
    if body and may_hold_secrets(body):
        kinds = (value for name, value in request.headers if name.lower() == "content-type")
        yield from fields(body, next(kinds, request.content_type))


def _last(difference: Difference) -> str:
    """The name of the thing that differs."""
    return difference.path if difference.kind == "header" else _last_of(difference.path)


def _last_of(path: str) -> str:
    found = _LAST.search(path)
    return (found[1] or found[2]) if found else ""


_LAST = re.compile(r"(?:[.:]([^.:\[\]]+)|\['((?:[^'\\]|\\.)*)'\])(?:\[[^\[\]']*\])*$")


@lru_cache(64)
def _pattern(secrets: frozenset[str]) -> re.Pattern[str]:
    long = (text for text in secrets if len(text) >= SHORTEST)
    spelled = {s for text in long for s in (text, write(text)[1:-1], *_encoded(text))}
    longest_first = sorted(spelled, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _encoded(text: str) -> tuple[str, str, str]:
    """As it stands in a path, a query and a form."""
    loose = quote(text, safe="/:@!$&'()*+,;=~", errors="surrogatepass")
    return (
        loose,
        quote(text, safe="", errors="surrogatepass"),
        quote_plus(text, errors="surrogatepass"),
    )


def _credentials(value: str) -> Iterator[str]:
    """The whole value, what follows its scheme and, of Basic, the password."""
    yield value
    scheme, _, rest = value.strip().partition(" ")
    yield rest.strip()
    if scheme.lower() == "basic":
        try:
            plain = base64.b64decode(rest.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return
        yield plain.partition(":")[2]

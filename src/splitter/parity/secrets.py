"""What is secret, and texts and values without it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from splitter.model.jsontext import JsonError, read, write
from splitter.model.parity import ABSENT, Difference, Observation, Request, Verdict
from splitter.parity.cookies import values_in
from splitter.parity.templates import names_in

HIDDEN = "[hidden]"
SHORTEST = 4
"""Shorter secrets are not looked for: they would be found in everything."""


class Secrets:
    """The secrets of a session, and of the files where they are written out."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = {text for text in known if len(text) >= SHORTEST}
        self._pattern: re.Pattern[str] | None = None

    def learn(self, texts: Iterable[str]) -> None:
        """Take further texts for secret."""
        fresh = {text for text in texts if len(text) >= SHORTEST} - self._known
        if fresh:
            self._known |= fresh
            self._pattern = None

    def hide(self, text: str) -> str:
        """The text with each secret replaced by a sign."""
        return self._compiled().sub(HIDDEN, text) if self._known else text

    def hidden_in(self, verdict: Verdict) -> Verdict:
        """The verdict as it may be told."""
        if not self._known:
            return verdict
        return replace(
            verdict,
            differences=tuple(self._difference(d) for d in verdict.differences),
            noise=tuple(self._difference(d) for d in verdict.noise),
            error=self.hide(verdict.error),
        )

    def _difference(self, difference: Difference) -> Difference:
        return replace(
            difference,
            path=self.hide(difference.path),
            monolith=self._value(difference.monolith),
            service=self._value(difference.service),
        )

    def _value(self, value: object) -> object:
        if value is ABSENT:
            return value
        if isinstance(value, str):
            return self.hide(value)
        text = write(value)
        told = self.hide(text)
        if told == text:
            return value
        try:
            return read(told)
        except JsonError:  # digits of a number were hidden
            return told

    def _compiled(self) -> re.Pattern[str]:
        if self._pattern is None:
            spelled = {s for text in self._known for s in (text, write(text)[1:-1])}
            longest_first = sorted(spelled, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return self._pattern


def in_request(request: Request) -> Iterator[str]:
    """What is secret in a request: credentials and cookies. Templates are no secrets yet."""
    for name, value in request.headers:
        if names_in(value):
            continue
        if name.lower() in ("authorization", "proxy-authorization"):
            yield from _credentials(value)
        elif name.lower() == "cookie":
            yield value
            yield from values_in(value)


def in_answer(answer: Observation) -> Iterator[str]:
    """What is secret in an answer: the values of the cookies that it sets."""
    for name, value in answer.headers:
        if name == "set-cookie":
            yield from values_in(value.partition(";")[0])


def variables_of_credentials(request: Request) -> list[str]:
    """The names whose values become credentials or cookies of a request."""
    kept = ("authorization", "proxy-authorization", "cookie")
    values = (value for name, value in request.headers if name.lower() in kept)
    return [name for value in values for name in names_in(value)]


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

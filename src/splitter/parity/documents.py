"""A JSON document of which one list may be long: it is read one item at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from splitter.model.jsontext import Json, JsonError, read

STEP = 64 * 1024
"""Characters that are asked for at a time."""


def members(more: Callable[[int], str], *, listed: str) -> Iterator[tuple[str, Json]]:
    """The members of the one object that the text spells, and of the list `listed` each item, in
    their order.

    `more` gives the next characters, none at the end. JsonError, maybe after some of them, where
    the text is no such document or breaks off.
    """
    text = _Window(more)
    text.expect("{")
    for _ in text.each("}"):
        name = text.value()
        text.expect(":")
        if not isinstance(name, str):
            raise JsonError(f"a name is missing before character {text.place}")
        if name != listed:
            yield name, text.value()
            continue
        text.expect("[")
        for _ in text.each("]"):
            yield name, text.value()
    if text.sign():
        raise JsonError(f"text after the value at character {text.place}")


class _Window:
    """What has been asked for of the text and is not read yet."""

    def __init__(self, more: Callable[[int], str]) -> None:
        self._more = more
        self._text = ""
        self._at = 0
        self._gone = 0

    @property
    def place(self) -> int:
        return self._gone + self._at

    def sign(self) -> str:
        """The next character that is not blank, which stays; nothing at the end."""
        while True:
            self._at = _whole(_BLANK.match(self._text, self._at)).end()
            if self._at < len(self._text) or not self._grow():
                return self._text[self._at : self._at + 1]

    def expect(self, sign: str) -> None:
        """Read this character."""
        if self.sign() != sign:
            raise JsonError(f"{sign} is missing at character {self.place}")
        self._at += 1

    def each(self, end: str) -> Iterator[None]:
        """Stop before each item or member, until `end` is read."""
        if self.sign() != end:
            yield
            while self.sign() == ",":
                self._at += 1
                yield
        self.expect(end)

    def value(self) -> Json:
        """Read a value, whole."""
        sign = self.sign()
        end = self._scalar_end() if sign not in ("{", "[", '"') or not sign else self._end()
        value = read(self._text[self._at : end])
        self._at = end
        return value

    def _end(self) -> int:
        """Where the string, object or list that starts here ends."""
        depth, at = 0, self._at
        while True:
            for found in _TOKEN.finditer(self._text, at):
                if found[0] == '"':
                    break
                at = found.end()
                depth += _STEPS.get(found[0], 0)
                if depth <= 0:
                    return at
            at -= self._at
            if not self._grow():
                raise JsonError(f"the text breaks off at character {self._gone + len(self._text)}")

    def _scalar_end(self) -> int:
        while (found := _whole(_SCALAR.match(self._text, self._at))).end() == len(self._text):
            if not self._grow():
                break
        return found.end()

    def _grow(self) -> bool:
        """Ask for more; what is read already is let go."""
        fresh = self._more(max(STEP, len(self._text) - self._at))
        self._gone += self._at
        self._text = self._text[self._at :] + fresh
        self._at = 0
        return bool(fresh)


def _whole(found: re.Match[str] | None) -> re.Match[str]:
    assert found is not None
    return found


_BLANK = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[^\s,\]}]*")
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]', re.DOTALL)
"""A whole string, a bracket, or the quote of a string whose end is not there yet."""
_STEPS = {"{": 1, "[": 1, "}": -1, "]": -1}

"""The bodies that a case can have, and the bytes that are sent for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

from splitter.model.jsontext import Json, write
from splitter.parity.templates import Values, filled, filled_value, names_in


@dataclass(frozen=True, slots=True)
class JsonBody:
    """A value, sent as compact JSON with its key order and digits."""

    value: Json
    content_type = "application/json"

    def names(self) -> list[str]:
        return [name for text in _texts(self.value) for name in names_in(text)]

    def encode(self, values: Values) -> bytes:
        value = _replaced(self.value, values) if self.names() else self.value
        return write(value).encode()


@dataclass(frozen=True, slots=True)
class FormBody:
    """Fields in their order, sent as a browser would."""

    fields: tuple[tuple[str, str], ...]
    content_type = "application/x-www-form-urlencoded"

    def names(self) -> list[str]:
        return [name for field in self.fields for text in field for name in names_in(text)]

    def encode(self, values: Values) -> bytes:
        fields = [(filled(name, values), filled(text, values)) for name, text in self.fields]
        return urlencode(fields).encode()


@dataclass(frozen=True, slots=True)
class TextBody:
    """A text, sent as UTF-8."""

    text: str
    content_type = "text/plain; charset=utf-8"

    def names(self) -> list[str]:
        return names_in(self.text)

    def encode(self, values: Values) -> bytes:
        return filled(self.text, values).encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a captured value; `spelled` says how it is written there: json, form or text."""

    name: str
    spelled: str

    @property
    def template(self) -> str:
        """The name in double braces."""
        return f"{{{{ {self.name} }}}}"


@dataclass(frozen=True, slots=True)
class PiecedBody:
    """Bytes that are sent as they are, with places for values between them."""

    pieces: tuple[bytes | Slot, ...]
    content_type: str = ""

    def names(self) -> list[str]:
        return [piece.name for piece in self.pieces if isinstance(piece, Slot)]

    def encode(self, values: Values) -> bytes:
        return b"".join(
            piece if isinstance(piece, bytes) else _spelled(piece, values) for piece in self.pieces
        )


Body = JsonBody | FormBody | TextBody | PiecedBody


def _spelled(slot: Slot, values: Values) -> bytes:
    if slot.spelled == "json":
        return write(filled_value(slot.template, values)).encode()
    text = filled(slot.template, values)
    return (quote_plus(text) if slot.spelled == "form" else text).encode("utf-8", "surrogatepass")


def _texts(value: Json) -> Iterator[str]:
    """Every string of a value, names of members included."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            rest.extend(reversed(item))
        elif isinstance(item, dict):
            yield from item
            rest.extend(reversed(item.values()))


def _replaced(value: Json, values: Values) -> Json:
    if isinstance(value, str):
        return filled_value(value, values)
    if isinstance(value, list):
        return [_replaced(item, values) for item in value]
    if isinstance(value, dict):
        return {filled(name, values): _replaced(item, values) for name, item in value.items()}
    return value

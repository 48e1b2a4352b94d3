"""JSON read and written without loss: digits, repeated names and any depth are kept."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

Json: TypeAlias = "bool | int | Decimal | Numeral | str | list[Json] | dict[str, Json] | None"
"""A number with a fraction or an exponent is a Decimal, which keeps its digits."""


class JsonError(ValueError):
    """The text is not JSON as RFC 8259 has it."""


class Numeral(str):
    """A number too large to compute with, as it was written."""

    __slots__ = ()


class Repeated(list["Json"]):
    """The values of a member whose name stands in its object more than once, in their order."""


def read(text: str) -> Json:
    """The value that `text` spells; JsonError for anything else, NaN and Infinity included."""
    try:
        return _decoded(_QUICK, text)
    except RecursionError:
        return _Deep(text).value()
    except (ValueError, InvalidOperation):
        return _careful(text)


def write(value: object) -> str:
    """`value` as compact JSON, whatever its depth. Lone surrogates are written as escapes."""
    out: list[str] = []
    rest: list[object] = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, _Raw):
            out.append(item.text)
        elif isinstance(item, dict):
            rest.extend(_members(item))
        elif isinstance(item, list | tuple):
            rest.extend(_elements(item))
        else:
            out.append(_scalar(item))
    return "".join(out)


def kind(value: object) -> str:
    """What JSON calls it, except that integers are told from other numbers."""
    if isinstance(value, Numeral):
        return "number" if re.search("[.eE]", value) else "integer"
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    raise TypeError(f"{type(value).__name__} is not a JSON value")


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "string"),
    (bool, "boolean"),
    (type(None), "null"),
    (int, "integer"),
    ((Decimal, float), "number"),
    (dict, "object"),
    (Repeated, "repeated"),
    ((list, tuple), "array"),
)


def _refuse(token: str) -> Json:
    raise JsonError(f"{token} is not JSON")


def _object(pairs: list[tuple[str, Json]]) -> Json:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    values: dict[str, Repeated] = {}
    for name, value in pairs:
        values.setdefault(name, Repeated()).append(value)
    return {name: all_of if len(all_of) > 1 else all_of[0] for name, all_of in values.items()}


def _integer(digits: str) -> Json:
    try:
        return int(digits)
    except ValueError:  # longer than the interpreter is willing to convert
        return Numeral(digits)


def _number(digits: str) -> Json:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return Numeral(digits)


_QUICK = json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal, parse_constant=_refuse)
_CAREFUL = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_number,
    parse_int=_integer,
    parse_constant=_refuse,
)


def _decoded(decoder: json.JSONDecoder, text: str) -> Json:
    value: Json = decoder.decode(text)
    return value


def _careful(text: str) -> Json:
    try:
        return _decoded(_CAREFUL, text)
    except RecursionError:
        return _Deep(text).value()
    except JsonError:
        raise
    except ValueError as error:
        raise JsonError(str(error)) from None


class _Raw:
    """Text that is written as it is."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def _members(item: dict[str, object]) -> list[object]:
    """What is still to be written for an object, last part first."""
    parts: list[object] = [_Raw("{")]
    for name, value in item.items():
        parts += [_Raw("," if len(parts) > 1 else ""), _Raw(_scalar(name) + ":"), value]
    return [*parts, _Raw("}")][::-1]


def _elements(item: list[object] | tuple[object, ...]) -> list[object]:
    parts: list[object] = [_Raw("[")]
    for value in item:
        parts += [_Raw("," if len(parts) > 1 else ""), value]
    return [*parts, _Raw("]")][::-1]


def _scalar(item: object) -> str:
    if isinstance(item, Numeral | Decimal):
        return str(item)
    if isinstance(item, str):
        text = json.dumps(item, ensure_ascii=False)
        return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return json.dumps(item, allow_nan=False)


_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK = re.compile(r"[ \t\n\r]*")


class _Deep:
    """A reader that keeps its own stack, for nesting that the decoder cannot follow; slower."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.open: list[tuple[str, list[tuple[str, Json]]]] = []
        self.name = ""

    def value(self) -> Json:
        while True:
            self._skip()
            value = self._begun()
            while value is not _OPENED:
                if not self.open:
                    return self._whole(value)
                value = self._put(value)

    def _begun(self) -> object:
        """The scalar or empty container that starts here; else a container is opened."""
        sign = self.text[self.at : self.at + 1]
        if sign not in ("[", "{") or not sign:
            return self._scalar()
        self.at += 1
        self._skip()
        if self.text[self.at : self.at + 1] == _CLOSING[sign]:
            self.at += 1
            return [] if sign == "[" else {}
        self.open.append((sign, []))
        return self._next()

    def _next(self) -> object:
        """Go on to the next value of the innermost container, past its name in an object."""
        if self.open[-1][0] == "{":
            self._skip()
            if self.text[self.at : self.at + 1] != '"':
                raise JsonError(f"a name is missing at character {self.at}")
            self.open[-1][1].append((str(self._scalar()), None))
            self._skip()
            self._expect(":")
        return _OPENED

    def _put(self, value: object) -> object:
        """Store a value in the innermost container; the container itself where that ends."""
        sign, pairs = self.open[-1]
        name = pairs.pop()[0] if sign == "{" else ""
        pairs.append((name, value))  # type: ignore[arg-type]
        self._skip()
        if self.text[self.at : self.at + 1] == ",":
            self.at += 1
            return self._next()
        self._expect(_CLOSING[sign])
        self.open.pop()
        return _object(pairs) if sign == "{" else [item for _, item in pairs]

    def _scalar(self) -> object:
        try:
            value, self.at = _CAREFUL.raw_decode(self.text, self.at)
        except ValueError as error:
            raise JsonError(str(error)) from None
        return value

    def _whole(self, value: object) -> Json:
        self._skip()
        if self.at != len(self.text):
            raise JsonError(f"text after the value at character {self.at}")
        return value  # type: ignore[return-value]

    def _skip(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _expect(self, sign: str) -> None:
        if self.text[self.at : self.at + 1] != sign:
            raise JsonError(f"{sign} is missing at character {self.at}")
        self.at += 1


_CLOSING = {"[": "]", "{": "}"}
_OPENED = object()

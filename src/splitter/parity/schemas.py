"""Values from JSON schemas: good ones, those on the bounds, and those just beyond."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from splitter.model.jsontext import Json

Schema = Mapping[str, Any]
Labelled = tuple[str, Json]
"""What is special about a value, and the value."""

DEPTH = 4
"""How deep objects within objects are filled."""

FORMATS: Mapping[str, Json] = {
    "email": "someone@example.com",
    "date": "2024-02-29",
    "date-time": "2024-02-29T12:30:00Z",
    "time": "12:30:00",
    "duration": "P1D",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "uri": "https://example.com/a",
    "url": "https://example.com/a",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "password": "Correct-horse-7",
    "byte": "YQ==",
    "decimal": "10.50",
}
SAMPLES = (
    "a", "A", "ab", "abc", "ABC", "USD", "en", "en-US", "abcdef", "1", "12", "123", "1234", "12345",
    "123456", "0.50", "10.50", "2024", "2024-01", "2024-02-29", "12:30", "12:30:00", "#aabbcc",
    "abc-123", "abc_123", "abc123", "Abc123!x", "+15555550100", "555-0100", "someone@example.com",
    "https://example.com/a", "example.com", "192.0.2.1", "asc", "desc", "DE89370400440532013000",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schemas of one document, which its references point into."""

    document: Mapping[str, Any]

    def resolved(self, schema: Any) -> Schema:
        """The schema with its reference followed, its parts (`allOf`) joined, and the first
        alternative that is not null chosen."""
        for _ in range(20):
            if not isinstance(schema, Mapping):
                return {}
            if "$ref" in schema:
                rest = {k: v for k, v in schema.items() if k != "$ref"}
                schema = {**self._target(str(schema["$ref"])), **rest}
            elif "allOf" in schema:
                schema = self._joined(schema)
            elif alternatives := schema.get("anyOf") or schema.get("oneOf"):
                rest = {k: v for k, v in schema.items() if k not in ("anyOf", "oneOf")}
                schema = {**rest, **_chosen(alternatives)}
            else:
                return schema
        return {}

    def good(self, schema: Any, *, full: bool = False, depth: int = DEPTH) -> Json:
        """A value that the schema allows: with every member of objects, or those required."""
        schema = self.resolved(schema)
        for key in ("example", "const"):
            if key in schema:
                return as_json(schema[key])
        if schema.get("examples"):
            return as_json(next(iter(schema["examples"])))
        if schema.get("enum"):
            return as_json(schema["enum"][0])
        return self._of_type(schema, full, depth)

    def bounds(self, schema: Any) -> Iterator[Labelled]:
        """Values on the bounds of a scalar, or each value of an enumeration."""
        schema = self.resolved(schema)
        if schema.get("enum"):
            yield from ((f"{value}", as_json(value)) for value in schema["enum"][1:4])
        kind = type_of(schema)
        if kind in ("integer", "number"):
            low, high = _range(schema)
            if low is not None:
                yield "lowest", low
            if high is not None:
                yield "highest", high
        elif kind == "string" and not schema.get("pattern") and not schema.get("format"):
            for label, key in (("shortest", "minLength"), ("longest", "maxLength")):
                if 0 < schema.get(key, 0) <= 5000:
                    yield label, "x" * schema[key]
        elif kind == "boolean":
            yield "false", False

    def wrong(self, schema: Any) -> Iterator[Labelled]:
        """Values that the schema does not allow."""
        schema = self.resolved(schema)
        kind = type_of(schema)
        if schema.get("enum"):
            yield "not one of the choices", "no-such-choice"
        elif kind in ("integer", "number"):
            yield "not a number", "abc"
            low, high = _range(schema)
            step = 1 if kind == "integer" else Decimal("0.5")
            if low is not None:
                yield "too low", low - step
            if high is not None:
                yield "too high", high + step
        elif kind == "string":
            yield from _wrong_strings(schema)
        else:
            yield "of another type", "abc"

    def _target(self, reference: str) -> Schema:
        here: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            here = here.get(name, {}) if isinstance(here, Mapping) else {}
        return here if isinstance(here, Mapping) else {}

    def _joined(self, schema: Schema) -> Schema:
        joined: dict[str, Any] = {k: v for k, v in schema.items() if k != "allOf"}
        for part in map(self.resolved, schema["allOf"]):
            properties = {**joined.get("properties", {}), **part.get("properties", {})}
            required = [*joined.get("required", []), *part.get("required", [])]
            joined = {**part, **joined, "properties": properties, "required": required}
        return joined

    def _of_type(self, schema: Schema, full: bool, depth: int) -> Json:
        kind = type_of(schema)
        if kind == "object":
            return self._object(schema, full, depth)
        if kind == "array":
            count = max(int(schema.get("minItems", 0)), 1 if full else 0) if depth else 0
            item = self.good(schema.get("items"), full=full, depth=depth - 1) if count else None
            return [item] * min(count, 20)
        if kind == "integer" or kind == "number":
            return _number(schema)
        if kind == "string":
            return _string(schema)
        return {"boolean": True, "null": None}.get(kind, "text")

    def _object(self, schema: Schema, full: bool, depth: int) -> dict[str, Json]:
        required = set(schema.get("required", ()))
        return {
            name: self.good(inner, full=full, depth=depth - 1)
            for name, inner in schema.get("properties", {}).items()
            if depth > 0
            and (full or name in required)
            and not (isinstance(inner, Mapping) and inner.get("readOnly"))
        }


def type_of(schema: Schema) -> str:
    """The schema's type, or the one that its words speak of."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    if kind is None:
        kind = "object" if "properties" in schema else "array" if "items" in schema else ""
    return str(kind)


def as_json(value: Any) -> Json:
    """A value of a JSON or TOML document with exact numbers, and dates as text."""
    if isinstance(value, Mapping):
        return {str(name): as_json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(inner) for inner in value]
    if isinstance(value, float):
        return Decimal(repr(value))
    if value is None or isinstance(value, str | int | Decimal):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _chosen(alternatives: list[Any]) -> Schema:
    usable = [a for a in alternatives if isinstance(a, Mapping) and a.get("type") != "null"]
    return usable[0] if usable else {"type": "null"}


def _range(schema: Schema) -> tuple[int | Decimal | None, int | Decimal | None]:
    """The least and the greatest value, where there are any."""
    step = Decimal(1) if type_of(schema) == "integer" else Decimal("0.01")
    low = _bound(schema, "minimum", "exclusiveMinimum", step)
    high = _bound(schema, "maximum", "exclusiveMaximum", -step)
    return low, high


def _bound(schema: Schema, key: str, exclusive: str, step: Decimal) -> int | Decimal | None:
    value, beyond = schema.get(key), schema.get(exclusive)
    if beyond is True and value is not None:
        bound = Decimal(str(value)) + step
    elif beyond is not None and not isinstance(beyond, bool):
        bound = Decimal(str(beyond)) + step
    elif value is not None:
        bound = Decimal(str(value))
    else:
        return None
    return int(bound) if bound == bound.to_integral_value() and abs(bound) < 10**18 else bound


def _number(schema: Schema) -> int | Decimal:
    low, high = _range(schema)
    multiple = schema.get("multipleOf")
    start = 1 if low is None or low <= 1 else low
    number = high if high is not None and start > high else start
    if multiple:
        step = Decimal(str(multiple))
        number = (number / step).to_integral_value(ROUND_CEILING) * step
        return int(number) if number == number.to_integral_value() else number
    return number


def _string(schema: Schema) -> str:
    shortest, longest = int(schema.get("minLength", 0)), schema.get("maxLength")
    if schema.get("pattern"):
        return _matching(str(schema["pattern"]), shortest, longest)
    known = FORMATS.get(str(schema.get("format")))
    text = known if isinstance(known, str) else "text"
    text = text if len(text) >= shortest else text + "x" * min(shortest - len(text), 10_000)
    return text[: int(longest)] if longest is not None and known is None else text


def _matching(pattern: str, shortest: int, longest: int | None) -> str:
    """A sample that fits the pattern, or the plainest text where none does."""
    counts = {n for n in (shortest, longest) if n and n <= 1000} | {1, 2, 3, 4, 5, 6, 8, 10, 16, 32}
    repeated = (sign * count for sign in "aA1" for count in sorted(counts))
    try:
        compiled = re.compile(pattern)
    except re.error:
        return "text"
    for sample in (*SAMPLES, *repeated):
        fits = shortest <= len(sample) and (longest is None or len(sample) <= longest)
        if fits and compiled.search(sample):
            return sample
    return "text"


def _wrong_strings(schema: Schema) -> Iterator[Labelled]:
    yield "not a text", 12
    if schema.get("format") in FORMATS and schema["format"] != "password":
        yield f"not a {schema['format']}", "nonsense"
    if schema.get("pattern"):
        yield "not of the pattern", "~ ~ ~"
    if schema.get("minLength", 0) > 0:
        yield "too short", "x" * (min(int(schema["minLength"]), 5000) - 1)
    if 0 <= schema.get("maxLength", -1) <= 5000:
        yield "too long", "x" * (int(schema["maxLength"]) + 1)

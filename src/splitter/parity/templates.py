"""Names in double braces, filled with what earlier answers of the session held."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from splitter.model.jsontext import Json, write

Values = Mapping[str, Json]
"""What was captured, by name."""


class MissingError(LookupError):
    """A name has no value that can stand in a text; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def names_in(text: str) -> list[str]:
    """The names that the text asks for, in their order."""
    return [found[1] for found in _TEMPLATE.finditer(text)]


def filled(text: str, values: Values, quoted: Callable[[str], str] = str) -> str:
    """The text with each name replaced by its value, which is data: braces in it mean nothing.

    MissingError where there is no value, or null.
    """
    return _TEMPLATE.sub(lambda found: quoted(_spelled(found[1], values)), text)


def filled_value(text: str, values: Values) -> Json:
    """The same for a JSON string: one that is nothing but a name becomes the value itself."""
    whole = _TEMPLATE.fullmatch(text)
    if whole is None:
        return filled(text, values)
    if whole[1] not in values:
        raise MissingError(whole[1])
    return values[whole[1]]


def filled_path(path: str, values: Values) -> str:
    """The same for a path and its query: a value stays within its segment or parameter, except
    at the very start, where it is taken for a path itself."""
    if not names_in(path):
        return path
    start = _TEMPLATE.match(path)
    head = filled(start[0], values) if start else ""
    rest = path[start.end() :] if start else path
    plain, mark, query = rest.partition("?")
    return head + filled(plain, values, _segment) + mark + filled(query, values, _parameter)


_TEMPLATE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def _spelled(name: str, values: Values) -> str:
    value = values.get(name)
    if value is None:
        raise MissingError(name)
    return value if isinstance(value, str) else write(value)


def _segment(text: str) -> str:
    return quote(text, safe="/:@!$&'()*+,;=~", errors="surrogatepass")


def _parameter(text: str) -> str:
    return quote(text, safe="/:@!$'()*,;?~", errors="surrogatepass")

"""A YAML file whose entries remember their line, and scalars how they were spelled."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from splitter.errors import ConfigurationError
from splitter.model.jsontext import Json, JsonError, read

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node, ScalarNode


@dataclass(frozen=True, slots=True)
class Entry:
    """A node of the file; `label` says in messages whose it is, such as `case 'list'`."""

    node: Node
    path: str
    label: str = ""

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    @property
    def is_null(self) -> bool:
        return self._tag() == "null"

    @property
    def is_mapping(self) -> bool:
        from yaml.nodes import MappingNode

        return isinstance(self.node, MappingNode)

    @property
    def is_list(self) -> bool:
        from yaml.nodes import SequenceNode

        return isinstance(self.node, SequenceNode)

    def error(self, what: str, hint: str = "") -> ConfigurationError:
        told = f"{self.label}: {what}" if self.label else what
        return ConfigurationError(told, where=f"{self.path}:{self.line}", hint=hint)

    def labelled(self, label: str) -> Entry:
        return Entry(self.node, self.path, label)

    def members(self, what: str, known: Collection[str] | None = None) -> dict[str, Entry]:
        """The members of a mapping, merge keys resolved; `what` names it in messages.

        An unknown key, if those that are known are given, is refused with the nearest one.
        """
        from yaml.nodes import MappingNode

        if not isinstance(self.node, MappingNode):
            raise self.error(f"{what} is a mapping")
        found = self._pairs(self.node)
        for name, (key, _) in found.items():
            if known is not None and name not in known:
                raise key.error(f"unknown key {name!r} in {what}", suggestion(name, known))
        return {name: value for name, (_, value) in found.items()}

    def items(self, what: str) -> list[Entry]:
        """The items of a list."""
        from yaml.nodes import SequenceNode

        if not isinstance(self.node, SequenceNode):
            raise self.error(f"{what} is a list")
        return [Entry(node, self.path, self.label) for node in self.node.value]

    def text(self, what: str) -> str:
        """A scalar as it is written."""
        scalar = self._scalar()
        if scalar is None or self.is_null:
            raise self.error(f"{what} is a text")
        return str(scalar.value)

    def texts(self, what: str) -> tuple[str, ...]:
        """A scalar, or each of a list, as written, but truth values as true and false."""
        if self.is_list:
            return tuple(text for item in self.items(what) for text in item.texts(what))
        text = self.text(what)
        return (str(_is_true(text)).lower() if self._tag() == "bool" else text,)

    def number(self, what: str) -> float:
        """A number that is not negative."""
        try:
            number = float(self.text(what))
        except ValueError:
            number = -1.0
        if not 0 <= number < float("inf"):
            raise self.error(f"{what} is a number, 0 or more")
        return number

    def json(self) -> Json:
        """The value as JSON: numbers keep their digits, dates and times are strings."""
        if self.is_list:
            return [item.json() for item in self.items("json")]
        if self.is_mapping:
            return {name: value.json() for name, value in self.members("json").items()}
        scalar = self._scalar()
        return self._json_scalar(scalar) if scalar is not None else None

    def _pairs(self, node: MappingNode) -> dict[str, tuple[Entry, Entry]]:
        own: dict[str, tuple[Entry, Entry]] = {}
        merged: dict[str, tuple[Entry, Entry]] = {}
        for key_node, value_node in node.value:
            key, value = (Entry(n, self.path, self.label) for n in (key_node, value_node))
            if key._tag() == "merge":
                for name, pair in value._merged():
                    merged.setdefault(name, pair)
                continue
            name = str(key_node.value) if key.is_null else key.text("a key")
            if name in own:
                raise key.error(f"the key {name!r} is there twice")
            own[name] = key, value
        return {**merged, **own}

    def _merged(self) -> Iterator[tuple[str, tuple[Entry, Entry]]]:
        from yaml.nodes import MappingNode

        for entry in self.items("<<") if self.is_list else [self]:
            if not isinstance(entry.node, MappingNode):
                raise entry.error("<< takes a mapping or a list of mappings")
            yield from entry._pairs(entry.node).items()

    def _scalar(self) -> ScalarNode | None:
        from yaml.nodes import ScalarNode

        return self.node if isinstance(self.node, ScalarNode) else None

    def _tag(self) -> str:
        return str(self.node.tag).removeprefix("tag:yaml.org,2002:")

    def _json_scalar(self, scalar: ScalarNode) -> Json:
        tag, text = self._tag(), str(scalar.value)
        if tag == "null":
            return None
        if tag == "bool":
            return _is_true(text)
        if tag in ("int", "float"):
            return self._json_number(text)
        if tag in ("str", "timestamp", "value"):
            return text
        raise self.error(f"the tag {self.node.tag} means nothing in JSON")

    def _json_number(self, text: str) -> Json:
        if ":" in text:  # a time of day; YAML 1.1 would have it counted in sixties
            return text
        try:
            return read(text)
        except JsonError:
            pass
        plain = text.replace("_", "").lower()
        try:
            if re.match(r"[-+]?0[xbo0-9]", plain):
                return int(plain, 0 if plain.lstrip("+-")[1] in "xbo" else 8)
            number = Decimal(plain)
            exact = number if "." in plain or "e" in plain else int(number)
        except (ValueError, ArithmeticError, InvalidOperation):
            raise self.error(f"{text} is no number in JSON") from None
        if not number.is_finite():
            raise self.error(f"{text} is no number in JSON")
        return exact


def document(text: bytes, path: str) -> Entry | None:
    """The file's one document, or None for an empty file; ConfigurationError names the line."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else path
        raise ConfigurationError(f"not YAML: {error.problem}", where=where) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ConfigurationError("not YAML: it is no text in UTF-8", where=path) from None
    finally:
        loader.dispose()
    return Entry(node, path) if node is not None else None


def suggestion(name: str, known: Collection[str]) -> str:
    """The nearest of the known names, or all of them."""
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


def _is_true(text: str) -> bool:
    return text.lower() in ("true", "yes", "on")

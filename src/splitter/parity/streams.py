"""A long list in a YAML file, one item at a time: its nodes take twenty times its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver

from splitter.parity.nodes import Entry


class UnstreamableError(ValueError):
    """The file is not so plain that it can be read in parts, or it is wrong."""


def members(text: bytes, path: str, *, listed: str) -> Iterator[tuple[str, Entry]]:
    """The members of the file's one mapping, and of the list `listed` each item, in their order.

    UnstreamableError, maybe after some of them, where only the whole file tells what is meant.
    """
    try:
        yield from _members(_loader(text), path, listed)
    except (yaml.YAMLError, UnicodeDecodeError):
        raise UnstreamableError from None


def _members(loader: Any, path: str, listed: str) -> Iterator[tuple[str, Entry]]:
    _expect(loader, yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.MappingStartEvent)
    seen: set[str] = set()
    while not loader.check_event(yaml.MappingEndEvent):
        name = _expect(loader, yaml.ScalarEvent).value
        if name in seen or name == "<<":
            raise UnstreamableError
        seen.add(name)
        if name == listed:
            yield from ((name, item) for item in _items(loader, path))
        else:
            yield name, Entry(loader.compose_node(None, None), path)
    _expect(loader, yaml.MappingEndEvent, yaml.DocumentEndEvent, yaml.StreamEndEvent)


def _items(loader: Any, path: str) -> Iterator[Entry]:
    _expect(loader, yaml.SequenceStartEvent)
    while not loader.check_event(yaml.SequenceEndEvent):
        yield Entry(loader.compose_node(None, None), path)
    _expect(loader, yaml.SequenceEndEvent)


def _expect(loader: Any, *kinds: type[yaml.Event]) -> Any:
    """The last of the next events, which are of these kinds and have no name to refer to."""
    event = None
    for kind in kinds:
        event = loader.get_event()
        if not isinstance(event, kind) or getattr(event, "anchor", None):
            raise UnstreamableError
    return event


def _loader(text: bytes) -> Any:
    """libyaml's events, if it is there, composed to nodes by Python: its own composer takes all
    of a document or nothing."""
    if not yaml.__with_libyaml__:
        return yaml.SafeLoader(text)
    from yaml._yaml import CParser

    class Loader(CParser, Composer, Resolver):
        def __init__(self) -> None:
            CParser.__init__(self, text)
            Composer.__init__(self)
            Resolver.__init__(self)

    return Loader()

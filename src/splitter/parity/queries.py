"""JSONPath (RFC 9535), read once and put to documents of any depth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathMatch
from jsonpath.exceptions import JSONPathError
from jsonpath.segments import JSONPathRecursiveDescentSegment

from splitter.model.jsontext import Json

Key = str | int


class QueryError(ValueError):
    """The text is no JSONPath, or cannot be put to this document."""


@cache
def compiled(query: str) -> JSONPath:
    """The query, ready to be put; QueryError says what is wrong with it."""
    try:
        path = _STRICT.compile(query)
    except JSONPathError as error:
        raise QueryError(str(error.message or "it is not a JSONPath")) from None
    if not isinstance(path, JSONPath):
        raise QueryError("it is not one JSONPath")
    return path


def locations(query: str, document: Json) -> list[tuple[Key, ...]]:
    """Where the selected nodes are: names and indexes, from the root."""
    return [found.keys() for found in _found(query, document)]


def first(query: str, document: Json) -> list[Json]:
    """The first selected value, alone in a list; an empty list where there is none."""
    return [found.obj for found in _found(query, document)[:1]]  # type: ignore[misc]


_STRICT = JSONPathEnvironment(strict=True)


class _Node(JSONPathMatch):
    """A match that spells its place only when it is asked for."""

    __slots__ = ("key",)

    def __init__(self, obj: object, parent: _Node | None, key: Key) -> None:
        self.obj = obj
        self.parent = parent
        self.key = key
        self.root = parent.root if parent else obj  # type: ignore[assignment]
        self.parts = ()
        self.path = ""
        self._filter_context = {}

    def new_child(self, obj: object, key: Key) -> _Node:
        return _Node(obj, self, key)

    def add_child(self, *children: JSONPathMatch) -> None:
        """Children are not kept: they would hold the whole document's nodes."""

    def keys(self) -> tuple[Key, ...]:
        keys: list[Key] = []
        node: JSONPathMatch | None = self
        while isinstance(node, _Node) and node.parent is not None:
            keys.append(node.key)
            node = node.parent
        return tuple(reversed(keys))


def _found(query: str, document: Json) -> list[_Node]:
    nodes: Iterable[JSONPathMatch] = [_Node(document, None, "")]
    for segment in compiled(query).segments:
        if isinstance(segment, JSONPathRecursiveDescentSegment):
            nodes = _descended(segment, nodes)
        else:
            nodes = segment.resolve(nodes)
    try:
        return [node for node in nodes if isinstance(node, _Node)]
    except (JSONPathError, RecursionError):
        raise QueryError(f"{query} cannot be put to a body that is nested so deep") from None


def _descended(
    segment: JSONPathRecursiveDescentSegment, nodes: Iterable[JSONPathMatch]
) -> Iterator[JSONPathMatch]:
    for node in nodes:
        for inner in _and_below(node):
            for selector in segment.selectors:
                yield from selector.resolve(inner)


def _and_below(node: JSONPathMatch) -> Iterator[JSONPathMatch]:
    """The containers from `node` on, parents first, in the order of the document."""
    rest = [node]
    while rest:
        here = rest.pop()
        yield here
        items: Iterable[tuple[Key, object]] = ()
        if isinstance(here.obj, dict):
            items = here.obj.items()
        elif isinstance(here.obj, list):
            items = enumerate(here.obj)
        inner = [here.new_child(v, k) for k, v in items if isinstance(v, dict | list)]
        rest.extend(reversed(inner))

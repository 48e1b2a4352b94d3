"""Which modules the imports of a file load, now and once they have moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from splitter.codemods.imports.scopes import Binding, Sight
from splitter.codemods.imports.statements import Statement
from splitter.codemods.imports.text import Text


class Loads:
    """What has to be loaded before it can be reached as an attribute, and by which import."""

    def __init__(self, text: Text, statements: Sequence[Statement]) -> None:
        pairs = [
            (_module(statement, name.old), _module(statement, name.new))
            for statement in statements
            for name in statement.names
        ]
        self._modules = {above for old, _ in pairs for above in prefixes(old)}
        self._moved = [pair for pair in pairs if pair[0] != pair[1]]
        self._top = [
            (text.span(statement.node)[0], prefixes(_module(statement, name.new)))
            for statement in statements
            if statement.node.col_offset == 0 and not statement.left
            for name in statement.names
        ]

    def module_of(self, dotted: str) -> str:
        """The longest head of `dotted` that an import of the file shows to be a module."""
        return next((head for head in prefixes(dotted) if head in self._modules), "")

    def lost(self, module: str, after: str) -> bool:
        """An import that loaded `module` no longer loads it under the name of `after`."""
        return any(
            module in prefixes(old) and after not in prefixes(new) for old, new in self._moved
        )

    def loaded(self, module: str, sight: Sight, sources: Sequence[Binding], offset: int) -> bool:
        """`module` is loaded when a use at `offset` runs, which the `sources` have reached."""
        if any(module in loaded for start, loaded in self._top if sight.later or start < offset):
            return True
        sure = [b for b in _plain(sight) if sight.follows(b)]
        return any(
            b.imported is not None and module in prefixes(b.imported.new) for b in (*sources, *sure)
        )


def prefixes(dotted: str) -> list[str]:
    """`dotted` and what lies above it, the longest first."""
    parts = dotted.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _module(statement: Statement, dotted: str) -> str:
    return dotted.rpartition(".")[0] if statement.module else dotted


def _plain(sight: Sight) -> Iterator[Binding]:
    for bindings in sight.home.bindings.values():
        yield from (b for b in bindings if b.imported and b.imported.root)

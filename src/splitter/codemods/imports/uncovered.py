"""Imports of the monolith that no map covers: nothing in a service may point back unseen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from splitter.codemods.imports.findings import UNCOVERED, Finding
from splitter.codemods.imports.loading import prefixes
from splitter.codemods.imports.mapping import ImportMap, below
from splitter.codemods.imports.statements import Statement
from splitter.codemods.imports.text import Text


class Watch:
    """Looks out for imports of `modules`, dotted names, and of what lies below them."""

    def __init__(self, modules: Collection[str]) -> None:
        self._modules = frozenset(modules)
        self._roots = {name.partition(".")[0].encode() for name in modules}

    def __bool__(self) -> bool:
        return bool(self._modules)

    def concerns(self, source: bytes) -> bool:
        """False only if `source` cannot import any of them."""
        return any(root in source for root in self._roots)

    def uncovered(
        self, text: Text, statements: Sequence[Statement], imports: ImportMap
    ) -> Iterator[Finding]:
        """A finding that blocks for each name that is imported from them, and stays."""
        for statement in statements:
            if statement.level and not statement.absolute:
                continue
            for name in statement.names:
                if name.old == name.new and self._holds(name.old, imports):
                    what = f"{name.old.removesuffix('.*')} is the monolith's, and no map covers it"
                    yield Finding(text.span(statement.node)[0], UNCOVERED, what, blocks=True)

    def _holds(self, dotted: str, imports: ImportMap) -> bool:
        if any(below(dotted, new) for new in imports.news):
            return False
        return any(name in self._modules for name in prefixes(dotted))

"""Statements added after others, told by their lines; importing it imports libcst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

BOM = b"\xef\xbb\xbf"


def inserted(source: bytes, added: Mapping[int, Sequence[str]]) -> bytes | None:
    """The source with each statement after the simple statement that starts on its line.

    Line 0 is the top of the file. `None` where no simple statement of its own line starts there.
    """
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    inserter = _Inserter({line: _lines(texts) for line, texts in added.items()})
    tree = wrapper.visit(inserter)
    if inserter.left:
        return None
    return encoded(tree, source)


def encoded(tree: cst.Module, source: bytes) -> bytes:
    """The tree's text as the source was encoded."""
    data = tree.bytes
    return BOM + data if source.startswith(BOM) and not data.startswith(BOM) else data


def _lines(texts: Sequence[str]) -> list[cst.SimpleStatementLine]:
    statements = (cst.parse_statement(text) for text in texts)
    return [line for line in statements if isinstance(line, cst.SimpleStatementLine)]


class _Inserter(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, left: dict[int, list[cst.SimpleStatementLine]]) -> None:
        super().__init__()
        self.left = left

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
        line = self.get_metadata(PositionProvider, original_node).start.line
        return cst.FlattenSentinel([updated_node, *self.left.pop(line, ())])

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        top = self.left.pop(0, ())
        return updated_node.with_changes(body=[*top, *updated_node.body])

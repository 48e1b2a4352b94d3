"""Where the nodes of a syntax tree stand in the text of their module, as offsets."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right

Span = tuple[int, int]

_ENDING = re.compile(r"\r\n|\r|\n")


class Lines:
    """A module's text by lines, as Python counts them: no other character ends a line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in _ENDING.finditer(text))]
        self._ascii = text.isascii()

    def offset(self, line: int, column: int) -> int:
        """`line` counts from 1, `column` in bytes of UTF-8 from 0, as in the tree."""
        start = self._starts[line - 1]
        if self._ascii:
            return start + column
        row = self.text[start : self.end_of_line(start)]
        return start + len(row.encode("utf-8")[:column].decode("utf-8"))

    def span(self, node: ast.AST) -> Span:
        """From the first character of a node, its decorators included, to behind the last."""
        assert isinstance(node, ast.stmt | ast.expr | ast.alias | ast.keyword)
        last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        start = self.offset(node.lineno, node.col_offset)
        for decorator in getattr(node, "decorator_list", ())[:1]:
            sign = self.text.rindex("@", 0, self.offset(decorator.lineno, decorator.col_offset))
            start = min(start, sign)
        return start, self.offset(last, end)

    def start_of_line(self, offset: int) -> int:
        return self._starts[bisect_right(self._starts, offset) - 1]

    def end_of_line(self, offset: int) -> int:
        """Behind the line's ending."""
        at = bisect_right(self._starts, offset)
        return self._starts[at] if at < len(self._starts) else len(self.text)

    def opens_line(self, offset: int) -> bool:
        """Whether nothing but space stands before it, and the line goes on from no other."""
        start = self.start_of_line(offset)
        before = self.text[:start].rstrip("\r\n")
        return not self.text[start:offset].strip() and not before.endswith("\\")

    def with_comments_above(self, offset: int, floor: int = 0) -> int:
        """The start of the comments right above the line that `offset` opens, alike indented.

        Where there are none it is `offset` itself. No line that starts before `floor` is one.
        """
        start = self.start_of_line(offset)
        margin = offset - start
        while start > floor:
            above = self.start_of_line(start - 1)
            row = self.text[above:start]
            if above < floor or row[:margin].strip() or row[margin : margin + 1] != "#":
                break
            start, offset = above, above + margin
        return offset


def joined(gap: str) -> bool:
    """Whether what stands between two statements leaves them on one logical line."""
    return not re.search(r"[\r\n]", re.sub(r"\\(\r\n|\r|\n)", "", gap))

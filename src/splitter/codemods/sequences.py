"""Take elements out of a row that commas or semicolons part, each with what belongs to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from splitter.codemods.spans import Lines, Span

Edit = tuple[int, int, str]
"""The text from one offset to another, and what takes its place."""

Literal = ast.List | ast.Tuple | ast.Set | ast.Dict


@dataclass(frozen=True, slots=True)
class Row:
    """Elements, parted by `mark`, in a container.

    In brackets an element may have lines of its own, with comments above; a tuple of one needs
    its comma.
    """

    lines: Lines
    spans: Sequence[Span]
    container: Span
    mark: str = ","
    bracketed: bool = False
    is_tuple: bool = False

    def without(self, gone: Sequence[bool]) -> Iterator[Edit]:
        """The edits that leave the other elements; at least one of them stays."""
        alone = self.is_tuple and gone.count(False) == 1
        for first, last in _runs(gone):
            if last + 1 < len(gone):
                yield self._start(first), self._start(last + 1), ""
            else:
                yield self._rest(first, last, alone)
        if alone and not gone[-1] and not self._mark_after(len(gone) - 1):
            yield self.spans[-1][1], self.spans[-1][1], ","

    def _start(self, index: int) -> int:
        """Where an element begins, the comments above it included."""
        start = self.spans[index][0]
        if self.bracketed and self.lines.opens_line(start):
            floor = self.spans[index - 1][1] if index else self.container[0]
            return self.lines.with_comments_above(start, floor)
        return start

    def _rest(self, first: int, last: int, alone: bool) -> Edit:
        """The edit for elements behind which no other one stays."""
        start, stop = self.spans[first][0], self._mark_after(last) or self.spans[last][1]
        if self.bracketed and self.lines.opens_line(start):
            start = self._start(first)
            ending = self.lines.end_of_line(stop)
            if not bare(self.lines.text[stop:ending]).strip():
                return self.lines.start_of_line(start), ending, ""
            return start, stop, ""
        if alone or self._mark_after(last):
            return self._mark_after(first - 1), stop, ""
        return self.spans[first - 1][1], stop, ""

    def _mark_after(self, index: int) -> int:
        """Behind the mark that follows an element; 0 where none does."""
        after = self.spans[index][1]
        stop = self.spans[index + 1][0] if index + 1 < len(self.spans) else self.container[1]
        found = bare(self.lines.text[after:stop]).find(self.mark)
        return after + found + 1 if found >= 0 else 0


def row_of(lines: Lines, node: Literal) -> Row:
    """The elements of a literal, each with the brackets that stand around it alone."""
    start, end = lines.span(node)
    text = lines.text[:start] + bare_outside(lines, node)
    keys = node.keys if isinstance(node, ast.Dict) else node.elts
    spans: list[Span] = []
    at = start if isinstance(node, ast.Tuple) else start + 1
    own = 0
    for index, (key, value) in enumerate(zip(keys, values(node), strict=True)):
        first, last = lines.span(key or value)[0], lines.span(value)[1]
        openings = [at + o.start() for o in re.finditer(r"\(|\*\*", text[at:first])]
        closings = _closings(text, lines, key, value, openings)
        if isinstance(node, ast.Tuple) and not index:
            closings = text[last : text.index(",", last)].count(")")
            own = len(openings) - closings
            openings = openings[own:]
        for _ in range(closings):
            last = text.index(")", last) + 1
        spans.append((min([first, *openings]), last))
        at = text.find(",", last) + 1
    return Row(
        lines,
        spans,
        (start, end),
        bracketed=own > 0 or not isinstance(node, ast.Tuple),
        is_tuple=isinstance(node, ast.Tuple),
    )


def values(node: Literal) -> list[ast.expr]:
    """The elements of a literal; of a dict its values."""
    return node.values if isinstance(node, ast.Dict) else node.elts


def bare(gap: str) -> str:
    """What stands between elements, comments blanked out."""
    return re.sub(r"#[^\r\n]*", lambda found: " " * len(found[0]), gap)


def bare_outside(lines: Lines, node: Literal) -> str:
    """The text of a literal with everything blanked out but its marks and brackets."""
    start, end = lines.span(node)
    parts: list[str] = []
    at = start
    inner = [e for e in (*getattr(node, "keys", ()), *values(node)) if e is not None]
    for first, last in sorted(lines.span(element) for element in inner):
        parts += [bare(lines.text[at:first]), " " * (last - first)]
        at = last
    return "".join([*parts, bare(lines.text[at:end])])


def _closings(
    text: str, lines: Lines, key: ast.expr | None, value: ast.expr, openings: list[int]
) -> int:
    """How many brackets around an element close behind its end."""
    if key is value:
        return len(openings)
    if key is None:
        return len(openings) - 1
    return text[lines.span(key)[1] : lines.span(value)[0]].count("(")


def _runs(gone: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last index of each stretch of elements that go."""
    for index, goes in enumerate(gone):
        if goes and (index == 0 or not gone[index - 1]):
            stays = (i for i in range(index, len(gone)) if not gone[i])
            yield index, next(stays, len(gone)) - 1

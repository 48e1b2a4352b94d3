"""Names taken out of a from-import whose other names, layout and comments stay."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from splitter.codemods.imports.statements import Imported, Statement
from splitter.codemods.imports.text import Splice, Text

_COMMA = re.compile(rb"(?:[ \t\f]|\\(?:\r\n|\r|\n))*,")
_BLANKS = re.compile(rb"[ \t\f]*")
_REST = re.compile(rb"[ \t\f]*(#[^\r\n]*)?(\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Cut:
    """The splices, and the comments that go with the names, each with the blanks before it."""

    splices: list[Splice] = field(default_factory=list)
    comments: dict[Imported, bytes] = field(default_factory=dict)


class _Part(NamedTuple):
    """A name in its statement, and where it stands there."""

    name: Imported
    start: int
    end: int
    line: int
    goes: bool


def leave_out(
    text: Text, statement: Statement, names: Collection[Imported], *, comments_stay: bool
) -> Cut:
    """Take `names`, not all of them, out of a from-import.

    Names that have a line to themselves take it with them, its comment included unless
    `comments_stay`.
    """
    cut = Cut()
    parts = [_part(text, name, name in names) for name in statement.names]
    for line in dict.fromkeys(part.line for part in parts if part.goes):
        on_line = [part for part in parts if part.line == line]
        rest = _rest_of_own_line(text, on_line)
        if rest is None:
            cut.splices.extend(_out_of_line(text, parts, part) for part in on_line if part.goes)
            continue
        comment = rest.group(1)
        if comment and comments_stay:
            cut.splices.append(Splice(on_line[0].start, rest.start(1), b""))
            continue
        cut.splices.append(Splice(line, rest.end(), b""))
        if comment:
            cut.comments[on_line[-1].name] = b"  " + comment
    return cut


def _part(text: Text, name: Imported, goes: bool) -> _Part:
    start, end = text.span(name.node)
    return _Part(name, start, end, text.line_around(start)[0], goes)


def _rest_of_own_line(text: Text, parts: list[_Part]) -> re.Match[bytes] | None:
    """What follows the names of a line that holds nothing but names that go."""
    first, last = parts[0], parts[-1]
    if not all(part.goes for part in parts) or text.data[first.line : first.start].strip():
        return None
    if text.data[max(0, first.line - 3) : first.line].rstrip(b"\r\n").endswith(b"\\"):
        return None
    comma = _COMMA.match(text.data, last.end)
    return _REST.match(text.data, comma.end() if comma else last.end)


def _out_of_line(text: Text, parts: list[_Part], part: _Part) -> Splice:
    """With the comma after the name, or, where no name that stays follows, the one before."""
    at = parts.index(part)
    stays = [i for i, other in enumerate(parts) if not other.goes]
    behind = parts[at - 1].end if at else part.start
    if at > stays[-1] and b"#" not in text.data[behind : part.start]:
        return Splice(behind, part.end, b"")
    if at - 1 in stays and b"\\" in text.data[behind : part.start]:
        return Splice(behind, part.end, b"")
    comma = _COMMA.match(text.data, part.end)
    end = comma.end() if comma else part.end
    blanks = _BLANKS.match(text.data, end)
    after = blanks.end() if blanks else end
    if text.data[after : after + 1] not in (b"#", b"\r", b"\n"):
        return Splice(part.start, after, b"")
    kept = text.data[part.line : part.start]
    return Splice(part.start - len(kept) + len(kept.rstrip(b" \t\f")), end, b"")

"""Tables and who uses them, as a matrix that fits the page or as lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from splitter.model.monolith import Access, Monolith, Table

WIDTH = 80
_NONE = "·"


def lines(monolith: Monolith) -> Iterator[str]:
    """The matrix of services and tables; by module as long as no service is planned."""
    if not monolith.tables:
        return
    yield ""
    yield f"tables: {len(monolith.tables)}"
    if len(monolith.matrix) > 1:
        yield from _matrix(monolith.matrix, [table.name for table in monolith.tables])
    else:
        for table in monolith.tables:
            yield from _by_module(table)
    yield from _seen(monolith.accesses)


def wrapped(text: str, *, indent: int = 2, more: int = 4) -> list[str]:
    """A sentence in lines of at most 80 columns, as far as its words allow.

    From the second line on it is indented by `more`.
    """
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + more),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _matrix(matrix: Mapping[str, Mapping[str, str]], tables: list[str]) -> Iterator[str]:
    """Rows are tables, columns who uses them: by name if that fits, else by number."""
    parties = [name for name, used in matrix.items() if used]
    names = [name for name in tables if any(name in matrix[p] for p in parties)]
    names += sorted({t for p in parties for t in matrix[p]} - {*names})
    first = max(map(len, names), default=0)
    numbered = 2 + first + sum(2 + len(p) for p in parties) > WIDTH
    heads = [str(n + 1) for n in range(len(parties))] if numbered else parties
    if numbered:
        yield from wrapped("  ".join(f"{n}\u00a0{p}" for n, p in zip(heads, parties, strict=True)))
    yield _row("", heads, first, heads)
    for name in names:
        cells = [matrix[party].get(name, _NONE) for party in parties]
        yield _row(name, cells, first, heads)
    unused = [name for name in tables if name not in names]
    if unused:
        yield from wrapped(f"not used by any route: {', '.join(unused)}")


def _row(name: str, cells: list[str], first: int, heads: list[str]) -> str:
    widths = [max(2, len(head)) for head in heads]
    told = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"  {name.ljust(first)}  {told}".rstrip()


def _by_module(table: Table) -> Iterator[str]:
    writers = sorted({use.module for use in table.uses if use.mode == "write"})
    readers = sorted({use.module for use in table.uses if use.mode == "read"} - set(writers))
    yield f"  {table.name}  {table.model or 'raw SQL only'}"
    if writers:
        yield from wrapped(f"written by {', '.join(writers)}", indent=6)
    if readers:
        yield from wrapped(f"read by {', '.join(readers)}", indent=6)


def _seen(accesses: tuple[Access, ...]) -> Iterator[str]:
    """How far the tests bear out what the source says."""
    seen = [a for a in accesses if "runtime" in a.found_by]
    if not seen:
        return
    only = [a for a in seen if len(a.found_by) == 1]
    both = len(seen) - len(only)
    static = sum("static" in a.found_by for a in accesses)
    yield from wrapped(f"the tests saw {both} of the {static} uses that the source shows")
    for access in only:
        name = access.endpoint.partition(":")[2] or access.endpoint
        yield from wrapped(f"only seen by the tests: {name} {access.mode}s {access.table}")

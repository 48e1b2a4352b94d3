"""What each SPL code means, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: its title, what it means for a split, and what the reader can do."""

    title: str
    means: str
    todo: str


CODES: Mapping[str, Code] = {
    "SPL001": Code(
        "a file cannot be parsed",
        "The file is not valid Python for the interpreter that runs splitter. What it defines, "
        "imports and routes is unknown, and it is never copied or changed.",
        "Mend the file, leave it out in splitter.toml, or run splitter with a newer Python.",
    ),
}

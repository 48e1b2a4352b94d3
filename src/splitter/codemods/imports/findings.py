"""What is reported of a file: codes, and findings before they have a path."""

from __future__ import annotations

from typing import NamedTuple

RESHAPED = "SPL300"
STAR = "SPL301"
DYNAMIC = "SPL302"
RENAMED = "SPL303"
STRING = "SPL304"
UNCERTAIN = "SPL305"
ABOVE_TOP = "SPL306"
UNCOVERED = "SPL307"


class Finding(NamedTuple):
    """Something of a file that a person may have to look at, at a place in its text."""

    offset: int
    code: str
    what: str
    blocks: bool = False

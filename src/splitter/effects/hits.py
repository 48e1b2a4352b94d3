"""What the monolith's processes have written down of requests on their old routes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from splitter.effects import disk
from splitter.model.hits import Count


def read(folder: Path) -> tuple[Count, ...]:
    """One count for each process that kept one there; none where there is no such folder.

    What is no count, or not whole, is passed over. DiskError for what cannot be read.
    """
    with disk.doing("read", folder):
        files = sorted(folder.glob("*.json")) if folder.is_dir() else []
        texts = [file.read_bytes() for file in files]
    found = (_count(text) for text in texts)
    return tuple(count for count in found if count is not None)


def _count(text: bytes) -> Count | None:
    try:
        table: dict[str, Any] = json.loads(text)
        routes = {str(r): (int(n), float(last)) for r, (n, last) in table["routes"].items()}
        return Count(float(table["since"]), float(table["until"]), routes)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None

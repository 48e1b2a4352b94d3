"""Who answered the requests that went through the gateway, by its own access log."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from splitter.model.progress import Share

TAIL = 4 * 1024 * 1024
"""Bytes at the end of the log that are looked at."""
_LINE = re.compile(rb'"-" "-" (\w+) (\w+)\.\w+ [\d.]+ ')


def shares(log: Path) -> tuple[Share, ...]:
    """By service, for routes that have moved; none where there is no log, or it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL))
            text = file.read()
    except OSError:
        return ()
    found = Counter((service, owner == b"monolith") for owner, service in _LINE.findall(text))
    return tuple(
        Share(service.decode(), found[service, False], found[service, True])
        for service in sorted({service for service, _ in found})
    )

"""A question to a gateway through its socket."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def told(path: Path, question: bytes) -> bytes:
    """What whoever has the socket answers; nothing, if there is nobody."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(5)
            link.connect(_short(path))
            link.sendall(question)
            return b"".join(iter(lambda: link.recv(65536), b""))
    except OSError:
        return b""


def _short(path: Path) -> str:
    """The path as it is shortest: that of a socket has to fit into a hundred bytes."""
    return min(str(path), os.path.relpath(path), key=len)

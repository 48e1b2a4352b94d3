"""Who is at the keyboard, as far as the machine knows."""

from __future__ import annotations

import getpass
import os


def name() -> str:
    """`SPLITTER_BY`, or else the name of the user that this process runs as."""
    try:
        return os.environ.get("SPLITTER_BY", "").strip() or getpass.getuser()
    except (OSError, KeyError):  # no such user in the password database
        return str(os.getuid())

"""What commands found out and later ones go by: small JSON files in `.splitter/results/`."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = ".splitter/results"


def read(root: Path, name: str) -> dict[str, Any]:
    """The result of that name, empty where there is none or where it cannot be read."""
    try:
        found = json.loads((root / FOLDER / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(root: Path, name: str, result: Mapping[str, Any]) -> None:
    """Keep a result. It is only a help to later commands: a disk that refuses is passed over."""
    folder = root / FOLDER
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(result, stream)
        os.replace(temporary, folder / f"{name}.json")

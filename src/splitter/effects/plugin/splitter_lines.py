"""The file that a recording is written to, one JSON document a line; a part for each xdist worker.

Part of the plugin: nothing but Python 3.8.
"""

from __future__ import annotations

import base64
import contextlib
import glob
import json
import os
import platform
import sys
from typing import Any

VERSION = 1


class Lines:
    """FILE, or FILE.WORKER in a process of xdist, which the first process puts together."""

    def __init__(self, config: Any, path: str) -> None:
        worker = getattr(config, "workerinput", {}).get("workerid", "")
        self.path = path
        self.worker = worker + "." if worker else ""
        self.is_part = bool(worker)
        if not self.is_part:
            for old in glob.glob(glob.escape(path) + ".gw*"):
                os.unlink(old)
        self.stream: Any = _opened(path + "." + worker if worker else path)
        if not self.is_part:
            self._put({"splitter": "recording", "version": VERSION, **_surroundings()})

    def write(self, entry: dict[str, Any], order: int) -> None:
        """Write an entry; `order` is the place of its test among all."""
        self._put({"order": order, **entry} if self.is_part else entry)

    def close(self, counts: dict[str, int]) -> None:
        """End the file; in the first process, with what the others wrote."""
        if self.is_part:
            self._put({"end": counts})
        else:
            parts = sorted(glob.glob(glob.escape(self.path) + ".gw*"))
            self._put({"end": _joined(parts, self.stream, counts)})
            for part in parts:
                os.unlink(part)
        self.stream.close()

    def _put(self, entry: dict[str, Any]) -> None:
        self.stream.write(json.dumps(entry, separators=(",", ":")).encode("ascii") + b"\n")
        self.stream.flush()


def content(data: bytes) -> Any:
    """A body: text where it is UTF-8, else base64."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _opened(path: str) -> Any:
    """A new file that nobody else can read: tests send passwords."""
    if os.path.isfile(path):
        os.unlink(path)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _joined(parts: list[str], stream: Any, counts: dict[str, int]) -> dict[str, int]:
    """Copy the lines of all parts: what fixtures asked first, then tests in their order."""
    total = dict(counts)
    places = []
    for part in parts:
        at = 0
        with open(part, "rb") as lines:
            for line in lines:
                try:
                    entry = json.loads(line)
                except ValueError:  # its process was killed
                    break
                for name, count in entry.get("end", {}).items():
                    total[name] = total.get(name, 0) + count
                if "end" not in entry:
                    places.append(("test" in entry, entry["order"], part, at))
                at += len(line)
    with contextlib.ExitStack() as stack:
        open_parts = {part: stack.enter_context(open(part, "rb")) for part in parts}
        for _, _, part, at in sorted(places):
            open_parts[part].seek(at)
            stream.write(open_parts[part].readline())
    return total


def _surroundings() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("fastapi", "starlette", "pytest"):
        version = getattr(sys.modules.get(name), "__version__", None)
        if version is None:
            version = _installed(name)
        if version:
            found[name] = version
    return found


def _installed(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return ""

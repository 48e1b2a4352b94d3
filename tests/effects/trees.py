"""Small trees on the disk, written and read as a whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from splitter.model.changes import ChangeSet, FileChange

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
State = dict[str, tuple[int, bytes | None]]

BEFORE: Mapping[str, bytes | None] = {
    "main.py": b"import api\n",
    "api/users.py": b"from utils import now\n",
    "api/old.py": b"# to be removed\n",
    "tools/run.sh": b"#!/bin/sh\n",
    "empty": None,
}
CHANGES = ChangeSet(
    "scaffold user",
    (
        FileChange("api/old.py", b"# to be removed\n", None),
        FileChange("api/users.py", b"from utils import now\n", b"from shared.utils import now\n"),
        FileChange("services/user_service/main.py", None, b"app = None\n" * 9000),
        FileChange("services/user_service/routes/__init__.py", None, b""),
        FileChange("tools/run.sh", b"#!/bin/sh\n", b"#!/bin/bash\n"),
    ),
)


def plant(root: Path, files: Mapping[str, bytes | None] = BEFORE) -> Path:
    """Write the files; None is an empty folder. `*.sh` are made executable."""
    for path, data in files.items():
        file = root / path
        (file.parent if data is not None else file).mkdir(parents=True, exist_ok=True)
        if data is not None:
            file.write_bytes(data)
            file.chmod(0o755 if path.endswith(".sh") else 0o640)
    return root


def state(root: Path) -> State:
    """Every file and folder with its mode bits and content, the journal left out."""
    journal = root / ".splitter" / "journal"
    found = {
        path.relative_to(root).as_posix(): (
            path.lstat().st_mode,
            path.read_bytes() if path.is_file() else None,
        )
        for path in root.rglob("*")
        if path != journal and journal not in path.parents
    }
    if found.keys() & {".splitter"} and not any(p.startswith(".splitter/") for p in found):
        del found[".splitter"]
    return found


def create(path: str, data: bytes = b"new\n") -> ChangeSet:
    """A change set that makes one file."""
    return ChangeSet(f"create {path}", (FileChange(path, None, data),))


def contents(root: Path) -> dict[str, bytes]:
    """Every file's content, the journal left out."""
    return {path: data for path, (_, data) in state(root).items() if data is not None}


def make_pending(root: Path) -> None:
    """As if the newest entry had been killed right before its last step."""
    file = max((root / ".splitter" / "journal").glob("*.json"))
    file.write_text(file.read_text().replace('"state": "done"', '"state": "pending"'))

"""What an entry of the journal says, and the JSON that it is kept as."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from splitter.effects import disk
from splitter.model.changes import FileChange

SCHEMA = 1
PENDING = "pending"
DONE = "done"
ROLLED_BACK = "rolled back"
UNDONE = "undone"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file's SHA-256 before and after (`None`: it does not exist), and its mode bits before.

    `kept` is where the entry's pack has what the file held before: from which byte, how many.
    """

    path: str
    before: str | None
    after: str | None
    mode: int | None
    kept: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class FolderRecord:
    """A folder and its mode bits."""

    path: str
    mode: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of the tree: enough to finish it, to roll it back and to undo it.

    `when` is ISO 8601 in UTC; `state` is pending, done, rolled back or (only in a history)
    undone; `token` marks the temporary files; `created` are the folders that were made for it,
    parents first, `removed` those that it takes away, children first; `undoes` is the number of
    the entry that this one takes back, or 0.
    """

    number: int
    title: str
    when: str
    state: str
    token: str
    files: tuple[FileRecord, ...]
    created: tuple[str, ...] = ()
    removed: tuple[FolderRecord, ...] = ()
    undoes: int = 0

    @property
    def paths(self) -> tuple[str, ...]:
        """The user's files that it changes; splitter's own `.gitignore` is not one."""
        return tuple(file.path for file in self.files if file.path != IGNORE_FILE)


IGNORE_FILE = ".splitter/.gitignore"


def record(change: FileChange) -> FileRecord:
    """What is recorded of a change, without what only the disk knows."""
    return FileRecord(change.path, _sha256(change.before), _sha256(change.after), None)


def document(entry: Entry) -> dict[str, object]:
    """The entry as JSON takes it."""
    return {
        "schema": SCHEMA,
        "number": entry.number,
        "title": entry.title,
        "when": entry.when,
        "state": entry.state,
        "token": entry.token,
        "undoes": entry.undoes,
        "files": [
            {"path": f.path, "before": f.before, "after": f.after, "mode": f.mode, "kept": f.kept}
            for f in entry.files
        ],
        "created": list(entry.created),
        "removed": [{"path": f.path, "mode": f.mode} for f in entry.removed],
    }


def entry(data: object) -> Entry:
    """The entry that JSON says. Raises ValueError, which names what is wrong in it."""
    fields = _table(data)
    if fields.get("schema") != SCHEMA:
        raise ValueError(f"its schema is {fields.get('schema')!r}, not {SCHEMA}")
    return Entry(
        number=_number(fields, "number"),
        title=_text(fields, "title"),
        when=_text(fields, "when"),
        state=_matching(fields, "state", "pending|done|rolled back"),
        token=_matching(fields, "token", "[0-9a-f]{8,32}"),
        files=_each(fields, "files", _file),
        created=_each(fields, "created", _path),
        removed=_each(fields, "removed", _folder),
        undoes=_number(fields, "undoes"),
    )


def is_plain(path: str) -> bool:
    """Whether it is a posix path that goes down from where it starts, and no further."""
    parts = path.split("/")
    return "\0" not in path and not any(part in ("", ".", "..") for part in parts)


def _sha256(data: bytes | None) -> str | None:
    return None if data is None else disk.digest(data)


def _file(data: object) -> FileRecord:
    fields = _table(data)
    mode = None if fields.get("mode") is None else _number(fields, "mode")
    return FileRecord(
        _path(fields.get("path")),
        _digest(fields, "before"),
        _digest(fields, "after"),
        mode,
        _span(fields.get("kept")),
    )


def _span(value: object) -> tuple[int, int] | None:
    match value:
        case None:
            return None
        case [int(start), int(size)] if start >= 0 and size >= 0:
            return start, size
    raise ValueError(f"kept is {value!r}")


def _folder(data: object) -> FolderRecord:
    fields = _table(data)
    return FolderRecord(_path(fields.get("path")), _number(fields, "mode"))


def _path(value: object) -> str:
    if not isinstance(value, str) or not is_plain(value):
        raise ValueError(f"{value!r} is not a path below the project root")
    return value


def _digest(fields: Mapping[str, object], key: str) -> str | None:
    return None if fields.get(key) is None else _matching(fields, key, "[0-9a-f]{64}")


def _each(fields: Mapping[str, object], key: str, read: Callable[[object], _T]) -> tuple[_T, ...]:
    value = fields.get(key)
    if not isinstance(value, list):
        raise ValueError(f"{key} is not a list")
    return tuple(read(item) for item in value)


def _matching(fields: Mapping[str, object], key: str, pattern: str) -> str:
    value = _text(fields, key)
    if not re.fullmatch(pattern, value):
        raise ValueError(f"{key} is {value!r}")
    return value


def _text(fields: Mapping[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str):
        raise ValueError(f"{key} is not a text")
    return value


def _number(fields: Mapping[str, object], key: str) -> int:
    value = fields.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{key} is not a number")
    return value


def _table(data: object) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise ValueError("it is not an object")
    return data

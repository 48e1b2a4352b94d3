"""What splitter proposes: files before and after, and notes on the user's code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """A finding in the user's code. `line` counts from 1; 0 means the whole file."""

    path: str
    line: int
    code: str
    what: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file, by its posix path below the project root. `None`: the file does not exist."""

    path: str
    before: bytes | None
    after: bytes | None

    @property
    def kind(self) -> str:
        """`create`, `change`, `delete`, or `same`."""
        if self.before == self.after:
            return "same"
        if self.before is None:
            return "create"
        return "delete" if self.after is None else "change"

    def diff(self) -> str:
        """A unified diff, as `patch -p1` and `git apply` take it; binary files are named only.

        Bytes that are no UTF-8 stand in it as surrogates (`surrogateescape`).
        """
        import difflib

        old, new = _lines(self.before), _lines(self.after)
        if old is None or new is None:
            return f"Binary files a/{self.path} and b/{self.path} differ\n"
        if self.kind == "same":
            return ""
        end = "\t" if " " in self.path else ""
        rows = difflib.unified_diff(
            old,
            new,
            "/dev/null" if self.before is None else f"a/{self.path}{end}",
            "/dev/null" if self.after is None else f"b/{self.path}{end}",
        )
        return self._git_header() + "".join(
            r if r.endswith("\n") else r + "\n\\ No newline at end of file\n" for r in rows
        )

    def _git_header(self) -> str:
        """Nothing else tells that an empty file comes or goes; patch wants the index for it."""
        kinds = {"create": "new file mode 100644\n", "delete": "deleted file mode 100644\n"}
        empty = {"create": "index 0000000..e69de29\n", "delete": "index e69de29..0000000\n"}
        index = "" if self.before or self.after else empty.get(self.kind, "")
        return f"diff --git a/{self.path} b/{self.path}\n{kinds.get(self.kind, '')}{index}"

    def reversed(self) -> FileChange:
        return FileChange(self.path, self.after, self.before)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes that belong together: applied all or none, undone all or none."""

    title: str
    changes: tuple[FileChange, ...] = ()
    notes: tuple[Note, ...] = ()

    @classmethod
    def between(
        cls,
        title: str,
        before: Mapping[str, bytes],
        after: Mapping[str, bytes | None],
        notes: Iterable[Note] = (),
    ) -> ChangeSet:
        """The changes that turn `before` into `after`, for the paths that `after` names."""
        changes = (FileChange(path, before.get(path), after[path]) for path in sorted(after))
        return cls(title, tuple(c for c in changes if c.kind != "same"), tuple(notes))

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __add__(self, other: ChangeSet) -> ChangeSet:
        """Both, as one; where `other` goes on from a file of this one, the ends are joined."""
        joined = {c.path: c for c in self.changes}
        for change in other.changes:
            first = joined.get(change.path)
            joined[change.path] = (
                FileChange(change.path, first.before, change.after) if first else change
            )
        changes = tuple(c for _, c in sorted(joined.items()) if c.kind != "same")
        return ChangeSet(self.title, changes, self.notes + other.notes)

    def reversed(self) -> ChangeSet:
        return ChangeSet(f"undo {self.title}", tuple(c.reversed() for c in self.changes))

    def over(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """`files` as they are once this is applied."""
        result = dict(files)
        for change in self.changes:
            if change.after is None:
                result.pop(change.path, None)
            else:
                result[change.path] = change.after
        return result


@dataclass(frozen=True, slots=True)
class Applied:
    """What an applied ChangeSet has left in the journal."""

    number: int
    title: str
    paths: tuple[str, ...] = field(default=())


def _lines(data: bytes | None) -> list[str] | None:
    if data is None or b"\0" in data:
        return [] if data is None else None
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])

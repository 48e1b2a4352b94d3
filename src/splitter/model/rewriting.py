"""What came of pointing imports at new homes: edits, files that nobody can read, the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from splitter.model.changes import ChangeSet, Note


@dataclass(frozen=True, slots=True)
class Edit:
    """Text that was replaced; `line` counts from 1, in the file as it was before."""

    line: int
    old: str
    new: str


@dataclass(frozen=True, slots=True, order=True)
class Misread:
    """A file that cannot be parsed, and where; line and column count from 1."""

    path: str
    line: int
    column: int
    what: str

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file that was changed, or of which there is something to say."""

    path: str
    changed: bool
    edits: tuple[Edit, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The outcome for many files, in the order of their paths.

    `changes.notes` are the findings that a person should look at; the notes of a file's report
    also say what was reshaped so that the reverse map does not give it back byte for byte.
    """

    changes: ChangeSet
    files: tuple[FileReport, ...] = ()
    errors: tuple[Misread, ...] = ()

    @property
    def blocking(self) -> tuple[Note, ...]:
        """The notes on what may not be so, as opposed to what is to be looked at."""
        return tuple(note for note in self.changes.notes if note.blocks)

    @property
    def found(self) -> bool:
        """Something is wrong: a file that cannot be parsed, or a note that blocks."""
        return bool(self.errors or self.blocking)

    def __add__(self, other: Rewriting) -> Rewriting:
        return joined(self.changes.title, (self, other))


def joined(title: str, parts: Iterable[Rewriting]) -> Rewriting:
    """Outcomes for different files, as one under `title`."""
    all_parts = tuple(parts)
    changes = sorted((c for p in all_parts for c in p.changes.changes), key=lambda c: c.path)
    notes = sorted(note for p in all_parts for note in p.changes.notes)
    files = sorted((f for p in all_parts for f in p.files), key=lambda f: f.path)
    errors = sorted(error for p in all_parts for error in p.errors)
    return Rewriting(ChangeSet(title, tuple(changes), tuple(notes)), tuple(files), tuple(errors))

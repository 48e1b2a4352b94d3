"""A change that was thought out and not yet made."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from splitter.effects import workspace
from splitter.model.changes import Applied, ChangeSet


@dataclass(frozen=True)
class Proposal:
    """What a command wants to write below `root`, and what it has to say about it."""

    root: Path
    changes: ChangeSet
    said: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    details: dict[str, object] = field(default_factory=dict)
    ok: bool = True

    def apply(self) -> Applied | None:
        """Make the change, all or nothing. ConflictError if the disk has moved on."""
        return workspace.apply(self.root, self.changes) if self.changes else None

"""What came of a move of traffic."""

from __future__ import annotations

from collections.abc import Sequence

from splitter.model.changes import ChangeSet
from splitter.reports.console import changes_document, say, show_changes, show_json, show_notes


def show(
    changes: ChangeSet, said: Sequence[str], *, running: bool, start: str, as_json: bool
) -> None:
    """What was written, how far the service is, and whether a gateway goes by it."""
    if as_json:
        state = "reloaded" if running else "not running"
        gateway: dict[str, object] = {"gateway": state, "said": list(said)}
        show_json(changes_document(changes, applied=bool(changes), extra=gateway))
        return
    show_notes(changes.notes)
    show_changes(changes)
    say(said)
    if not running:
        say(["the gateway does not run; start it: " + start])

"""What came of a move of traffic."""

from __future__ import annotations

from collections.abc import Sequence

from splitter.model.changes import ChangeSet
from splitter.reports.console import changes_document, say, show_changes, show_json, show_notes


def show(
    changes: ChangeSet,
    said: Sequence[str],
    *,
    running: bool,
    start: str,
    watched: tuple[str, Sequence[str]] | None = None,
    as_json: bool,
) -> None:
    """What was written, how far it is, whether a gateway goes by it, and what was seen then."""
    if as_json:
        state = "reloaded" if running else "not running"
        gateway: dict[str, object] = {"gateway": state, "said": list(said)}
        if watched:
            gateway["watched"] = {"said": watched[0], "went_back": list(watched[1])}
        show_json(changes_document(changes, applied=bool(changes), extra=gateway))
        return
    show_notes(changes.notes)
    show_changes(changes)
    say(said)
    if not running:
        say(["the gateway does not run here; start it: " + start])
    if watched:
        say([watched[0]])
        say(f"  {reason}" for reason in watched[1])
        say(["its traffic is the monolith's again"] if watched[1] else [])

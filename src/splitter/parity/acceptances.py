"""The list of accepted differences: each with its reason, its ticket and the day it ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from splitter.errors import ConfigurationError
from splitter.model.acceptance import Acceptance
from splitter.parity.nodes import Entry, document, suggestion
from splitter.parity.queries import QueryError, compiled

WHY = ("reason", "ticket", "expires")
WHERE = ("case", "method", "route", "service", "kind", "path")
KINDS = ("status", "header", "body", "database")
_NARROW = ("case", "route", "path")
"""Of these one at least has to be said: an entry for everything would hide everything."""


def read_acceptances(text: bytes, *, path: str) -> tuple[Acceptance, ...]:
    """The entries of a file, in its order. ConfigurationError names file, line and key."""
    try:
        top = document(text, path)
        if top is None:
            return ()
        members = top.members("a list of accepted differences", ("accepted",))
        if "accepted" not in members:
            raise top.error("there is no list of accepted differences", "accepted: [...]")
        return tuple(_acceptance(entry) for entry in members["accepted"].items("accepted"))
    except RecursionError:
        raise ConfigurationError("an alias that holds itself", where=path) from None


def _acceptance(entry: Entry) -> Acceptance:
    members = entry.members("an accepted difference", (*WHERE, *WHY))
    for key in WHY:
        if key not in members or members[key].is_null or not members[key].text(key).strip():
            raise entry.error(f"an accepted difference without {key}", _HINTS[key])
    if not any(key in members for key in _NARROW):
        raise entry.error(
            "it does not say which differences", f"one at least of {', '.join(_NARROW)}"
        )
    said = {key: _said(key, members) for key in WHERE if key in members}
    _check_path(members, said)
    return Acceptance(
        reason=members["reason"].text("reason").strip(),
        ticket=members["ticket"].text("ticket").strip(),
        expires=_day(members["expires"]),
        source=entry.path,
        line=entry.line,
        **said,
    )


_HINTS = {
    "reason": "reason: why the service may answer otherwise",
    "ticket": "ticket: where it is followed up",
    "expires": "expires: YYYY-MM-DD, the last day on which it is accepted",
}


def _said(key: str, members: Mapping[str, Entry]) -> str:
    entry = members[key]
    text = entry.text(key).strip()
    if not text:
        raise entry.error(f"{key} is empty", "leave it out where any will do")
    if key == "kind" and text not in KINDS:
        raise entry.error(f"kind is {', '.join(KINDS)}, not {text!r}", suggestion(text, KINDS))
    if key == "route" and not text.startswith("/"):
        raise entry.error(f"{text!r} is no route", "its template, such as /api/items/{id}")
    return text.upper() if key == "method" else text


def _check_path(members: Mapping[str, Entry], said: Mapping[str, str]) -> None:
    path, kind = said.get("path", ""), said.get("kind", "")
    if path and kind == "status":
        raise members["path"].error("a status has no path")
    if kind == "body" and path and not path.startswith("$"):
        raise members["path"].error(f"{path!r} is no place in a body", "a JSONPath, from $ on")
    if path.startswith("$") and kind not in ("", "body"):
        raise members["path"].error(f"a {kind} has no JSONPath")
    if path.startswith("$"):
        try:
            compiled(path)
        except QueryError as error:
            raise members["path"].error(f"{path!r} is no JSONPath: {error}") from None


def _day(entry: Entry) -> date:
    text = entry.text("expires").strip()
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise entry.error(f"expires: {text!r} is no day", "YYYY-MM-DD") from None

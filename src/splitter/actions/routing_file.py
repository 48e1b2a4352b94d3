"""The routing table as a file of the project: TOML that reads well and shows little in a diff."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from splitter.errors import ConfigurationError
from splitter.model.routing import Entry, RoutingTable, State, share

PATH = ".splitter/routes.toml"
_HEAD = (
    "Who answers which route, in the order in which the monolith tries them.",
    "splitter cutover, rollback and retire write it; the gateway is made from it.",
)
_HINT = "mend it, restore it from version control, or run splitter undo"
_KINDS = ("http", "websocket", "mount")
_TEXTS = ("path", "kind", "owner", "state", "moved", "by")


def read_table(files: Mapping[str, bytes]) -> RoutingTable:
    """The routing table of a project, empty where there is none.

    ConfigurationError, with the line, where the file is not what splitter would write.
    """
    data = files.get(PATH)
    if data is None:
        return RoutingTable()
    text = data.decode("utf-8", "replace")
    rows = _parsed(text)
    lines = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[", line)]
    places = [f"{PATH}:{line}" for line in lines]
    entries: dict[object, Entry] = {}
    for row, where in zip(rows, places or [PATH] * len(rows), strict=False):
        entry = _entry(row, where)
        if entry.key in entries:
            raise ConfigurationError(f"{entry.title} is there twice", where=where, hint=_HINT)
        entries[entry.key] = entry
    return RoutingTable(tuple(entries.values()))


def table_bytes(table: RoutingTable) -> bytes:
    """The routing table as a file: in its own order, without what goes without saying."""
    import tomlkit

    document = tomlkit.document()
    for line in _HEAD:
        document.add(tomlkit.comment(line))
    document.add("schema", tomlkit.item(1))
    rows = tomlkit.aot()
    for entry in table.entries:
        row = tomlkit.table()
        for key, value in _row(entry).items():
            row.add(key, value)
        rows.append(row)
    if table.entries:
        document.add(tomlkit.nl())
        document.add("route", rows)
    return tomlkit.dumps(document).encode()


def _row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"methods": list(entry.methods), "path": entry.path}
    if entry.kind != "http":
        row["kind"] = entry.kind
    row |= {"owner": entry.owner, "state": str(entry.state)}
    if entry.state is State.CANARY:
        row["percent"] = entry.percent
    if entry.moved:
        row |= {"moved": entry.moved, "by": entry.by}
    return row


def _parsed(text: str) -> list[dict[str, Any]]:
    import tomllib

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).partition(" (at line ")
        where = f"{PATH}:{place.partition(',')[0]}" if place else PATH
        raise ConfigurationError(f"this is not TOML: {what}", where=where, hint=_HINT) from None
    if table.get("schema") != 1:
        found = table.get("schema")
        what = f"schema is 1, as far as this splitter knows (got {found!r})"
        raise ConfigurationError(what, where=PATH, hint="take a newer splitter, or restore it")
    rows = table.get("route", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigurationError("route is a list of tables", where=PATH, hint=_HINT)
    return rows


def _entry(row: Mapping[str, Any], where: str) -> Entry:
    def wrong(what: str) -> ConfigurationError:
        return ConfigurationError(what, where=where, hint=_HINT)

    known = {"methods", "percent", *_TEXTS}
    for key in row.keys() - known:
        raise wrong(f"unknown key {key!r}; known: {', '.join(sorted(known))}")
    methods = row.get("methods")
    if not isinstance(methods, list) or not all(isinstance(m, str) for m in methods):
        raise wrong('methods is a list of texts, such as ["GET"]')
    texts = {key: row.get(key, "") for key in _TEXTS} | {"kind": row.get("kind", "http")}
    for key, value in texts.items():
        if not isinstance(value, str) or (not value and key in ("owner", "state")):
            raise wrong(f"{key} is a text (got {value!r})")
    if texts["kind"] not in _KINDS:
        raise wrong(f"kind is one of {', '.join(_KINDS)} (got {texts['kind']!r})")
    if texts["state"] not in list(State):
        raise wrong(f"state is one of {', '.join(State)} (got {texts['state']!r})")
    state, percent = State(texts.pop("state")), row.get("percent", 0)
    if type(percent) is not int or (state is State.CANARY) != (0 < percent < 100):
        raise wrong(f"percent is 1 to 99, and only for a canary (got {percent!r} for {state})")
    if state is not State.MONOLITH and texts["owner"] == State.MONOLITH:
        raise wrong(f"{state} needs a service as owner")
    return Entry(tuple(methods), **texts, state=state, percent=share(state, percent))

"""The table of deprecated routes, as the monolith's own code carries it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace

from splitter.actions.paths import overlap
from splitter.model.monolith import Route


@dataclass(frozen=True, slots=True)
class Entry:
    """A route's methods, with spaces between, and path; days as YYYY-MM-DD; a successor's URL.

    Without days: a route that stays, and that may take requests which a deprecated one would.
    """

    methods: str
    path: str
    since: str = ""
    sunset: str = ""
    successor: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.methods, self.path

    def literals(self) -> list[str]:
        """The fields as Python writes them, in double quotes."""
        return [json.dumps(field, ensure_ascii=False) for field in astuple(self)]


def read_entries(source: bytes) -> list[Entry]:
    """The deprecated routes of the module that was written before; none where it says none."""
    try:
        tree = ast.parse(source)
        tables = [
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id == "ROUTES"
            and node.value is not None
        ]
        entries = [Entry(*row) for table in tables for row in table]
    except (SyntaxError, ValueError, TypeError):
        return []
    return [entry for entry in entries if entry.since]


def listed(known: Iterable[Entry], added: Iterable[Entry], routes: Sequence[Route]) -> list[Entry]:
    """The deprecated routes, and those that stay but come in between, in the routes' order.

    What was known keeps its first day. Entries of no route any more come last.
    """
    table = {entry.key: entry for entry in known}
    for entry in added:
        since = table[entry.key].since if entry.key in table else entry.since
        table[entry.key] = replace(entry, since=since)
    current = [Entry(" ".join(sorted(r.methods)), r.path) for r in routes if r.kind == "http"]
    result: dict[tuple[str, str], Entry] = {}
    for place, entry in enumerate(current):
        if entry.key in table:
            result.setdefault(entry.key, table[entry.key])
        elif any(_in_between(entry, old, current[place:]) for old in table.values()):
            result.setdefault(entry.key, entry)
    return list((result | {key: table[key] for key in table if key not in result}).values())


def _in_between(entry: Entry, old: Entry, later: Sequence[Entry]) -> bool:
    """Whether the entry may take what would be the old one's, or be redirected to it."""
    if not set(entry.methods.split()) & set(old.methods.split()):
        return False
    other = old.path[:-1] if old.path.endswith("/") else old.path + "/"
    first = any(route.key == old.key for route in later)
    return overlap(entry.path, other) or (first and overlap(entry.path, old.path))

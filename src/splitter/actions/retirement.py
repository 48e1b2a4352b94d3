"""Routes taken out of the monolith's files, as planning says; all else stays byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from splitter.actions.deprecation import MODULE, Application
from splitter.actions.notices import Entry, listed, read_entries
from splitter.actions.ownership import keep_edits, remove
from splitter.actions.rendering import render
from splitter.codemods.slicing import Slice, slice_module
from splitter.codemods.stripping import strip
from splitter.discovery.modules import registers_route
from splitter.discovery.parsing import Parsed
from splitter.model.changes import ChangeSet
from splitter.model.hits import route_key
from splitter.model.monolith import Route
from splitter.planning.retiring import Retirement


def take_out(title: str, retirement: Retirement, parsed: Parsed) -> ChangeSet:
    """The changes of the monolith's own code."""
    changed = {*retirement.statements, *retirement.cut, *retirement.stripped}
    after: dict[str, bytes | None] = {parsed.names[m]: None for m in retirement.files}
    for module in changed - retirement.files:
        path = parsed.names[module]
        gone = retirement.statements.get(module, frozenset())
        kept = [n for n in range(len(parsed.trees[path].body)) if n not in gone]
        wanted = Slice(kept, {}, retirement.cut.get(module, ()))
        text = slice_module(parsed.sources[path], parsed.trees[path], wanted)
        names = retirement.stripped.get(module, ())
        after[path] = strip(text, names, registers_route) if names else text
    return ChangeSet.between(title, parsed.sources, after, retirement.notes)


def is_last_notice(before: Mapping[str, bytes], retired: Sequence[Route]) -> bool:
    """Whether no deprecated route is left once these are gone, so that nothing is announced."""
    keys = {route_key(route) for route in retired}
    return all(not _left(before[path], keys) for path in _modules(before))


def withdraw(
    title: str,
    retired: Sequence[Route],
    application: Application,
    *,
    templates: Mapping[str, str],
    before: Mapping[str, bytes],
    recorded: Mapping[str, str],
) -> ChangeSet:
    """The table of deprecated routes without those that are gone; its module goes with the last.

    `application` has the routes that are left.
    """
    keys = {route_key(route) for route in retired}
    changes = ChangeSet(title)
    for path in _modules(before):
        left = _left(before[path], keys)
        if not left:
            changes = changes + remove(title, [path], before, recorded)
            continue
        text = render(
            templates,
            f"deprecation/{MODULE}.py.jinja",
            entries=[entry.literals() for entry in listed(left, [], application.routes)],
            depth=path.count("/"),
        )
        changes = changes + keep_edits(title, before, {path: text.encode()}, recorded)
    return changes


def _modules(before: Mapping[str, bytes]) -> list[str]:
    return [path for path in before if path.rpartition("/")[2] == f"{MODULE}.py"]


def _left(source: bytes, keys: Collection[str]) -> list[Entry]:
    return [e for e in read_entries(source) if f"{e.methods} {e.path}" not in keys]

"""The frontend's dev server leads the API's paths to the gateway, or to the services by path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from splitter.actions.frontend.templates import template
from splitter.actions.ownership import keep_edits
from splitter.actions.paths import CONVERTERS, PARAMETER, pattern
from splitter.actions.rendering import render
from splitter.codemods import bundlers
from splitter.model.changes import ChangeSet, Note
from splitter.model.frontend import Report
from splitter.model.routing import MONOLITH, Entry, RoutingTable, State

NOT_EDITED = "SPL120"
NAME = "splitterProxy"
_VITE = re.compile(r"vite\.config\.[cm]?[jt]s$")
_NEXT = re.compile(r"next\.config\.[cm]?[jt]s$")


@dataclass(frozen=True, slots=True)
class Targets:
    """Where each side answers, as `host:port`: the gateway if all goes to it, else each by name."""

    gateway: str
    monolith: str
    services: Mapping[str, str]
    by_service: bool = False

    def of(self, entry: Entry) -> str:
        full = entry.state in (State.SERVICE, State.RETIRED)
        return self.services.get(entry.owner, self.monolith) if full else self.monolith


def lead(
    folder: str,
    report: Report,
    table: RoutingTable,
    targets: Targets,
    *,
    before: Mapping[str, bytes],
    recorded: Mapping[str, str],
    templates: Mapping[str, str],
) -> ChangeSet:
    """The changes to the frontend in `folder`: a module with the rules, and the settings using it.

    What cannot be edited safely is a note, with the file and the line.
    """
    title = "frontend apply"
    prefix = "" if folder == "." else f"{folder}/"
    names = [p for p in before if p.startswith(prefix) and "/" not in p[len(prefix) :]]
    found = [p for p in sorted(names) if _VITE.search(p) or _NEXT.search(p)]
    if not found:
        what = "no vite.config and no next.config is here: its dev server is not known"
        return ChangeSet(title, (), (Note(folder, 0, NOT_EDITED, what),))
    starts = _starts(report)
    if not starts:
        return ChangeSet(title)
    changes = ChangeSet(title, (), tuple(_warnings(found[0], table, targets)))
    for path in found:
        text = before[path].decode("utf-8", "replace")
        make = _vite if _VITE.search(path) else _next
        module, content = make(path, text, starts, table, targets, templates)
        changes += keep_edits(title, before, {module: content.encode()}, recorded)
        changes += _configured(title, path, text, module, before)
    return changes


def _warnings(path: str, table: RoutingTable, targets: Targets) -> Iterator[Note]:
    """What the dev server does otherwise than the gateway."""
    led: dict[str, set[str]] = {}
    for entry in table.entries if targets.by_service else ():
        led.setdefault(entry.path, set()).add(targets.of(entry))
    for route, targets_of in led.items():
        if len(targets_of) > 1:
            what = f"a dev server does not tell methods apart: all of {route} goes to its service"
            yield Note(path, 0, NOT_EDITED, what)
    if _NEXT.search(path) and any(e.path != "/" and e.path.endswith("/") for e in table.entries):
        what = "some routes end with a slash, which Next takes off: set skipTrailingSlashRedirect"
        yield Note(path, 0, NOT_EDITED, what)


def _configured(
    title: str, path: str, text: str, module: str, before: Mapping[str, bytes]
) -> ChangeSet:
    if re.search(rf"\b{NAME}\b", text):
        return ChangeSet(title)
    edit = bundlers.with_vite_proxy if _VITE.search(path) else bundlers.with_next_rewrites
    done = edit(text, name=NAME, module="./" + _imported(module))
    if done.why:
        use = "...splitterProxy in server.proxy" if _VITE.search(path) else "its rules in rewrites"
        what = f"{done.why}: left as it is; import {module.rpartition('/')[2]} and put {use}"
        return ChangeSet(title, (), (Note(path, done.line, NOT_EDITED, what),))
    if text.encode() != before[path]:
        return ChangeSet(title, (), (Note(path, 1, NOT_EDITED, "not in UTF-8: left as it is"),))
    return ChangeSet.between(title, before, {path: done.text.encode()})


def _imported(module: str) -> str:
    """As an import names it: TypeScript wants no ending, JavaScript does."""
    name = module.rpartition("/")[2]
    return name.removesuffix(".ts").removesuffix(".mts")


def _starts(report: Report) -> list[str]:
    """The first elements of the paths that are asked on the page's own origin."""
    found = set()
    for finding in report.findings:
        one = template(finding.call.parts)
        if finding.state == "resolved" and not one.floating and not one.host:
            found.add(one.elements[0])
    return sorted(e for e in found if e and "\0" not in e)


def _module(path: str, name: str) -> str:
    folder, _, file = path.rpartition("/")
    return f"{folder}/{name}{file[file.rindex('.') :]}".removeprefix("/")


def _vite(
    path: str,
    text: str,
    starts: Sequence[str],
    table: RoutingTable,
    targets: Targets,
    templates: Mapping[str, str],
) -> tuple[str, str]:
    sockets = any(entry.kind == "websocket" for entry in table.entries)
    rules = [
        {"pattern": json.dumps(key), "target": json.dumps(target), "sockets": sockets, "note": note}
        for key, target, note in _vite_rules(starts, table, targets)
    ]
    content = render(templates, "frontend/vite_proxy.jinja", rules=rules)
    return _module(path, "splitter.proxy"), content


def _vite_rules(
    starts: Sequence[str], table: RoutingTable, targets: Targets
) -> Iterator[tuple[str, str, str]]:
    """Regular expressions (a key that begins with `^`) with their targets, in order."""
    end = r"(?:\?|$)"
    if targets.by_service:
        for entry in _sorted(table):
            if targets.of(entry) != targets.monolith:
                key = f"^{pattern(entry.path)}{end}"
                yield key, f"http://{targets.of(entry)}", entry.owner
    rest = f"http://{targets.monolith if targets.by_service else targets.gateway}"
    for start in starts:
        yield rf"^/{re.escape(start)}(?=[/?]|$)", rest, ""


def _next(
    path: str,
    text: str,
    starts: Sequence[str],
    table: RoutingTable,
    targets: Targets,
    templates: Mapping[str, str],
) -> tuple[str, str]:
    rules = [
        {"source": json.dumps(source), "destination": json.dumps(destination)}
        for source, destination in _next_rules(starts, table, targets)
    ]
    exports = "module.exports =" if bundlers.is_common_js(text) else "export default"
    content = render(templates, "frontend/next_rewrites.jinja", rules=rules, exports=exports)
    return _module(path, "splitter.rewrites"), content


def _next_rules(
    starts: Sequence[str], table: RoutingTable, targets: Targets
) -> Iterator[tuple[str, str]]:
    if targets.by_service:
        for entry in _sorted(table):
            if targets.of(entry) != targets.monolith and entry.kind == "http":
                path = _as_next(entry.path)
                yield path, f"http://{targets.of(entry)}{re.sub(r'[(][^)]*[)]', '', path)}"
    rest = f"http://{targets.monolith if targets.by_service else targets.gateway}"
    for start in starts:
        yield f"/{start}/:path*", f"{rest}/{start}/:path*"


def _as_next(path: str) -> str:
    """A route's path as Next writes it: `{id:int}` is `:id([0-9]+)`, `{rest:path}` is `:rest*`."""

    def written(found: re.Match[str]) -> str:
        name = re.split(r"[{:}]", found[0])[1]
        kind = found[1] or "str"
        if kind == "path":
            return f":{name}*"
        return f":{name}" + (f"({CONVERTERS[kind]})" if kind in ("int", "float") else "")

    return PARAMETER.sub(written, path)


def _sorted(table: RoutingTable) -> list[Entry]:
    """A path once, as the monolith tries them; methods are not told apart by a dev server."""
    kept = {entry.path: entry for entry in reversed(table.entries) if entry.owner != MONOLITH}
    return [entry for entry in table.entries if kept.get(entry.path) is entry]

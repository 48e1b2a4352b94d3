"""The calls themselves go to the services: one module of base URLs, and the call sites using it."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from splitter.actions.ownership import keep_edits
from splitter.actions.paths import overlap, pattern
from splitter.actions.rendering import render
from splitter.codemods import bundlers
from splitter.model.changes import ChangeSet, Note
from splitter.model.frontend import Finding, Report
from splitter.model.routing import Entry, RoutingTable, State

NOT_LED = "SPL121"
URL, CLIENT = "serviceUrl", "withServices"
_FULL = (State.SERVICE, State.RETIRED)


@dataclass(frozen=True, slots=True)
class Wrap:
    """An expression, from `start` to `end` in a file, that a function is to be put around."""

    path: str
    start: int
    end: int
    function: str


def lead(
    folder: str,
    report: Report,
    table: RoutingTable,
    *,
    before: Mapping[str, bytes],
    recorded: Mapping[str, str],
    templates: Mapping[str, str],
) -> ChangeSet:
    """The changes that have the frontend ask the services that have all traffic of their routes.

    What cannot be edited safely is a note, with the file and the line.
    """
    title = "frontend apply"
    rules = list(_rules(table))
    if not any(owner for _, owner in rules):
        return ChangeSet(title)
    module, content = _module(folder, report, rules, before, templates)
    changes = keep_edits(title, before, {module: content.encode()}, recorded)
    wraps, notes = _wraps(report, {owner for _, owner in rules if owner})
    changes += ChangeSet(title, (), tuple(notes))
    for path in sorted({wrap.path for wrap in wraps}):
        changes += _edited(title, path, [w for w in wraps if w.path == path], module, before)
    return changes


def _rules(table: RoutingTable) -> Iterator[tuple[str, str]]:
    """Paths with the service that has all of their methods, and the others that come before."""
    owners: dict[str, set[str]] = {}
    for entry in (e for e in table.entries if e.kind == "http"):
        owners.setdefault(entry.path, set()).add(_owner(entry))
    led = {path: found.pop() if len(found) == 1 else "" for path, found in owners.items()}
    theirs = [path for path, owner in led.items() if owner]
    for path, owner in led.items():
        if owner or any(overlap(path, other) for other in theirs):
            yield path, owner


def _owner(entry: Entry) -> str:
    return entry.owner if entry.state in _FULL else ""


def _module(
    folder: str,
    report: Report,
    rules: Sequence[tuple[str, str]],
    before: Mapping[str, bytes],
    templates: Mapping[str, str],
) -> tuple[str, str]:
    """The path and the text of the module of base URLs."""
    prefix = "" if folder == "." else f"{folder}/"
    own = [path for path in before if path.startswith(prefix)]
    inside = "src/" if any(p.startswith(f"{prefix}src/") for p in own) else ""
    typed = f"{prefix}tsconfig.json" in before
    variables = _variables(prefix, own, before)
    content = render(
        templates,
        "frontend/services.jinja",
        typed=typed,
        services=[
            {"name": name, "variable": variables.format(f"{name.upper()}_URL") if variables else ""}
            for name in sorted({owner for _, owner in rules if owner})
        ],
        bases=_bases(report, variables),
        rules=[{"pattern": json.dumps(f"^{pattern(p)}$"), "owner": owner} for p, owner in rules],
    )
    return f"{prefix}{inside}splitter.services.{'ts' if typed else 'js'}", content


def _variables(prefix: str, own: Sequence[str], before: Mapping[str, bytes]) -> str:
    """How the code asks for a variable of its build; `""` without a bundler that is known."""
    package = before.get(f"{prefix}package.json", b"")
    if b'"next"' in package or any(re.search(r"next\.config\.", path) for path in own):
        return "process.env.NEXT_PUBLIC_{}"
    if b'"vite"' in package or any(re.search(r"vite\.config\.", path) for path in own):
        return "import.meta.env.VITE_{}"
    return ""


def _bases(report: Report, variables: str) -> list[str]:
    start = variables.partition("{}")[0].removesuffix("VITE_").removesuffix("NEXT_PUBLIC_")
    names = [base.strip("{}") for base in report.bases if base.startswith("{")]
    return [start + name for name in names if start and re.fullmatch(r"[A-Z][A-Z0-9_]*", name)]


def _wraps(report: Report, led: set[str]) -> tuple[set[Wrap], list[Note]]:
    wraps: set[Wrap] = set()
    notes: list[Note] = []
    inner = [Finding(call, "dynamic") for call in report.wrappers]
    for finding in [*report.findings, *inner]:
        call = finding.call
        if call.through or finding.state == "unmatched" or finding.owner not in (*led, ""):
            continue
        if finding.owner and (why := _hindrance(finding)):
            notes.append(Note(call.path, call.line, NOT_LED, f"{why}: {finding.route} stays"))
        elif call.client is not None:
            wraps.add(Wrap(*call.client, CLIENT))
        elif call.span is not None and not _hindrance(finding):
            wraps.add(Wrap(call.path, *call.span, URL))
    return wraps, sorted(set(notes))


def _hindrance(finding: Finding) -> str:
    call = finding.call
    if call.how in ("link", "prop"):
        return "a link is left to the gateway"
    if call.path.endswith((".html", ".htm")):
        return "a script in a page cannot import"
    if call.client is None and call.span is None:
        return "the URL is no argument of its own; set the base of the client"
    if call.client is None and finding.why:
        return f"the path is not what the code says ({finding.why})"
    return ""


def _edited(
    title: str, path: str, wraps: Sequence[Wrap], module: str, before: Mapping[str, bytes]
) -> ChangeSet:
    text = before[path].decode("utf-8", "replace")
    if text.encode() != before[path]:
        return ChangeSet(title, (), (Note(path, 0, NOT_LED, "not in UTF-8: left as it is"),))
    edits, used = [], set()
    for wrap in wraps:
        words = text[wrap.start : wrap.end]
        if words.startswith(f"{wrap.function}(") or text[: wrap.start].endswith(
            f"{wrap.function}("
        ):
            continue
        edits += [(wrap.start, wrap.start, f"{wrap.function}("), (wrap.end, wrap.end, ")")]
        used.add(wrap.function)
    if edits:
        near = posixpath.relpath(module, posixpath.dirname(path) or ".").removesuffix(".ts")
        name = near if near.startswith(".") else f"./{near}"
        edits.append(bundlers.with_import(text, used, name))
    return ChangeSet.between(title, before, {path: bundlers.applied(text, edits).encode()})

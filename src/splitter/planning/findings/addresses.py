"""Addresses of routes that are asked for by name, in code and in templates."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from splitter.model.monolith import Route
from splitter.planning.findings.calls import Calls, Sight, argument, literal
from splitter.planning.findings.finding import Finding, finding
from splitter.planning.parties import MONOLITH, Parties, listed

_TEMPLATE = re.compile(r"\.(html?|jinja2?|j2|xml|txt)$")
_ASKED = re.compile(r"""\burl(?:_path)?_for\(\s*(['"])([^'"]+)\1""")
_RENDERS = ("TemplateResponse", "get_template", "render_template", "template_response")
_NESTED = re.compile(r"""{%-?\s*(?:extends|include|import|from)\s+(['"])([^'"]+)\1""")


def addresses_across(calls: Calls, routes: Sequence[Route]) -> Iterator[Finding]:
    """Names of routes that a service asks for and does not have: that is an error, a 500."""
    parties = calls.parties
    names = _names(parties, routes)
    for sight in calls.named("url_for", "url_path_for"):
        name = literal(argument(sight.call, 0, "name")) or literal(argument(sight.call, 1, "name"))
        users = parties.with_piece(sight.piece)
        yield from _lacking(sight.view.path, sight.line, name, users, names)
    for path, rendering in sorted(_templates(calls).items()):
        text = parties.program.sources[path].decode("utf-8", "replace")
        for found in _ASKED.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield from _lacking(path, line, found[2], sorted(rendering), names)


def _names(parties: Parties, routes: Sequence[Route]) -> Mapping[str, set[str]]:
    """The names of routes, each with the parties that have one so called; mounts all have."""
    found: dict[str, set[str]] = defaultdict(set)
    for party in parties.members:
        for route in party.routes:
            found[_name(route)].add(party.name)
    for route in routes:
        if route.kind == "mount":
            found[_name(route)].update(p.name for p in parties.members)
    return found


def _name(route: Route) -> str:
    return route.name or route.endpoint.rpartition(":")[2].rpartition(".")[2]


def _lacking(
    path: str, line: int, name: str | None, users: Iterable[str], names: Mapping[str, set[str]]
) -> Iterator[Finding]:
    if name is None or name.partition(":")[0] not in names:
        return
    owners = names[name.partition(":")[0]]
    lacking = [user for user in users if user not in owners and user != MONOLITH]
    if lacking and owners:
        what = (
            f"{listed(lacking)} asks for the address of {name}, a route of {listed(sorted(owners))}"
        )
        if len(lacking) > 1:
            what = what.replace(" asks ", " ask ", 1)
        yield finding(path, line, "SPL020", what, lacking, blocks=True)


def _templates(calls: Calls) -> Mapping[str, set[str]]:
    """The templates that are rendered, with those that they include, and who renders them."""
    parties = calls.parties
    files = [path for path in parties.program.sources if _TEMPLATE.search(path)]
    found: dict[str, set[str]] = defaultdict(set)
    for sight in calls.named(*_RENDERS):
        for path in _named(sight, files):
            for inner in _with_nested(path, files, parties):
                found[inner].update(parties.with_piece(sight.piece))
    return found


def _named(sight: Sight, files: list[str]) -> Iterator[str]:
    given = [*sight.call.args[:2], *(k.value for k in sight.call.keywords if k.arg == "name")]
    for text in filter(None, map(literal, given)):
        yield from _found(text, files)


def _found(name: str, files: list[str]) -> list[str]:
    return [path for path in files if path == name or path.endswith(f"/{name}")]


def _with_nested(path: str, files: list[str], parties: Parties) -> set[str]:
    found: set[str] = set()
    todo = [path]
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            text = parties.program.sources[each].decode("utf-8", "replace")
            todo += [p for nested in _NESTED.finditer(text) for p in _found(nested[2], files)]
    return found

"""The case file: what is put to both sides, and how the answers are compared."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass, field, replace

from splitter.errors import ConfigurationError
from splitter.model.parity import Case, Rules
from splitter.parity.nodes import Entry, document, suggestion
from splitter.parity.requests import TOKEN, request_of, variables_of

TOP = ("defaults", "cases")
CASE = ("name", "after", "request", "capture", "compare", "service")
COMPARE = ("ignore", "unordered", "tolerance", "numbers")
DEFAULTS = ("headers", "query", "compare", "capture", "service", "request")
NUMBERS = ("strict", "value")
_PLACES = {"ignore": ("header",), "capture": ("header", "cookie")}
"""What can be named beside the places of a body."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What is merged into every case of the file."""

    request: Mapping[str, Entry] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    capture: Mapping[str, str] = field(default_factory=dict)
    service: str = ""


def read_cases(text: bytes, *, path: str) -> tuple[Case, ...]:
    """The cases of a file, in its order, checked as far as they can be before anything is sent.

    ConfigurationError names file and line, case and key.
    """
    try:
        return _checked(_cases(text, path))
    except RecursionError:
        raise ConfigurationError(
            "nested too deep, or an alias that holds itself", where=path
        ) from None


def _cases(text: bytes, path: str) -> tuple[Case, ...]:
    from splitter.parity.streams import UnstreamableError

    try:
        return tuple(_streamed(text, path))
    except (UnstreamableError, ConfigurationError):  # the whole tells what is wrong first
        return _at_once(text, path)


def _streamed(text: bytes, path: str) -> Iterator[Case]:
    """The cases of a file that has its defaults, if any, before them."""
    from splitter.parity.streams import UnstreamableError, members

    defaults = Defaults()
    begun = False
    for name, entry in members(text, path, listed="cases"):
        if name == "cases":
            begun = True
            yield _case(entry, defaults)
        elif name == "defaults" and not begun:
            defaults = _defaults(entry)
        else:
            raise UnstreamableError
    if not begun:
        raise UnstreamableError


def _at_once(text: bytes, path: str) -> tuple[Case, ...]:
    top = document(text, path)
    if top is None:
        raise ConfigurationError("no cases", where=path, hint=_EXAMPLE)
    members = top.members("a case file", TOP)
    defaults = _defaults(members["defaults"]) if "defaults" in members else Defaults()
    entries = members["cases"].items("cases") if "cases" in members else []
    if not entries:
        raise ConfigurationError("no cases", where=path, hint=_EXAMPLE)
    return tuple(_case(entry, defaults) for entry in entries)


_EXAMPLE = "a first one: cases: [{name: home, request: {path: /}}]"


def _defaults(entry: Entry) -> Defaults:
    members = entry.labelled("defaults").members("defaults", DEFAULTS)
    request = {k: v for k, v in members.items() if k in ("headers", "query")}
    if "request" in members:
        request |= members["request"].members("request", ("method", "headers", "query"))
    return Defaults(
        request,
        _rules(members.get("compare"), Rules()),
        _captures(members.get("capture"), {}),
        members["service"].text("service") if "service" in members else "",
    )


def _case(entry: Entry, defaults: Defaults) -> Case:
    members = entry.members("a case")
    name = _name(entry, members)
    entry = entry.labelled(f"case {name!r}")
    members = entry.members("a case", CASE)
    if "request" not in members:
        raise entry.error("it has no request", "request: {path: /...}")
    service = members["service"].text("service") if "service" in members else defaults.service
    return Case(
        name=name,
        request=request_of(members["request"], defaults.request),
        source=entry.path,
        after=members["after"].text("after") if "after" in members else "",
        service=service,
        capture=_captures(members.get("capture"), defaults.capture),
        rules=_rules(members.get("compare"), defaults.rules),
        line=entry.line,
    )


def _name(entry: Entry, members: Mapping[str, Entry]) -> str:
    name = members["name"].text("name") if "name" in members else ""
    if not name.strip():
        near = [key for key in members if suggestion(key, ["name"]).startswith("did")]
        hint = f"did you mean 'name' for {near[0]!r}?" if near else "name: ..., unique in the file"
        raise entry.error("a case without a name", hint)
    return name


def _captures(entry: Entry | None, defaults: Mapping[str, str]) -> Mapping[str, str]:
    if entry is None:
        return defaults
    captures = dict(defaults)
    for name, query in entry.members("capture").items():
        if not name.strip() or re.search("[{}]", name):
            raise query.error(f"{name!r} cannot be the name of a capture")
        captures[name.strip()] = _query(query.text("capture"), query, "capture")
    return captures


def _rules(entry: Entry | None, defaults: Rules) -> Rules:
    if entry is None:
        return defaults
    members = entry.members("compare", COMPARE)
    numbers = members["numbers"].text("numbers") if "numbers" in members else defaults.numbers
    if numbers not in NUMBERS:
        raise members["numbers"].error(
            f"numbers is strict or value, not {numbers!r}", suggestion(numbers, NUMBERS)
        )
    return replace(
        defaults,
        ignore=defaults.ignore + _queries(members.get("ignore"), "ignore"),
        unordered=defaults.unordered + _queries(members.get("unordered"), "unordered"),
        tolerance={**defaults.tolerance, **_tolerances(members.get("tolerance"))},
        numbers=numbers,
    )


def _queries(entry: Entry | None, key: str) -> tuple[str, ...]:
    items = entry.items(key) if entry else []
    return tuple(_query(item.text(key), item, key) for item in items)


def _query(query: str, entry: Entry, key: str) -> str:
    from splitter.parity.queries import QueryError, compiled

    kind, colon, rest = query.partition(":")
    kind, name = kind.lower(), rest.strip()
    if colon and kind in _PLACES.get(key, ()):
        if not TOKEN.fullmatch(name):
            raise entry.error(f"{key}: {query!r} names no {kind}", f"{kind}:NAME")
        return f"{kind}:{name.lower() if kind == 'header' else name}"
    try:
        compiled(query)
    except QueryError as error:
        hint = "header:NAME for a header" if key in _PLACES else ""
        raise entry.error(f"{key}: {query!r} is no JSONPath: {error}", hint) from None
    return query


def _tolerances(entry: Entry | None) -> dict[str, float]:
    members = entry.members("tolerance") if entry else {}
    return {
        _query(query, bound, "tolerance"): bound.number("a tolerance")
        for query, bound in members.items()
    }


def _checked(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    by_name: dict[str, Case] = {}
    for case in cases:
        if case.name in by_name:
            first = by_name[case.name].line
            raise _error(case, f"the name is taken by the case on line {first}")
        by_name[case.name] = case
    captured: dict[str, frozenset[str]] = {"": frozenset()}
    for case in cases:
        for one in reversed(_before(case, by_name, captured)):
            _check_variables(one, captured[one.after])
            captured[one.name] = captured[one.after] | one.capture.keys()
    return cases


def _before(case: Case, by_name: Mapping[str, Case], done: Container[str]) -> list[Case]:
    """The case and those that it runs after, nearest first, as far as they are not done."""
    chain: dict[str, Case] = {}
    here = case
    while here.name not in done:
        if here.name in chain:
            raise _error(here, f"after: {here.after!r} comes to run after itself")
        chain[here.name] = here
        if not here.after:
            break
        if here.after not in by_name:
            hint = suggestion(here.after, by_name) if len(by_name) < 1000 else ""
            raise _error(here, f"after: there is no case {here.after!r}", hint)
        here = by_name[here.after]
    return list(chain.values())


def _check_variables(case: Case, captured: Collection[str]) -> None:
    for name in variables_of(case.request):
        if name not in captured:
            hint = suggestion(name, captured) if captured else "capture it in a case, and set after"
            raise _error(case, f"no case before it captures {name!r}", hint)


def _error(case: Case, what: str, hint: str = "") -> ConfigurationError:
    return ConfigurationError(
        f"case {case.name!r}: {what}", where=f"{case.source}:{case.line}", hint=hint
    )

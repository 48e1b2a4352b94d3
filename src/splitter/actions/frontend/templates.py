"""A URL with holes against the path of a route: whether it is that one, may be, or cannot be."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from splitter.actions.paths import PARAMETER, pattern
from splitter.model.frontend import Hole

_GAP = "\0"
_PLACEHOLDER = re.compile(r"\{[^/{}]*\}|(?<=/):[A-Za-z_]\w*")
_ORIGIN = re.compile(r"^\w+://([^/]*)")


@dataclass(frozen=True, slots=True)
class Template:
    """The elements of a path, `\\0` where text is not known.

    `floating`: something not known stands before the path; `host` is another machine's name.
    """

    elements: tuple[str, ...]
    floating: bool = False
    host: str = ""

    @property
    def fixed(self) -> int:
        """How many elements are known."""
        return sum(1 for e in self.elements if e and _GAP not in e)

    def shorter(self) -> Template | None:
        """Without a last hole that is stuck to known text: most often it is a query."""
        last = self.elements[-1] if self.elements else ""
        if last.endswith(_GAP) and last.strip(_GAP):
            return replace(self, elements=(*self.elements[:-1], last.rstrip(_GAP)))
        return None


def template(parts: tuple[str | Hole, ...]) -> Template:
    """The path of a URL, its origin and a hole at its start taken off."""
    text = "".join(part if isinstance(part, str) else _GAP for part in parts)
    found = _ORIGIN.match(text)
    host = found[1] if found else ""
    text = text[found.end() :] if found else text
    floating = text.startswith(_GAP) or _GAP in host
    if text.startswith(_GAP):
        text = text.lstrip(_GAP) if "/" in text else ""
    text = _PLACEHOLDER.sub(_GAP, re.sub(f"{_GAP}+", _GAP, text))
    return Template(_elements(text), floating, "" if _GAP in host else host)


def fits(call: Template, path: str) -> int | None:
    """How many elements only may be the same: 0 is a sure match, `None` none at all."""
    route = _elements(path)
    doubts = 0
    for place, wanted in enumerate(route):
        if _is_endless(wanted):
            return doubts if len(call.elements) > place else None
        if place >= len(call.elements):
            return None
        found = _fits(call.elements[place], wanted)
        if found is None:
            return None
        doubts += found
    return doubts if len(call.elements) == len(route) else None


def names(call: Template, path: str) -> bool:
    """Whether all that is known of a call is spelled in a route's path, in that order."""
    left = list(_elements(path))
    for element in call.elements:
        if element and _GAP not in element:
            if element not in left:
                return False
            del left[: left.index(element) + 1]
    return True


def tails(call: Template, path: str) -> str | None:
    """What stands before a call's path in a route that surely ends with it."""
    route = _elements(path)
    before = len(route) - len(call.elements)
    if before <= 0 or not call.fixed:
        return None
    rest = "/" + "/".join(route[before:])
    sure = fits(call, rest) == 0 and names(call, rest)
    return "/" + "/".join(route[:before]) if sure else None


@cache
def _elements(text: str) -> tuple[str, ...]:
    return tuple(text.removeprefix("/").split("/"))


@cache
def _takes(element: str) -> bool:
    return bool(PARAMETER.search(element))


@cache
def _is_endless(element: str) -> bool:
    return _takes(element) and ".*" in pattern(element)


def _fits(given: str, wanted: str) -> int | None:
    """0 if an element is surely the wanted one, 1 if it may be, `None` if it cannot."""
    if given == wanted:
        return 0
    takes = _takes(wanted)
    if given == _GAP:
        return 0 if takes else (1 if wanted else None)
    if _GAP not in given:
        return 0 if takes and re.fullmatch(pattern(wanted), given) else None
    if takes:
        ends = [re.escape(piece) for piece in given.split(_GAP)]
        plain = PARAMETER.sub("x1", wanted)
        bare = PARAMETER.fullmatch(wanted) or re.fullmatch("[^/]*".join(ends), plain)
        return 0 if bare else None
    pieces = [re.escape(piece) for piece in given.split(_GAP)]
    return 1 if re.fullmatch("[^/]*".join(pieces), wanted) else None

"""Vue single-file components and HTML pages: the code in them, at the places that it has there.

All that is not code is blanked, so that lines and offsets stay those of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:@#.\-\[\]]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(
    r"<([A-Za-z][\w.-]*)((?:\s+[^<>=\s/]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)"
)
LINKS = ("href", "src", "action", "formaction")


@dataclass(frozen=True, slots=True)
class Link:
    """A plain attribute that leads somewhere, or hands a path to a component (`prop`).

    `method` is that of a form, `""` for a prop.
    """

    start: int
    url: str
    method: str


@dataclass(frozen=True, slots=True)
class Page:
    """`script` and `markup` are texts as long as the page: its code, and its attributes' code.

    `bound` has the offsets, in `markup`, of expressions that an attribute is bound to, and whether
    that is a link.
    """

    script: str
    markup: str
    typed: bool
    links: tuple[Link, ...]
    bound: Mapping[int, bool]


def read_page(text: str, *, vue: bool) -> Page:
    spans = [(m.start(2), m.end(2)) for m in _SCRIPT.finditer(text) if "json" not in m[1]]
    typed = any(re.search(r"lang\s*=\s*[\"']tsx?[\"']", m[1]) for m in _SCRIPT.finditer(text))
    rest = _blanked(text, [m.span() for m in _SCRIPT.finditer(text)], keep=False)
    rest = _blanked(rest, [m.span() for m in _STYLE.finditer(rest)], keep=False)
    links, markup, bound = _attributes(rest, vue=vue)
    return Page(_blanked(text, spans, keep=True), markup, typed, tuple(links), bound)


def _attributes(text: str, *, vue: bool) -> tuple[list[Link], str, dict[int, bool]]:
    links: list[Link] = []
    code = [c if c in "\r\n" else " " for c in text]
    bound: dict[int, bool] = {}
    for tag in _TAG.finditer(text):
        found = list(_ATTRIBUTE.finditer(text, tag.start(2), tag.end(2)))
        plain = {m[1].lower(): _value(m)[0] for m in found}
        for match in found:
            value, start = _value(match)
            name = match[1].lower()
            if name in LINKS and not (tag[1].lower() == "link" or "{{" in value):
                method = plain.get("method", "get").upper() if "action" in name else "GET"
                links.append(Link(start, value, method))
            elif vue and name.startswith((":", "v-bind:", "@", "v-on:", "v-")) and value.strip():
                expression = not name.startswith(("@", "v-on:"))
                if name.startswith("v-") and not name.startswith(("v-bind:", "v-on:")):
                    continue
                _copy(code, text, start, start + len(value), expression=expression)
                if expression:
                    bound[start] = name.rpartition(":")[2] in LINKS
            elif value.startswith("/"):
                links.append(Link(start, value, ""))
    return links, "".join(code), bound


def _value(match: re.Match[str]) -> tuple[str, int]:
    group = 2 if match[2] is not None else 3
    return match[group], match.start(group)


def _copy(code: list[str], text: str, start: int, end: int, *, expression: bool) -> None:
    """The code of an attribute as a statement of its own; its quotes become brackets."""
    code[start:end] = text[start:end]
    code[start - 2] = ";"
    code[start - 1], code[end] = ("(", ")") if expression else ("{", "}")


def _blanked(text: str, spans: list[tuple[int, int]], *, keep: bool) -> str:
    """The text with the spans blanked, or with all but them."""
    parts, end = [], 0
    for start, stop in spans:
        outside, inside = text[end:start], text[start:stop]
        parts += [_blank(outside) if keep else outside, inside if keep else _blank(inside)]
        end = stop
    parts.append(_blank(text[end:]) if keep else text[end:])
    return "".join(parts)


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)

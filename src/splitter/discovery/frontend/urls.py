"""URLs as texts with holes: put behind a base, and without origin, query and fragment."""

from __future__ import annotations

import re

from splitter.discovery.frontend.values import Param, Part, Text, joined, merged, text
from splitter.model.frontend import Hole

_ABSOLUTE = re.compile(r"^(?:https?:|wss?:)?//|^(?:https?|wss?):")
_SCHEME = re.compile(r"^(?:(?:https?|wss?):)?//(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)[^/]*")
_ELSEWHERE = re.compile(r"^(?:data|blob|mailto|tel|javascript|about|file):")
_LIKE = re.compile(r"^(?:https?://|wss?://|/)?[\w{}.~:@%+-]*(?:/[\w{}.~:@%+$-]*)+(?:[?#].*)?$")


def is_like_a_url(one: Text) -> bool:
    """Whether the fixed parts look like (a part of) a path or URL."""
    words = "".join(part if isinstance(part, str) else "x" for part in one.parts)
    first = one.parts[0] if one.parts else ""
    fixed = any(isinstance(part, str) and "/" in part for part in one.parts)
    if isinstance(first, Hole) and first.kind == "base":
        return True
    return fixed and bool(_LIKE.match(words.split("?")[0]))


def is_elsewhere(one: Text) -> bool:
    """Whether the URL is none of HTTP."""
    first = one.parts[0] if one.parts else ""
    return isinstance(first, str) and bool(_ELSEWHERE.match(first))


def based(bases: tuple[Text, ...], urls: tuple[Text, ...]) -> tuple[Text, ...]:
    """The URLs behind each of the bases; those that are whole stay as they are."""
    if not bases:
        return urls
    found: dict[Text, None] = {}
    for one in urls:
        if isinstance(one.parts[0] if one.parts else None, str) and _ABSOLUTE.match(
            str(one.parts[0])
        ):
            found[one] = None
            continue
        for base in bases:
            both = joined((base,), (text("/"),), (one,)) if base.parts else (one,)
            found.update(dict.fromkeys(both))
    return tuple(found)


def path_of(one: Text) -> tuple[Part, ...]:
    """The URL from its path on: a base that only the environment knows stays as a hole.

    The origin of this machine goes; that of another one stays, as `https://host`.
    """
    parts = _uncut(one)
    if parts and isinstance(parts[0], str):
        first = _SCHEME.sub("", parts[0], count=1)
        if first.startswith(("http:", "https:", "ws:", "wss:")) and not first.partition(":")[2][2:]:
            first = ""
        parts[0] = first
    out = merged(parts)
    if out and isinstance(out[0], str):
        scheme = re.match(r"^\w+://", out[0])
        kept = scheme[0] if scheme else ""
        out[0] = kept + re.sub(r"/{2,}", "/", out[0][len(kept) :])
    out = [re.sub(r"/{2,}", "/", p) if i and isinstance(p, str) else p for i, p in enumerate(out)]
    if out and isinstance(out[0], str) and "://" not in out[0] and not out[0].startswith("/"):
        out[0] = "/" + out[0]
    return tuple(part for part in out if part != "")


def _uncut(one: Text) -> list[Part]:
    """The parts up to a query or fragment."""
    kept: list[Part] = []
    for part in one.parts:
        if isinstance(part, str):
            cut = re.split(r"[?#]", part, maxsplit=1)
            kept.append(cut[0])
            if len(cut) > 1:
                break
        elif isinstance(part, Hole) and part.name == "query":
            break
        else:
            kept.append(part)
    return kept


def as_holes(parts: tuple[Part, ...]) -> tuple[str | Hole, ...]:
    """What a caller would give, as holes."""
    return tuple(_hole(part) if isinstance(part, Param) else part for part in parts)


def _hole(part: Param) -> Hole:
    return Hole(part.keys[-1] if part.keys else part.name or "…")

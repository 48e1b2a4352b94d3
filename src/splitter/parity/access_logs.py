"""Access logs of nginx and Apache, common and combined: the reads among them can be put again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from splitter.errors import ConfigurationError
from splitter.model.parity import Case, Request, Rules
from splitter.parity.provenance import Replay, SetAside
from splitter.parity.relations import UUID
from splitter.parity.templates import names_in

OF_A_KIND = 20
"""Requests that are put of those with one method, shape of path, names of query and status."""
SHAPES = 100_000
"""Kinds, and requests of them, that are remembered; what comes behind is not told from them."""
_REPLAYED = ("GET", "HEAD")
LINE = re.compile(
    r'^(?:\S+:\d+ )?\S+ \S+ .*?\[[^\]]*\] "(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) \S+'
    r'(?: "(?P<referer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)".*)?\s*$'
)
_ID = re.compile(rf"\d+|{UUID}|[0-9a-f]{{16,}}", re.I)


def sessions(lines: Iterable[bytes], *, path: str) -> Iterator[Replay]:
    """A session for each request that is put; in the end, what is not, with the reasons.

    ConfigurationError names the first line where the file is no access log at all.
    """
    kinds: Counter[tuple[str, ...]] = Counter()
    aside: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "replace").strip()
        found = LINE.match(text)
        if found is None and number == 1:
            raise ConfigurationError(
                "this is no access log in the common or combined format", where=f"{path}:1"
            )
        reason = _reason(found, seen, kinds) if text else ""
        if reason:
            aside[reason] += 1
        elif found is not None:
            yield Replay((_case(found, path, number),))
    told = [SetAside(_counted(count), reason) for reason, count in aside.most_common()]
    yield Replay((), tuple(told))


def is_log(line: bytes) -> bool:
    """Whether a line is one of an access log."""
    return LINE.match(line.decode("utf-8", "replace").strip()) is not None


def shape_of(target: str) -> tuple[str, ...]:
    """The path with what looks like an id taken out, and the names in the query."""
    path, _, query = target.partition("?")
    segments = ("{}" if _ID.fullmatch(segment) else segment for segment in path.split("/"))
    names = sorted({field.partition("=")[0] for field in query.split("&")} - {""})
    return "/".join(segments), *names


def _reason(
    found: re.Match[str] | None, seen: set[tuple[str, str]], kinds: Counter[tuple[str, ...]]
) -> str:
    """Why a line is not put; empty for one that is."""
    if found is None:
        return "the line is not in the common or combined format"
    method, target = _asked(found)
    if not method:
        return "the line holds no HTTP request"
    if method not in _REPLAYED:
        return f"a log has no body for {method}" if method in _OTHERS else "an unknown method"
    if not target.startswith("/") or names_in(target):
        return "its target is no path of this server"
    if found["status"] == "101":
        return "it became a WebSocket"
    if (method, target) in seen:
        return "the same request was there before"
    if len(seen) < SHAPES:
        seen.add((method, target))
    kind = (method, found["status"], *shape_of(target))
    if len(kinds) < SHAPES or kind in kinds:
        kinds[kind] += 1
    return f"there are {OF_A_KIND} of its kind already" if kinds[kind] > OF_A_KIND else ""


_OTHERS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE")


def _asked(found: re.Match[str]) -> tuple[str, str]:
    parts = _unescaped(found["request"]).split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/"):
        return "", ""
    return parts[0].upper(), re.sub(r"^https?://[^/]+(?=/)", "", parts[1]).partition("#")[0]


def _case(found: re.Match[str], path: str, number: int) -> Case:
    method, target = _asked(found)
    agent, referer = (_unescaped(found[name] or "-") for name in ("agent", "referer"))
    given = [("user-agent", agent), ("referer", referer)]
    headers = tuple((n, v) for n, v in given if v not in ("-", "") and not names_in(v))
    case = Case(f"line {number}: {method} {target.partition('?')[0]}", Request(method, target))
    return replace(
        case,
        request=replace(case.request, headers=headers),
        source=path,
        line=number,
        rules=Rules(generated=True),
        recorded=int(found["status"]),
    )


def _unescaped(text: str) -> str:
    r"""What stands in quotes: nginx writes `"` as \x22, Apache as \", both other bytes as \xHH."""
    raw = re.sub(
        r"\\(x[0-9A-Fa-f]{2}|.)",
        lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 3 else _SIGNS.get(m[1], m[1]),
        text,
    )
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return raw


_SIGNS = {"n": "", "r": "", "t": "\t"}


def _counted(count: int) -> str:
    return f"{count} line{'s' * (count > 1)}"

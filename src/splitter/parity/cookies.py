"""The cookies of one side in one session, kept and sent back as RFC 6265 says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie as it is kept. `ends` is a time in seconds, None for the end of the session."""

    name: str
    value: str
    path: str
    ends: float | None


class Jar:
    """Keeps what `set-cookie` lines say. All servers of the side get all of its cookies: domain
    and `Secure` do not count, since behind a gateway they are one host."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Cookie] = {}

    def keep(self, lines: Iterable[str], *, path: str, now: float) -> None:
        """Take over the cookies of an answer to a request for `path`."""
        for line in lines:
            cookie = _read(line, path, now)
            if cookie is None:
                continue
            self._kept.pop((cookie.name, cookie.path), None)
            if cookie.ends is None or cookie.ends > now:
                self._kept[cookie.name, cookie.path] = cookie

    def header(self, *paths: str, now: float, given: str = "") -> str:
        """What to send: the cookies that were given by hand, and those kept for one of the paths
        (longer paths first) unless one of that name was given."""
        names = sent_in(given)
        kept = [c for c in self._at(paths, now) if c.name not in names]
        kept.sort(key=lambda c: -len(c.path))
        pairs = (f"{c.name}={c.value}" if c.name else c.value for c in kept)
        return "; ".join([*([given] if given.strip() else []), *pairs])

    def _at(self, paths: tuple[str, ...], now: float) -> Iterator[Cookie]:
        for cookie in self._kept.values():
            alive = cookie.ends is None or cookie.ends > now
            if alive and any(_matches(path, cookie.path) for path in paths):
                yield cookie


def sent_in(header: str) -> dict[str, str]:
    """The values of a `cookie` header by name."""
    pairs = (pair.partition("=") for pair in header.split(";") if pair.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def set_by(line: str) -> tuple[str, str]:
    """The name and value that a `set-cookie` line begins with."""
    name, _, value = line.partition(";")[0].partition("=")
    return name.strip(), value.strip()


def values_in(line: str) -> Iterator[str]:
    """The cookie values in a `cookie` header, or the one of a `set-cookie` line's first part."""
    for pair in line.split(";"):
        name, equals, value = pair.partition("=")
        yield (value if equals else name).strip().strip('"')


def _read(line: str, path: str, now: float) -> Cookie | None:
    pair, *rest = line.split(";")
    name, value = set_by(pair)
    if "=" not in pair:
        name, value = "", name
    if not (name or value):
        return None
    given = {k.strip().lower(): v.strip() for k, _, v in (a.partition("=") for a in rest)}
    own_path = given.get("path", "")
    home = own_path if own_path.startswith("/") else _folder(path)
    return Cookie(name, value, home, _end(given, now))


def _end(given: dict[str, str], now: float) -> float | None:
    age = given.get("max-age", "")
    if re.fullmatch(r"-?\d+", age):
        return now + min(int(age[:18]), 10**10)
    return _moment(given["expires"]) if "expires" in given else None


def _moment(text: str) -> float | None:
    from email.utils import mktime_tz, parsedate_tz

    parsed = parsedate_tz(text)
    try:
        return float(mktime_tz(parsed)) if parsed else None
    except (ValueError, OverflowError):
        return None


def _folder(path: str) -> str:
    """The default path of a cookie: up to the last slash of the request's path."""
    plain = path.partition("?")[0]
    return plain[: plain.rfind("/")] or "/"


def _matches(path: str, home: str) -> bool:
    plain = path.partition("?")[0] or "/"
    return plain == home or plain.startswith(home if home.endswith("/") else f"{home}/")

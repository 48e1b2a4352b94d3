"""A side's own base URL, which in what it says counts as equal to the other side's."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PLACE = "\uffff"
_URL = re.compile(r"https?(?::|%3A)(?://|\\/\\/|%2F%2F)", re.IGNORECASE)


def neutral(text: str, base_url: str, *, instead: str = _PLACE) -> str:
    """`text` with each mention of the base URL replaced by a sign that is the same for all.

    `http://a:80` is not mentioned in `http://a:8000/x`, nor `http://a/v2` in `http://a/v20`.
    """
    if not base_url or not _URL.search(text):
        return text
    return _mentions(base_url).sub(lambda _: instead, text)


def same_text(monolith: str, service: str, base_urls: tuple[str, str]) -> bool:
    """Whether both say the same, each of itself."""
    return monolith == service or (
        neutral(monolith, base_urls[0]) == neutral(service, base_urls[1])
    )


def below(base_url: str, path: str) -> str:
    """`path` after the path of the base URL, with one slash between."""
    base = urlsplit(base_url).path.rstrip("/")
    return f"{base}/{path.removeprefix('/')}"


@cache
def _mentions(base_url: str) -> re.Pattern[str]:
    spellings = [s for plain in _plain(base_url) for s in _spellings(plain)]
    longest_first = sorted(set(spellings), key=len, reverse=True)
    return re.compile("|".join(longest_first), re.IGNORECASE)


def _plain(base_url: str) -> list[str]:
    """The URL as given and, where its port is the scheme's own, with and without the port."""
    parts = urlsplit(base_url)
    host = parts.netloc.rpartition("@")[2]
    path = parts.path.rstrip("/")
    default = _DEFAULT_PORTS.get(parts.scheme)
    hosts = [host]
    if default and parts.port in (None, default):
        bare = host.removesuffix(f":{default}")
        hosts = [bare, f"{bare}:{default}"]
    return [f"{parts.scheme}://{h}{path}" for h in hosts]


def _spellings(url: str) -> list[str]:
    """As text, with the slashes escaped as JSON may have them, and percent-encoded."""
    end = _end(url)
    escaped = url.replace("/", "\\/")
    return [
        re.escape(url) + end,
        re.escape(escaped) + end,
        re.escape(quote(url, safe="")) + end,
    ]


def _end(url: str) -> str:
    """What must not follow, lest it be another port, host or path."""
    parts = urlsplit(url)
    if parts.path:
        return r"(?![\w~-]|\.\w|%(?!2F|3F|23|26|22|20))"
    if parts.port is not None:
        return r"(?!\d)"
    return r"(?![\w-]|\.\w|:\d|%3A\d)"

"""The headers of two answers: every line counts, except where headers vary by nature."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from splitter.model.parity import ABSENT, Difference, Observation
from splitter.parity.origins import same_text

VARYING = frozenset(
    {
        "date",
        "server",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "via",
        "age",
        "x-request-id",
        "x-process-time",
        "traceparent",
        "server-timing",
    }
)


def differences(
    monolith: Observation,
    service: Observation,
    *,
    base_urls: tuple[str, str] = ("", ""),
    ignored: Collection[str] = (),
) -> Iterator[Difference]:
    """One entry for each header, by its lower-case name; lines of one name are joined."""
    left, right = values_of(monolith), values_of(service)
    for name in dict.fromkeys([*left, *right]):
        if name in VARYING or name in ignored:
            continue
        a, b = left.get(name), right.get(name)
        if a is None or b is None or not same_text(a, b, base_urls):
            yield Difference("header", name, *(ABSENT if v is None else v for v in (a, b)))


def values_of(answer: Observation) -> dict[str, str]:
    """What counts of each header, by name."""
    lines: dict[str, list[str]] = {}
    for name, value in answer.headers:
        lines.setdefault(name.lower(), []).append(value)
    return {
        name: _cookies(values) if name == "set-cookie" else ", ".join(values)
        for name, values in lines.items()
    }


def _cookies(lines: Iterable[str]) -> str:
    """Names and attributes of the cookies, without values and expiry: `sid; HttpOnly; Path=/`."""
    return ", ".join(sorted(_cookie(line) for line in lines))


def _cookie(line: str) -> str:
    pair, *attributes = line.split(";")
    name = pair.partition("=")[0].strip() if "=" in pair else ""
    kept = sorted(_attribute(a) for a in attributes if a.strip())
    return "; ".join([name, *(a for a in kept if a.partition("=")[0] != "expires")])


def _attribute(text: str) -> str:
    name, equals, value = text.partition("=")
    return name.strip().lower() + equals + value.strip()

"""Two answers held together: status, headers, equal bytes, equal values, and then each value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from splitter.model.parity import Difference, Observation, Rules
from splitter.parity import headers, structure
from splitter.parity.contents import Content, Form, UndecodableError, content_of, digest, header
from splitter.parity.marks import Leeway, marks_of
from splitter.parity.origins import neutral
from splitter.parity.structure import Reading
from splitter.parity.texts import excerpts, same_lines


class UnusableError(ValueError):
    """An answer cannot be compared; `reasons` are by side, "monolith" or "service"."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("; ".join(f"{side}: {reason}" for side, reason in reasons.items()))
        self.reasons = reasons


def compare(
    monolith: Observation,
    service: Observation,
    rules: Rules,
    *,
    base_urls: tuple[str, str] = ("", ""),
) -> tuple[Difference, ...]:
    """What a client could tell the two answers apart by; nothing where they mean the same.

    UnusableError where a body is not what its content-encoding says; QueryError where a rule
    cannot be put to a body.
    """
    found: list[Difference] = []
    if monolith.status != service.status:
        found.append(Difference("status", "", monolith.status, service.status))
    ignored = ignored_headers(rules)
    found.extend(headers.differences(monolith, service, base_urls=base_urls, ignored=ignored))
    if "$" not in rules.ignore and not _same_bytes(monolith, service):
        both = contents(monolith, service)
        found.extend(bodies(*both, rules, base_urls=base_urls))
    return tuple(found)


def contents(monolith: Observation, service: Observation) -> tuple[Content, Content]:
    """What the bodies hold; UnusableError names each side whose body cannot be decoded."""
    held: list[Content] = []
    reasons: dict[str, str] = {}
    for side, answer in (("monolith", monolith), ("service", service)):
        try:
            held.append(content_of(answer))
        except UndecodableError as error:
            reasons[side] = str(error)
    if reasons:
        raise UnusableError(reasons)
    return held[0], held[1]


def bodies(
    monolith: Content,
    service: Content,
    rules: Rules,
    *,
    base_urls: tuple[str, str] = ("", ""),
    leeways: Iterable[Leeway] = (),
) -> Iterator[Difference]:
    """Two bodies, compared in the lesser of their forms."""
    form = min(monolith.form, service.form)
    if form is Form.JSON:
        if monolith.text != service.text:
            yield from _structures(monolith, service, rules, base_urls, tuple(leeways))
    elif form is Form.TEXT:
        if not same_lines(monolith.text, service.text, base_urls):
            yield Difference("body", "$", *excerpts(monolith.text, service.text))
    elif not same_data(monolith.data, service.data, base_urls):
        yield Difference("body", "$", *_shown(monolith, service))


def ignored_headers(rules: Rules) -> frozenset[str]:
    """The headers that the rules leave out, in lower case."""
    names = (rule.removeprefix("header:") for rule in rules.ignore if rule.startswith("header:"))
    return frozenset(name.strip().lower() for name in names)


def reading_of(rules: Rules, base_urls: tuple[str, str]) -> Reading:
    """How the rules have values read."""
    return Reading(base_urls, rules.numbers == "strict", rules.generated)


def same_data(monolith: bytes, service: bytes, base_urls: tuple[str, str]) -> bool:
    """Whether the bytes are the same, each side's own base URL apart."""
    if monolith == service:
        return True
    sides = zip((monolith, service), base_urls, strict=True)
    if any(url.rstrip("/").encode() not in data for data, url in sides):
        return False
    left, right = (data.decode("latin-1") for data in (monolith, service))
    return neutral(left, base_urls[0]) == neutral(right, base_urls[1])


def _same_bytes(monolith: Observation, service: Observation) -> bool:
    """Whether the bodies are byte for byte the same and nothing has them read otherwise."""
    return (
        monolith.body == service.body
        and header(monolith, "content-type") == header(service, "content-type")
        and not header(monolith, "content-encoding")
        and not header(service, "content-encoding")
    )


def _structures(
    monolith: Content,
    service: Content,
    rules: Rules,
    base_urls: tuple[str, str],
    leeways: tuple[Leeway, ...],
) -> Iterator[Difference]:
    marks = (
        marks_of(monolith.value, rules, leeways),
        marks_of(service.value, rules, leeways),
    )
    reading = reading_of(rules, base_urls)
    return structure.differences(monolith.value, service.value, marks, reading)


def _shown(monolith: Content, service: Content) -> tuple[object, object]:
    """Text as text, bytes by length and SHA-256."""
    if monolith.form is Form.BYTES and service.form is Form.BYTES:
        return digest(monolith.data), digest(service.data)
    texts = excerpts(monolith.text, service.text)
    sides = zip((monolith, service), texts, strict=True)
    left, right = (
        digest(side.data) if side.form is Form.BYTES and side.data else text for side, text in sides
    )
    return left, right

"""Differences that the monolith shows against itself are noise; all others are real."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from splitter.model.parity import ABSENT, Difference, Observation, Rules
from splitter.parity.compare import UnusableError, bodies, compare, contents, reading_of
from splitter.parity.contents import Content, Form
from splitter.parity.headers import values_of
from splitter.parity.leeways import leeways_of
from splitter.parity.texts import only_varying_lines_differ


@dataclass(frozen=True, slots=True)
class Sifted:
    """Differences that count, and those that the monolith shows against itself."""

    real: tuple[Difference, ...]
    noise: tuple[Difference, ...] = ()


def sift(
    differences: tuple[Difference, ...],
    monolith: Observation,
    service: Observation,
    again: Sequence[Observation],
    rules: Rules,
    *,
    base_urls: tuple[str, str] = ("", ""),
) -> Sifted:
    """Tell noise from what is real, by what the monolith answered when it was asked again.

    Noise is a value that varies, within the kind that was seen; what the monolith always has
    and the service lacks is real. Answers of another status say nothing of headers and body.
    """
    in_body = tuple(d for d in differences if d.kind == "body")
    others = [answer for answer in again if not in_body or answer.body != monolith.body]
    if any(_equal(answer, service, rules, base_urls) for answer in others):
        return Sifted((), differences)
    comparable = [answer for answer in again if answer.status == monolith.status]
    real = [
        *(d for d in differences if d.kind == "status" and not _seen_status(d, again)),
        *(d for d in differences if d.kind == "header" and not _varies(d, monolith, comparable)),
    ]
    varied = [answer for answer in comparable if answer.body != monolith.body]
    if in_body and varied:
        real += _real_in_body(monolith, service, varied, rules, base_urls)
    else:
        real += in_body
    noise = (d for d in differences if not _is_covered(d, real))
    return Sifted(tuple(real), tuple(noise))


def _equal(
    answer: Observation, service: Observation, rules: Rules, base_urls: tuple[str, str]
) -> bool:
    """Whether the monolith itself gave the service's answer."""
    try:
        return not compare(answer, service, rules, base_urls=base_urls)
    except UnusableError:
        return False


def _seen_status(difference: Difference, again: Iterable[Observation]) -> bool:
    return difference.service in {answer.status for answer in again}


def _varies(difference: Difference, monolith: Observation, again: Iterable[Observation]) -> bool:
    own = values_of(monolith).get(difference.path)
    others = [values_of(answer).get(difference.path) for answer in again]
    if difference.service is ABSENT:
        return None in others
    if difference.monolith is ABSENT:
        return any(other is not None for other in others)
    return any(other not in (None, own) for other in others)


def _real_in_body(
    monolith: Observation,
    service: Observation,
    again: Sequence[Observation],
    rules: Rules,
    base_urls: tuple[str, str],
) -> list[Difference]:
    """What is left of the body's differences once the monolith is allowed what it allows itself."""
    own, other = contents(monolith, service)
    repeated = [content for content in _held(again, monolith) if content.form is own.form]
    if other.form is own.form is Form.TEXT:
        texts = [own.text, *(content.text for content in repeated)]
        if only_varying_lines_differ(texts, other.text, base_urls):
            return []
    if other.form is own.form is Form.BYTES and any(c.data != own.data for c in repeated):
        return []
    leeways = []
    if other.form is own.form is Form.JSON:
        reading = reading_of(rules, (base_urls[0], base_urls[0]))
        leeways = leeways_of(own.value, [c.value for c in repeated], rules, reading)
    return list(bodies(own, other, rules, base_urls=base_urls, leeways=leeways))


def _held(answers: Iterable[Observation], monolith: Observation) -> list[Content]:
    held = []
    for answer in answers:
        try:
            held.append(contents(monolith, answer)[1])
        except UnusableError:
            continue
    return held


def _is_covered(difference: Difference, real: Iterable[Difference]) -> bool:
    """Whether it is among the real ones, or below one of them."""
    return any(
        difference.kind == r.kind
        and (difference.path == r.path or difference.path.startswith((f"{r.path}[", f"{r.path}.")))
        for r in real
    )

"""Verdicts for the reports to tell of, and a way to have them told."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

import pytest

from splitter.model.parity import (
    ABSENT,
    Answer,
    Asked,
    Case,
    Difference,
    Outcome,
    Request,
    Summary,
    Verdict,
)

Report = Callable[[Iterable[Verdict], Callable[[str], object]], Summary]
Written = Callable[[Report, Iterable[Verdict]], str]

HOSTILE = (
    "]]> & < > \" ' % \x1b[31mred\x00\x01\x08\ufffe\u2028::stop\n::set-output name=a::b\r\n"
    "::add-mask::x\ud800<script>alert(1)</script>{{ x }}|`*"
)


def verdict(
    name: str,
    outcome: Outcome = Outcome.MATCH,
    *differences: Difference,
    noise: tuple[Difference, ...] = (),
    error: str = "",
    path: str = "/a",
    service: str = "orders",
) -> Verdict:
    answers = (None, None) if error else (Answer(200, 3.14), Answer(200, 2.7))
    case = Case(name, Request("GET", path), "cases.yaml", service=service, line=7)
    return Verdict(case, outcome, differences, noise, error, *answers)


@pytest.fixture
def written() -> Written:
    """What a report writes; it must be text that UTF-8 can hold."""

    def write(report: Report, verdicts: Iterable[Verdict]) -> str:
        parts: list[str] = []
        report(verdicts, parts.append)
        text = "".join(parts)
        assert text.encode().decode() == text
        return text

    return write


@pytest.fixture
def all_good() -> list[Verdict]:
    return [verdict("one"), verdict("two")]


@pytest.fixture
def one_of_each() -> list[Verdict]:
    return [
        verdict("good", noise=(Difference("body", "$.at", "a", "b"),)),
        verdict(
            "bad one",
            Outcome.MISMATCH,
            Difference("status", "", 200, 404),
            Difference("header", "etag", '"1"', ABSENT),
            Difference("body", "$.items[0].amount", Decimal("1.50"), {"n": [None, "é ☕"]}),
        ),
        verdict("broken", Outcome.ERROR, error="service orders: no answer within 30 s"),
        verdict("late", Outcome.SKIPPED, error="token was not captured (service)"),
    ]


@pytest.fixture
def asked() -> Verdict:
    """A mismatch with both requests."""
    headers = (("accept", "text/html"), ("x", "<&>"))
    requests = (
        Asked("GET", "http://m:1", "/a?b=1&c=2", headers),
        Asked("GET", "http://s:2/v2", "/v2/a?b=1&c=2", headers),
    )
    bad = verdict("asked", Outcome.MISMATCH, Difference("status", "", 200, 404))
    return replace(bad, asked=requests)


@pytest.fixture
def hostile() -> list[Verdict]:
    """Names, places and values that would be markup, commands or control sequences."""
    return [
        verdict(
            HOSTILE,
            Outcome.MISMATCH,
            Difference("body", f"$['{HOSTILE}']", HOSTILE, {HOSTILE: HOSTILE}),
            Difference("header", "x", HOSTILE, HOSTILE[:-1]),
            noise=(Difference("body", "$.n", HOSTILE, 1),),
            path=f"/{HOSTILE}",
            service=HOSTILE,
        ),
        verdict(HOSTILE, Outcome.ERROR, error=HOSTILE),
        verdict(HOSTILE, Outcome.SKIPPED, error=HOSTILE),
    ]

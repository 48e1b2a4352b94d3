"""Whether two sessions fail in the same way."""

from __future__ import annotations

import re
from collections.abc import Iterable

from splitter.model.parity import Difference, Outcome, Verdict

Mark = tuple[str, str, str]
"""Case, kind and place of a difference, without what changes when other requests are left out:
indices and keys. Rows belong to no case: they are told at the last one that writes."""


def failing(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The first that differs, or has no answer."""
    found = (v for v in verdicts if v.outcome in (Outcome.MISMATCH, Outcome.ERROR))
    return next(found, None)


def marks_of(verdict: Verdict) -> frozenset[Mark]:
    """What it fails by: what the answers differ in, if they do; else the rows."""
    if verdict.outcome is Outcome.ERROR:
        return frozenset({(verdict.case.name, "error", verdict.error.partition(":")[0])})
    if verdict.outcome is not Outcome.MISMATCH:
        return frozenset()
    answered = [d for d in verdict.differences if d.kind != "database"]
    return frozenset(_mark(verdict, d) for d in answered or verdict.differences)


def fails_by(verdicts: Iterable[Verdict], wanted: frozenset[Mark]) -> bool:
    """Whether one of them differs where it is wanted."""
    return any(
        wanted.intersection(_mark(v, d) for d in v.differences)
        or (v.outcome is Outcome.ERROR and wanted & marks_of(v))
        for v in verdicts
        if v.outcome in (Outcome.MISMATCH, Outcome.ERROR)
    )


def _mark(verdict: Verdict, difference: Difference) -> Mark:
    if difference.kind == "database":
        return "", difference.kind, re.sub(r"\[.*\]", "[*]", difference.path, flags=re.DOTALL)
    return verdict.case.name, difference.kind, re.sub(r"\[\d+\]", "[*]", difference.path)

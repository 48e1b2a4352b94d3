"""Two texts held together by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from splitter.parity.origins import same_text

LIMIT = 2000
"""Characters of a text that a difference shows."""


def same_lines(monolith: str, service: str, base_urls: tuple[str, str]) -> bool:
    """Whether the lines are the same, endings and the last newline included."""
    if monolith == service:
        return True
    left, right = monolith.split("\n"), service.split("\n")
    return len(left) == len(right) and not _differing(left, right, base_urls)


def only_varying_lines_differ(
    texts: Sequence[str], service: str, base_urls: tuple[str, str]
) -> bool:
    """Whether the service differs from one of the monolith's texts only in lines that
    differ among those texts too. Texts with another number of lines say nothing."""
    right = service.split("\n")
    shaped = [t for t in (text.split("\n") for text in texts) if len(t) == len(right)]
    return any(
        _differing(left, right, base_urls)
        <= {i for other in shaped for i in _differing(left, other, ("", ""))}
        for left in shaped
    )


def excerpts(monolith: str, service: str) -> tuple[str, str]:
    """Both texts or, where they are long, what stands around the first line that differs."""
    if max(len(monolith), len(service)) <= LIMIT:
        return monolith, service
    shared = zip(monolith, service, strict=False)
    at = next((i for i, (a, b) in enumerate(shared) if a != b), min(len(monolith), len(service)))
    start = max(0, monolith.rfind("\n", 0, at) + 1, at - LIMIT // 2)
    return _cut(monolith, start), _cut(service, start)


def _differing(left: Iterable[str], right: Iterable[str], base_urls: tuple[str, str]) -> set[int]:
    lines = zip(left, right, strict=True)
    return {i for i, (a, b) in enumerate(lines) if not same_text(a, b, base_urls)}


def _cut(text: str, start: int) -> str:
    end = start + LIMIT
    before = "" if not start else "…"
    after = "" if end >= len(text) else f"… ({len(text)} characters)"
    return before + text[start:end] + after

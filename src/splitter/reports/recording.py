"""What was recorded of the monolith's tests, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from splitter.model.recording import Recording
from splitter.reports import console


def show(recording: Recording, *, as_json: bool = False) -> None:
    """What can be put again, what cannot and why, and what to do with it."""
    if as_json:
        console.show_json(_document(recording))
    else:
        console.say(_lines(recording))


def _lines(recording: Recording) -> Iterator[str]:
    target, aside = recording.target, recording.aside
    yield (
        f"{target}: {recording.requests} requests of {recording.tests} tests, "
        f"to {recording.endpoints} endpoints"
    )
    if aside:
        yield f"{len(aside)} requests cannot be replayed:"
    for name, reason in aside:
        yield f"  {name}: {reason}"
    yield f"put them to both sides: splitter parity-check --cases {target}"


def _document(recording: Recording) -> dict[str, object]:
    return {
        "file": recording.target,
        "tests": recording.tests,
        "requests": recording.requests,
        "endpoints": recording.endpoints,
        "aside": [{"request": name, "reason": reason} for name, reason in recording.aside],
    }

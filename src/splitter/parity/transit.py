"""Verdicts on their way between processes: pickling takes no values of any depth, text it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from splitter.model.jsontext import read, write
from splitter.model.parity import Difference, Verdict


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A value with others in it, as JSON."""

    text: str


def packed(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts, to be sent."""
    return [_each(verdict, _spelled) for verdict in verdicts]


def unpacked(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts as they were packed."""
    return [_each(verdict, _read) for verdict in verdicts]


def _each(verdict: Verdict, change: Callable[[object], object]) -> Verdict:
    if not (verdict.differences or verdict.noise):
        return verdict

    def changed(difference: Difference) -> Difference:
        sides = change(difference.monolith), change(difference.service)
        return replace(difference, monolith=sides[0], service=sides[1])

    return replace(
        verdict,
        differences=tuple(map(changed, verdict.differences)),
        noise=tuple(map(changed, verdict.noise)),
    )


def _spelled(value: object) -> object:
    return _Spelled(write(value)) if isinstance(value, list | dict | tuple) else value


def _read(value: object) -> object:
    return read(value.text) if isinstance(value, _Spelled) else value

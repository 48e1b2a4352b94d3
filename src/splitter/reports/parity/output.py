"""Where a parity report goes: a file or stdout, and the step summary of a CI job."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from splitter.errors import DiskError
from splitter.model.ending import Ending
from splitter.model.parity import Summary, Verdict
from splitter.reports.console import is_plain
from splitter.reports.parity.formats import report
from splitter.reports.parity.tally import Tally
from splitter.reports.parity.wording import gone, told


def show(
    verdicts: Iterable[Verdict],
    form: str,
    target: Path | None,
    *,
    ending: Callable[[], Ending] = Ending,
) -> Summary:
    """Write the report; with a `target` the summary is told on stderr.

    KeyboardInterrupt from the verdicts ends the report, which is then whole, and is raised again.
    """
    until = _Until(verdicts)
    summary = _shown(until, form, target, until.ending(ending))
    if until.interrupted:
        raise KeyboardInterrupt
    return summary


class _Until:
    """The verdicts up to an interrupt."""

    def __init__(self, verdicts: Iterable[Verdict]) -> None:
        self._verdicts = verdicts
        self.interrupted = False

    def __iter__(self) -> Iterator[Verdict]:
        try:
            yield from self._verdicts
        except KeyboardInterrupt:
            self.interrupted = True

    def ending(self, whole: Callable[[], Ending]) -> Callable[[], Ending]:
        """What is known in the end; of a run that was not whole only that."""
        return lambda: _cut_short(whole()) if self.interrupted else whole()


def _cut_short(ending: Ending) -> Ending:
    return replace(ending, stale=(), endpoints=(), interrupted=True)


def _shown(
    verdicts: Iterable[Verdict], form: str, target: Path | None, ending: Callable[[], Ending]
) -> Summary:
    counted = with_progress(verdicts, sys.stderr) if _is_live() else verdicts
    if target is None:
        sys.stdout.reconfigure(  # type: ignore[union-attr]
            encoding="utf-8", newline="\n", line_buffering=form in ("text", "github")
        )
        out, colour = sys.stdout.write, not is_plain()
        summary = report(counted, form, out, colour=colour, page=_step_summary, ending=ending)
        if form != "text":
            _tell(ending())
        return summary
    try:
        with target.open("w", encoding="utf-8", newline="") as file:
            summary = report(counted, form, file.write, page=_step_summary, ending=ending)
    except OSError as error:
        raise DiskError(f"cannot write the report: {error.strerror}", where=str(target)) from None
    _tell(ending())
    print(told(summary), file=sys.stderr)
    return summary


def _tell(ending: Ending) -> None:
    """What fails the run besides its cases is said where no report is in the way."""
    for stale in ending.stale:
        print(gone(stale), file=sys.stderr)


def with_progress(
    verdicts: Iterable[Verdict],
    stream: TextIO,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Verdict]:
    """Pass verdicts on; how many there are stands on the last line of a terminal while the next one
    is waited for."""
    tally = Tally()
    shown, due = False, 0.0
    for verdict in tally.count(verdicts):
        if shown:
            stream.write(_CLEAR)
            stream.flush()
            shown = False
        yield verdict
        if clock() >= due:
            stream.write(f"\r{told(tally.summary)} …")
            stream.flush()
            shown, due = True, clock() + PAUSE
    if shown:
        stream.write(_CLEAR)
        stream.flush()


PAUSE = 0.1
"""Seconds between two counts at least."""
_CLEAR = "\r\x1b[K"


def _is_live() -> bool:
    """Whether stderr is a terminal on which a line may be written over."""
    plain = any(os.environ.get(name) for name in ("CI", "NO_COLOR"))
    return sys.stderr.isatty() and not plain and os.environ.get("TERM") != "dumb"


def _step_summary(markdown: str) -> None:
    """The page of a GitHub Actions job, if this is one."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if name:
        with open(name, "a", encoding="utf-8") as file:
            file.write(markdown)

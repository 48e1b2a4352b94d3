"""Where a parity report goes: a file or stdout, and the step summary of a CI job."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from splitter.errors import DiskError
from splitter.model.ending import Ending
from splitter.model.parity import Summary, Verdict
from splitter.reports.console import is_plain
from splitter.reports.parity.formats import report
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
        return lambda: Ending(interrupted=True) if self.interrupted else whole()


def _shown(
    verdicts: Iterable[Verdict], form: str, target: Path | None, ending: Callable[[], Ending]
) -> Summary:
    counted = _with_progress(verdicts) if target is not None or form != "text" else verdicts
    if target is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
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


def _with_progress(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """A counter on a terminal's stderr, while a report is written elsewhere."""
    live = sys.stderr.isatty() and not os.environ.get("CI")
    for count, verdict in enumerate(verdicts, 1):
        if live:
            print(f"\r{count} cases", end="", file=sys.stderr, flush=True)
        yield verdict
    if live:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _step_summary(markdown: str) -> None:
    """The page of a GitHub Actions job, if this is one."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if name:
        with open(name, "a", encoding="utf-8") as file:
            file.write(markdown)

"""The formats that a parity report can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from splitter.model.ending import Ending
from splitter.model.parity import Summary, Verdict

FORMATS = ("text", "json", "junit", "github", "html")


def report(
    verdicts: Iterable[Verdict],
    form: str,
    out: Callable[[str], object],
    *,
    colour: bool = False,
    page: Callable[[str], object] | None = None,
    ending: Callable[[], Ending] = Ending,
) -> Summary:
    """Write the verdicts to `out` in one of `FORMATS`; `colour` counts for text only.

    `ending` is asked when the last verdict is there; `page` takes the Markdown of a job summary
    where the format has one. What is written is valid UTF-8, and each write is a whole piece, so
    that it can be flushed.
    """
    if form == "text":
        from splitter.reports.parity import console

        return console.report(verdicts, out, colour=colour, ending=ending)
    if form == "json":
        from splitter.reports.parity import json

        return json.report(verdicts, out, ending=ending)
    if form == "junit":
        from splitter.reports.parity import junit

        return junit.report(verdicts, out, ending=ending)
    if form == "github":
        from splitter.reports.parity import github

        return github.report(verdicts, out, page=page, ending=ending)
    if form == "html":
        from splitter.reports.parity import html

        return html.report(verdicts, out, ending=ending)
    raise ValueError(f"{form!r} is none of {', '.join(FORMATS)}")

"""Answers that are made from all routes of the application, of which a service has some."""

from __future__ import annotations

from collections.abc import Iterator

from splitter.planning.findings.calls import Calls, Sight
from splitter.planning.findings.finding import Finding, finding


def told_as_a_whole(calls: Calls) -> Iterator[Finding]:
    """One finding for each place that reads the application's OpenAPI document for an answer."""
    parties = calls.parties
    for sight in calls.named("openapi", "get_openapi"):
        answering = [p.name for p in parties.members if sight.piece in p.answering.pieces]
        if answering and _is_of_an_application(sight):
            what = "an answer is made from the document of the whole application, of which a "
            what += "service has only its own routes"
            yield finding(sight.view.path, sight.line, "SPL038", what, answering, blocks=True)


def _is_of_an_application(sight: Sight) -> bool:
    """`app.openapi()`, `request.app.openapi()`, `get_openapi(…)`, not a client's `openapi(url)`."""
    if sight.chain[-1:] == ("get_openapi",):
        return True
    return len(sight.chain) > 1 and not sight.call.args and not sight.call.keywords

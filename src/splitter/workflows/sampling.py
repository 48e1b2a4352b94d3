"""Requests that clients made, put to both sides while the traffic goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from splitter.actions.paths import pattern
from splitter.model.parity import SAFE_METHODS, Case, Outcome, Request, Rules, Verdict
from splitter.model.routing import State
from splitter.model.traffic import Heard
from splitter.parity.templates import names_in
from splitter.workflows import accepting, parity
from splitter.workflows.data import Say
from splitter.workflows.places import Urls
from splitter.workflows.switching import Switch

_OF_A_CONNECTION = frozenset(
    ("host", "connection", "keep-alive", "content-length", "transfer-encoding", "te", "upgrade")
)


def on_moved(switch: Switch) -> re.Pattern[str]:
    """What the paths match whose routes were moved."""
    moved = [e for e in switch.routes if e.kind == "http" and e.state is not State.MONOLITH]
    return re.compile("|".join(f"(?:{pattern(e.path)})" for e in moved) or "(?!)")


def can_be_put(heard: Heard) -> bool:
    """Whether it changes nothing (RFC 9110, 9.2.1), and means in a case what it meant."""
    texts = (heard.target, *(value for _, value in heard.headers))
    return heard.method in SAFE_METHODS and not any(map(names_in, texts))


def put(switch: Switch, heard: Sequence[Heard], say: Say, *, number: int = 1) -> list[Verdict]:
    """The verdicts on these requests, in their order; the cases are numbered from `number`.

    One that differs is put once more, and then counts: a client may have written in between.
    """
    cases = [_case(one, count) for count, one in enumerate(heard, number)]
    first = _put(switch, cases, say)
    again = _put(switch, [v.case for v in first if v.outcome is not Outcome.MATCH], say)
    second = {verdict.case.name: verdict for verdict in again}
    return [second.get(verdict.case.name, verdict) for verdict in first]


def _put(switch: Switch, cases: Sequence[Case], say: Say) -> list[Verdict]:
    if not cases:
        return []
    settings = switch.project.settings.parity
    urls = ((switch.service.name, f"http://{switch.gateway.services[switch.service.name]}"),)
    place = Urls(f"http://{switch.gateway.monolith}", urls, settings.timeout)
    ledger = accepting.ledger_of(switch.project, partial=True)
    with place.ground(say) as both:
        verdicts = parity.check_on(
            both, parity.assigned(cases, dict(urls)), concurrency=settings.concurrency
        )
        return list(ledger.settled(verdicts))


def _case(heard: Heard, number: int) -> Case:
    """What its query holds is not in its name: that may be a secret."""
    headers = [(n, v) for n, v in heard.headers if n.lower() not in _OF_A_CONNECTION]
    request = Request(heard.method, heard.target, headers=tuple(headers), cookies=False)
    name = f"request {number}: {heard.method} {heard.path}"
    return Case(name, request, source="traffic", line=number, rules=Rules(generated=True))

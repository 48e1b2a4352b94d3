"""Says at the end of a run what varied with the monolith itself, as rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from splitter.model.parity import Verdict
from splitter.parity.rules import Rule, rules_of
from splitter.workflows.data import Say

TOLD = 50
"""Rules that are told one by one."""


def told(verdicts: Iterable[Verdict], *, say: Say) -> Iterator[Verdict]:
    """Pass verdicts on; then tell the rules that their noise comes to, each once."""
    rules: dict[Rule, None] = {}
    for verdict in verdicts:
        rules.update(dict.fromkeys(rules_of(verdict)))
        yield verdict
    if rules:
        say("what varies with the monolith itself, and must be of the same kind in a service:")
        for rule in sorted(rules)[:TOLD]:
            say(f"  {rule}")
        if len(rules) > TOLD:
            say(f"  and {len(rules) - TOLD} more")

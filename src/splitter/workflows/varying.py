"""What varied with the monolith itself, as rules: told at the end of a run, kept in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from splitter.effects import case_files
from splitter.model.parity import Verdict
from splitter.parity.rules import Rule, read_rules, rules_of, sifted_by
from splitter.workflows.data import Say

TOLD = 50
"""Rules that are told one by one."""


HEAD = "# What varies with the monolith itself: what is of the same kind in a service is noise.\n"


def read(name: str) -> frozenset[Rule]:
    """The rules of a file; none where there is no file yet. ConfigurationError for a bad line."""
    path = Path(name)
    if not name or not path.exists():
        return frozenset()
    return read_rules(case_files.content(path, name), path=name)


def told(
    verdicts: Iterable[Verdict], known: frozenset[Rule], kept: str, *, say: Say
) -> Iterator[Verdict]:
    """Pass verdicts on, as the known rules leave them; then tell the rules that their noise comes
    to, each once, and add them to the file `kept`, if there is to be one."""
    rules: set[Rule] = set()
    for verdict in verdicts:
        sifted = sifted_by(known, verdict)
        rules.update(rules_of(sifted))
        yield sifted
    if rules:
        say("what varies with the monolith itself, and must be of the same kind in a service:")
        for rule in sorted(rules)[:TOLD]:
            say(f"  {rule}")
        if len(rules) > TOLD:
            say(f"  and {len(rules) - TOLD} more")
    if kept and not rules <= known:
        _add(kept, sorted(rules - known))


def _add(name: str, rules: Iterable[Rule]) -> None:
    """Put rules at the end of the file; what is in it stays as it is."""
    path = Path(name)
    before = case_files.content(path, name) if path.exists() else HEAD.encode()
    end = b"" if before.endswith(b"\n") or not before else b"\n"
    case_files.replace(path, before + end + "".join(f"{rule}\n" for rule in rules).encode())

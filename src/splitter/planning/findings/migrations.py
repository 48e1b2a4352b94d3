"""Alembic: one history for the tables of all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from splitter.planning.findings.finding import Finding, finding
from splitter.planning.parties import Parties

_IS_ENV = re.compile(rb"^\s*(from alembic import|import alembic)", re.M)
_CONFIGURES = re.compile(rb"^\s*(context|op)?\.?configure\(", re.M)
_FILTER = re.compile(rb"\binclude_(object|name)\s*=")


def one_history(parties: Parties) -> Iterator[Finding]:
    """The `env.py` of each migration history that would drop what a service's models lack."""
    for path, source in sorted(parties.program.sources.items()):
        if path.rpartition("/")[2] != "env.py" or not _IS_ENV.search(source):
            continue
        called = _CONFIGURES.search(source)
        if parties.planned and called and not _FILTER.search(source):
            line = source.count(b"\n", 0, called.end()) + 1
            what = "autogenerate, run from a service, would drop the tables of all others"
            yield finding(path, line, "SPL026", what, [p.name for p in parties.members])

"""The list of accepted differences that a run goes by, and the verdicts that it leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from splitter.effects import case_files
from splitter.model.acceptance import Acceptance
from splitter.model.ending import Ending, Endpoint
from splitter.model.parity import Summary, Verdict
from splitter.model.shards import Part
from splitter.parity.acceptances import read_acceptances
from splitter.parity.ledger import Ledger
from splitter.workflows.project import Project

WHAT = "the list of accepted differences"


@dataclass(frozen=True)
class Comparison:
    """The verdicts, streaming, and what is known once they have all come."""

    verdicts: Iterator[Verdict]
    ending: Callable[[], Ending]

    def passed(self, summary: Summary) -> bool:
        """Whether every case matched and nothing else fails the run."""
        return summary.proven and not self.ending().stale


def settled(
    verdicts: Iterator[Verdict],
    ledger: Ledger,
    *,
    then: Callable[[Iterator[Verdict]], Iterator[Verdict]] = iter,
    endpoints: Callable[[], tuple[Endpoint, ...]] = tuple,
    part: Part | None = None,
) -> Comparison:
    """The verdicts as the list leaves them, put through `then`; `part` is the shard that they are,
    if they are one."""

    def ending() -> Ending:
        uses = ledger.uses() if part else ()
        return Ending(ledger.stale(), endpoints(), part=part, uses=uses)

    return Comparison(then(ledger.settled(verdicts)), ending)


def ledger_of(project: Project | None, files: Sequence[str] = (), *, partial: bool) -> Ledger:
    """The list of the files, else of those that the settings name, as it stands today (UTC).

    `partial`: some cases are left out, so that an entry may be without use. UsageError or
    ConfigurationError for a file that is not there, or is no such list.
    """
    found = _entries((name, Path(name)) for name in files)
    if project is not None and not files:
        names = project.settings.parity.accepted
        found = _entries((name, project.root / name) for name in names)
    return Ledger(found, today=datetime.now(UTC).date(), partial=partial)


def _entries(files: Iterable[tuple[str, Path]]) -> Iterator[Acceptance]:
    for name, path in files:
        yield from read_acceptances(case_files.content(path, name, what=WHAT), path=name)

"""What came of the trials, as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from applications import Application
from trials import Outcome, Trial

COLUMNS = (
    "route module",
    "routes",
    "outcome",
    "requests",
    "copied / closure",
    "with the application",
    "CPU s",
)


def table(application: Application, trials: Sequence[Trial]) -> Iterator[str]:
    """One row for each route module, and a summary below."""
    yield f"## {application.about} {application.version}"
    yield ""
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|{' --- |' * len(COLUMNS)}"
    for trial in trials:
        yield f"| {' | '.join(_cells(trial))} |"
    yield ""
    yield summary(trials)


def summary(trials: Sequence[Trial]) -> str:
    """The figures that count, in a line."""
    outcomes = Counter(trial.outcome for trial in trials)
    told = ", ".join(f"{outcomes[o]} {o}" for o in Outcome if outcomes[o])
    shares = [t.share for t in trials if t.share is not None]
    around = [t.share_of_surrounded for t in trials if t.share_of_surrounded is not None]
    copied = f"; copied code, median: {median(shares):.0%} of the closure" if shares else ""
    copied += f", {median(around):.0%} of it with the application" if around else ""
    cases = sum(t.total for t in trials)
    matched = sum(t.matched for t in trials)
    return f"{len(trials)} route modules: {told}; {matched} of {cases} requests match{copied}."


def _cells(trial: Trial) -> Iterator[str]:
    yield f"`{trial.module}`"
    yield str(trial.routes)
    yield " ".join([str(trial.outcome), *trial.codes])
    yield f"{trial.matched} of {trial.total}" if trial.total else ""
    share = trial.share
    yield "" if share is None else f"{trial.copied:,} / {trial.closure:,} = {share:.0%}"
    around = trial.share_of_surrounded
    yield "" if around is None else f"{trial.surrounded:,} = {around:.0%}"
    yield f"{trial.run.cpu:.0f}"

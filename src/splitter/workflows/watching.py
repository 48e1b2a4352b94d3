"""After a move the traffic is watched: errors of both sides, and a sample put to both."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

from splitter.actions.dialects import FOLDER
from splitter.actions.paths import pattern
from splitter.actions.watching import READERS, Answered, rates
from splitter.effects.scratch import scratch
from splitter.errors import OutsideError, UsageError
from splitter.model.parity import Outcome, Verdict
from splitter.model.routing import State
from splitter.workflows import proving
from splitter.workflows.data import Say
from splitter.workflows.orders import Order
from splitter.workflows.switching import Switch

LOG = "access.log"
_TURN = 0.5
_SAFE = ("GET", "HEAD")


@dataclass(frozen=True)
class Watched:
    """What was seen: why traffic has to go back (nothing, if all is well), and the verdicts."""

    reasons: tuple[str, ...]
    said: str
    verdicts: tuple[Verdict, ...] = ()


def can_be_watched(kind: str, seconds: float) -> None:
    """UsageError where a gateway writes no log, or where there is no time to watch."""
    if kind not in READERS:
        raise UsageError(
            f"--watch: {kind} writes no log that could be watched",
            hint=f"{', '.join(READERS)} do; see docs/cutover.md",
        )
    if seconds <= 0:
        raise UsageError("--watch: a number of seconds above 0")


def watched(switch: Switch, seconds: float, *, say: Say) -> Watched:
    """Watch the log for so many seconds, or until the service does too badly.

    Then a sample of the safe requests that came is put to both sides, without the credentials that
    they had: a log does not hold any.
    """
    log, start = _log_of(switch)
    say(f"watching for {seconds:g} s")
    bound = switch.project.settings.gateway.error_bound
    address = switch.gateway.services[switch.service.name]
    service = frozenset({f"service_{switch.service.name}", address})
    deadline = time.monotonic() + seconds
    answers: list[Answered] = []
    while True:
        answers = _answers(switch, log, start)
        seen = rates(answers, service)
        if seen.too_bad(bound):
            return Watched((f"{seen.line}: more than {bound:g} % above the monolith",), seen.line)
        if time.monotonic() >= deadline:
            break
        time.sleep(min(_TURN, max(0.0, deadline - time.monotonic())))
    verdicts = _compared(switch, answers, say)
    wrong = [v for v in verdicts if v.outcome is not Outcome.MATCH]
    reasons = [f"{v.case.name}: the answers differ" for v in wrong]
    return Watched(tuple(reasons), f"{seen.line}; {len(verdicts)} requests compared", verdicts)


def _log_of(switch: Switch) -> tuple[Path, int]:
    """The gateway's log, and how long it is now."""
    path = switch.project.root / FOLDER / LOG
    try:
        return path, path.stat().st_size
    except OSError:
        return path, 0


def _answers(switch: Switch, log: Path, start: int) -> list[Answered]:
    """The answers on the routes that were moved."""
    read = READERS[switch.gateway.kind]
    moved = [e for e in switch.routes if e.kind == "http" and e.state is not State.MONOLITH]
    paths = re.compile("|".join(f"(?:{pattern(e.path)})" for e in moved) or "(?!)")
    try:
        with log.open("rb") as file:
            file.seek(start)
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise OutsideError(
            f"the gateway's log cannot be read: {error.strerror}", where=str(log)
        ) from None
    found = (read(line) for line in lines)
    return [a for a in found if a and paths.fullmatch(a.target.partition("?")[0])]


def _compared(switch: Switch, answers: list[Answered], say: Say) -> tuple[Verdict, ...]:
    size = switch.project.settings.gateway.sample
    lines = dict.fromkeys(a.line for a in answers if a.method in _SAFE and a.status < 500)
    sample = list(lines)[:: max(1, len(lines) // size if size else 1)][:size]
    if not sample:
        return ()
    with scratch("watch") as at:
        log = at / LOG
        log.write_text("\n".join(sample) + "\n", "utf-8")
        name = switch.service.name
        order = Order(
            monolith=f"http://{switch.gateway.monolith}",
            urls=(f"{name}=http://{switch.gateway.services[name]}",),
            cases=(str(log),),
        )
        with proving.compared(switch.project.root, order, say=say) as comparison:
            return tuple(comparison.verdicts)

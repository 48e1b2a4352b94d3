"""After a move the traffic is watched: errors of both sides, and a sample put to both."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from splitter.actions.dialects import DIALECTS, FOLDER
from splitter.actions.watching import READERS, Answered, rates
from splitter.effects.gateways.program import marked
from splitter.effects.hearing import hearing
from splitter.errors import OutsideError, StartError, UsageError
from splitter.model.parity import Outcome, Verdict
from splitter.model.routing import State
from splitter.model.traffic import Heard
from splitter.workflows import sampling
from splitter.workflows.data import Say
from splitter.workflows.switching import Switch

LOG = "access.log"
_TURN = 0.5


@dataclass(frozen=True)
class Watched:
    """What was seen: why traffic has to go back (nothing, if all is well), and the verdicts."""

    reasons: tuple[str, ...]
    said: str
    verdicts: tuple[Verdict, ...] = ()


def can_be_watched(switch: Switch, seconds: float) -> None:
    """UsageError where a gateway writes no log, or where there is no time to watch; StartError
    where what is mirrored cannot be heard."""
    kind = switch.gateway.kind
    if kind not in READERS and not _heard(switch):
        raise UsageError(
            f"--watch: {kind} writes no log that could be watched",
            hint=f"{', '.join(READERS)} do; see docs/cutover.md",
        )
    if seconds <= 0:
        raise UsageError("--watch: a number of seconds above 0")
    if _heard(switch):
        with _hearing(switch):
            pass


def watched(switch: Switch, seconds: float, *, say: Say) -> Watched:
    """Watch the log for so many seconds, or until the service does too badly.

    Then a sample of the safe requests that came is put to both sides, without the credentials that
    they had: a log does not hold any. In a shadow what comes is heard, where the gateway lets it,
    and a sample is put to both sides as it comes and with what it carries.
    """
    if _heard(switch):
        return _shadowed(switch, seconds, say)
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
    verdicts = sampling.put(switch, _sample(switch, answers), say)
    return _told(verdicts, f"{seen.line}; ")


def _heard(switch: Switch) -> bool:
    in_shadow = any(entry.state is State.SHADOW for entry in switch.routes)
    return in_shadow and DIALECTS[switch.gateway.kind].heard


@contextmanager
def _hearing(switch: Switch) -> Iterator[Callable[[], list[Heard]]]:
    port = switch.gateway.shadow_port
    with ExitStack() as stack:
        try:
            taken = stack.enter_context(hearing(port))
        except OSError as error:
            raise StartError(
                f"what is mirrored cannot be heard: {error.strerror}",
                where=f"127.0.0.1:{port}",
                hint="stop what listens there, or give another port: shadow_port under [gateway] "
                "in splitter.toml",
            ) from None
        yield taken


def _shadowed(switch: Switch, seconds: float, say: Say) -> Watched:
    """Put what is mirrored to both sides, no more of it at any time than its part of the sample.

    The mark is for a gateway that mirrors only as long as it is there.
    """
    size = switch.project.settings.gateway.sample
    paths = sampling.on_moved(switch)
    asked: set[Heard] = set()
    waiting: list[Heard] = []
    verdicts: list[Verdict] = []
    mark = switch.project.root / FOLDER / "watched"
    with _hearing(switch) as taken, marked(mark):
        say(f"watching for {seconds:g} s what is mirrored")
        begun, passed = time.monotonic(), 0.0
        while passed < 1:
            passed = min(1.0, (time.monotonic() - begun) / seconds)
            came = [h for h in taken() if sampling.can_be_put(h) and paths.fullmatch(h.path)]
            newest = dict.fromkeys([*reversed(came), *waiting])
            waiting = [heard for heard in newest if heard not in asked][:size]
            some = waiting[: math.ceil(size * passed) - len(verdicts)]
            asked |= {*some}
            for verdict in sampling.put(switch, some, say, number=len(verdicts) + 1):
                verdicts.append(verdict)
                if verdict.outcome is not Outcome.MATCH:
                    say(_differ(verdict))
            time.sleep(min(_TURN, max(0.0, seconds - (time.monotonic() - begun))))
    return _told(verdicts, "")


def _told(verdicts: list[Verdict], before: str) -> Watched:
    reasons = tuple(_differ(v) for v in verdicts if v.outcome is not Outcome.MATCH)
    return Watched(reasons, f"{before}{len(verdicts)} requests compared", tuple(verdicts))


def _differ(verdict: Verdict) -> str:
    return f"{verdict.case.name}: the answers differ"


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
    paths = sampling.on_moved(switch)
    try:
        with log.open("rb") as file:
            file.seek(start)
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise OutsideError(
            f"the gateway's log cannot be read: {error.strerror}", where=str(log)
        ) from None
    found = (read(line) for line in lines)
    return [a for a in found if a and paths.fullmatch(a.heard.path)]


def _sample(switch: Switch, answers: list[Answered]) -> list[Heard]:
    size = switch.project.settings.gateway.sample
    good = dict.fromkeys(a.heard for a in answers if a.status < 500)
    some = [heard for heard in good if sampling.can_be_put(heard)]
    return some[:: max(1, len(some) // size if size else 1)][:size]

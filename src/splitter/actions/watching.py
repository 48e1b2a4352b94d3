"""What a gateway's log says of both sides, and whether a service does worse than is allowed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from splitter.model.traffic import Heard

ENOUGH = 20
"""Answers of a service before its rate of errors says anything."""
_COMBINED = re.compile(
    r'^\S+ - \S+ \[[^\]]*\] "(?P<method>[A-Z]+) (?P<target>\S+) [^"]*" (?P<status>\d{3}) \S+ '
    r'"[^"]*" "[^"]*" (?P<rest>.*)$'
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A request of a client and who answered it: an upstream's name or its address."""

    heard: Heard
    status: int
    answerer: str


def _combined(line: str) -> Answered | None:
    found = _COMBINED.match(line)
    if found is None:
        return None
    words = found["rest"].split(" ")
    answerer = words[0]
    if len(words) > 2 and words[2].startswith('"http'):  # Traefik: a number, router, server, time
        answerer = words[2].strip('"').partition("://")[2].rstrip("/")
    heard = Heard(found["method"], found["target"])
    return Answered(heard, int(found["status"]), answerer)


def _caddy(line: str) -> Answered | None:
    try:
        row = json.loads(line)
        asked = row["request"]
        heard = Heard(asked["method"], asked["uri"])
        return Answered(heard, int(row["status"]), str(row["answerer"]))
    except (ValueError, TypeError, KeyError):
        return None


READERS: Mapping[str, Callable[[str], Answered | None]] = {
    "nginx": _combined,
    "traefik": _combined,
    "caddy": _caddy,
}
"""How the log of each kind of gateway is read; HAProxy writes none by itself."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How many answers each side gave, and how many of them were errors of a server (5xx)."""

    service: int
    service_errors: int
    monolith: int
    monolith_errors: int

    @property
    def line(self) -> str:
        return (
            f"the service gave {self.service} answers, {self.service_errors} of them errors; "
            f"the monolith {self.monolith}, {self.monolith_errors} of them errors"
        )

    def too_bad(self, bound: float) -> bool:
        """Whether the service's rate is more than `bound` percent points above the monolith's."""
        if self.service < ENOUGH:
            return False
        usual = 100 * self.monolith_errors / self.monolith if self.monolith else 0.0
        return 100 * self.service_errors / self.service > usual + bound


def rates(answers: Iterable[Answered], service: frozenset[str]) -> Rates:
    """The rates of both sides; `service` are the words for the service in the log."""
    counts = Counter((answer.answerer in service, answer.status >= 500) for answer in answers)
    return Rates(
        counts[True, False] + counts[True, True],
        counts[True, True],
        counts[False, False] + counts[False, True],
        counts[False, True],
    )

"""A case is put to both sides, each side's answer observed, and the two held together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from splitter.model.acceptance import Acceptance


class Absent(Enum):
    """A value that is not there; `null` is a value that is."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Requests that may be put again, for they change nothing (RFC 9110)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, before templates are filled in. `path` may carry a query of its own.

    Without `cookies` the session's cookies are neither sent nor added to.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str = ""
    template: object = ABSENT
    cookies: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """What is compared less strictly than by default; JSONPath as in RFC 9535.

    `generated`: date-times a few seconds apart, random UUIDs, and keys of one kind are the same.
    """

    ignore: tuple[str, ...] = ()
    unordered: tuple[str, ...] = ()
    tolerance: Mapping[str, float] = field(default_factory=dict)
    numbers: str = "strict"
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One request with what it needs and how its answers are compared.

    `source` is file or origin; within it names are unique. `line` counts from 1; 0 is unknown.
    Cases of one source that name one `session` share it, as those do that are joined by `after`.
    `recorded` is the status that a client once got for it; 0 where there was none.
    """

    name: str
    request: Request
    source: str = ""
    after: str = ""
    service: str = ""
    capture: Mapping[str, str] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    line: int = 0
    session: str = ""
    recorded: int = 0


@dataclass(frozen=True, slots=True)
class Observation:
    """An answer as it came: header names in lower case in order of arrival, body undecoded.

    `elapsed` is in seconds, from sending the request to the end of the answer.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    elapsed: float


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """There was no answer, or none that can be used; `reason` completes "the service: …"."""

    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`kind` is status, header, body or database; `path` says where; a side may be `ABSENT`."""

    kind: str
    path: str
    monolith: object
    service: object


@dataclass(frozen=True, slots=True)
class Accepted:
    """A difference, and the entry that it falls under."""

    difference: Difference
    by: Acceptance


class Outcome(StrEnum):
    """What became of a case."""

    MATCH = "match"
    MISMATCH = "mismatch"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report keeps of an observation; `elapsed_ms` is in milliseconds."""

    status: int
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report may tell of a request that was sent: its secrets are taken out.

    `target` is path and query, from the root of the server at `base_url` on.
    """

    method: str
    base_url: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Shrunk:
    """To what a failing session of `of` requests was shrunk: `cases` is a case file, without
    secrets, of the fewest `requests` that were themselves seen to fail in the same way; empty where
    none were. `note` says what else is to be known: why there may be less, or why there is nothing.
    """

    of: int
    requests: int = 0
    tries: int = 0
    cases: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for a case. `error` says which side failed and why, or what was missing.

    What is `accepted` is no more among the differences. `asked`, of the monolith and of the
    service, is there where a case did not match; in its place are `curls`, the lines for the shell,
    where the verdict was read from a report. `position` counts from 1 among all cases of the run;
    0 is unknown. `shrunk` is told of the first case of a session that failed, where that was asked.
    """

    case: Case
    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    noise: tuple[Difference, ...] = ()
    error: str = ""
    monolith: Answer | None = None
    service: Answer | None = None
    accepted: tuple[Accepted, ...] = ()
    asked: tuple[Asked, Asked] | None = None
    curls: tuple[str, str] | None = None
    position: int = 0
    shrunk: Shrunk | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many cases had which outcome."""

    matched: int = 0
    mismatched: int = 0
    errored: int = 0
    skipped: int = 0

    @classmethod
    def of(cls, counts: Mapping[Outcome, int]) -> Summary:
        """The summary of outcomes that were counted."""
        return cls(*(counts.get(outcome, 0) for outcome in Outcome))

    @property
    def total(self) -> int:
        return self.matched + self.mismatched + self.errored + self.skipped

    @property
    def proven(self) -> bool:
        """Every case matched: what was not put, or not answered, proves nothing."""
        return self.matched == self.total

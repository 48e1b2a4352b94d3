"""What a frontend asks of the monolith: its calls, and who answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hole:
    """Text of a URL that only the running frontend knows.

    `kind` is `any`, or `base` for where an API is, as told by the environment or a setting.
    """

    name: str
    kind: str = "any"


@dataclass(frozen=True, slots=True)
class Call:
    """A place of the frontend that asks an HTTP API.

    `parts` is the URL, as far as it is known; `method` is `""` where it is not, `WEBSOCKET` for a
    handshake. `how` is what asks: `fetch`, `axios`, `link`, … `rooted` says that nothing unknown
    can stand before the URL. `otherwise` are URLs that an interceptor makes of it. `through` is
    the line, as `file:line`, of the call in a function of the frontend that this line calls;
    `callers` is how many lines call the function that this one is in, each with a URL. `span` is
    where the URL is written in the file, in characters, if it is an argument of its own; `client`
    is the file and the span of what makes the client that puts its base before the URL.
    """

    path: str
    line: int
    method: str
    parts: tuple[str | Hole, ...]
    how: str
    rooted: bool = True
    otherwise: tuple[tuple[str | Hole, ...], ...] = ()
    through: str = ""
    callers: int = 0
    span: tuple[int, int] | None = None
    client: tuple[str, int, int] | None = None

    @property
    def url(self) -> str:
        return "".join(p if isinstance(p, str) else f"{{{p.name}}}" for p in self.parts)

    @property
    def at(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Survey:
    """The calls of a frontend, in the order of files and lines.

    `left_out` says why how many files were not read, `broken` names those that cannot be parsed,
    `own` are the paths that the frontend's own server answers.
    """

    calls: tuple[Call, ...]
    files: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    broken: tuple[tuple[str, int], ...] = ()
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A call and who answers it.

    `state` is `resolved` (`route` and `owner` are known), `dynamic` (only the running frontend
    knows) or `unmatched` (no route of the monolith answers); `why` says what led to that. `owner`
    is a service's name or `monolith`; with a dynamic call it is given where all that it may reach
    have the same. `outside`: it is unmatched because others answer it.
    """

    call: Call
    state: str
    route: str = ""
    owner: str = ""
    why: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found in a frontend. `wrappers` are the calls whose callers are listed instead.

    `bases` are what the resolved URLs start with before the route: `""` for the page's own origin.
    Those of clients that are not followed to where they are made do not count.
    """

    folder: str
    findings: tuple[Finding, ...]
    wrappers: tuple[Call, ...]
    survey: Survey
    bases: tuple[str, ...] = ()

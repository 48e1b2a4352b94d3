"""What a service's files say of the functions that it asks others for, and is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from splitter.model.plan import Service
from splitter.planning.calls import http_client
from splitter.planning.plan import Blueprint


@dataclass(frozen=True, slots=True)
class Remote:
    """A function of another service, at a path there; `here` is `module:name` of what is left."""

    path: str
    owner: str
    here: str
    is_async: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A function of this service, in the module `target`, that others ask for at a path."""

    path: str
    target: str
    name: str
    threaded: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """`exceptions`: the monolith's name → the name here; `http`: what calls are made with."""

    http: str = "httpx"
    owners: tuple[Service, ...] = ()
    calls: tuple[Remote, ...] = ()
    answers: tuple[Answered, ...] = ()
    exceptions: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.calls or self.answers)

    def values(self) -> dict[str, object]:
        """What the templates are given."""
        return {
            "http": self.http,
            "owners": self.owners,
            "calls": self.calls,
            "answers": self.answers,
            "exceptions": self.exceptions,
            "some_async": any(call.is_async for call in self.calls),
        }


NOTHING_ASKED = Asked()


def asked(blueprint: Blueprint, name: str) -> Asked:
    """Both sides of a service."""
    calls, answers = blueprint.calls(name), blueprint.answers(name)
    raised = sorted({r for call in (*calls, *answers) for r in call.raises})
    named = [(f"{m}:{n}", blueprint.new_name(name, m, n)) for m, n in raised]
    return Asked(
        http_client(blueprint.ground.running) or "httpx",
        tuple(blueprint.plans[owner].service for owner in sorted({c.owner for c in calls})),
        tuple(
            Remote(c.path, c.owner, blueprint.new_name(name, c.module, c.name), c.is_async)
            for c in calls
        ),
        tuple(
            Answered(
                c.path,
                blueprint.new_name(name, c.module, c.name).partition(":")[0],
                c.name,
                c.threaded,
            )
            for c in answers
        ),
        tuple((origin, new) for origin, new in named if not new.startswith(":")),
    )

"""What is known of a comparison once all its verdicts are there."""

from __future__ import annotations

from dataclasses import dataclass

from splitter.model.acceptance import Stale
from splitter.model.shards import Part, Use


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method of a route of a service, and how many cases were put to it."""

    method: str
    path: str
    service: str
    cases: int


@dataclass(frozen=True, slots=True)
class Ending:
    """`stale` are entries of the list of accepted differences that fail the run; `endpoints` are
    those of the services, where they are known; `interrupted` runs have put some of their cases
    only. A shard says which `part` it is, and of each entry whether it was of use."""

    stale: tuple[Stale, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    interrupted: bool = False
    part: Part | None = None
    uses: tuple[Use, ...] = ()

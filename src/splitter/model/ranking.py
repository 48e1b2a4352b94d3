"""A route module as the next service to be: what it would come to, and when to take it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Advice(StrEnum):
    """When to split a route module off."""

    FIRST = "first"
    NEXT = "next"
    LATE = "late"
    NEVER = "never"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A route module, seen as if it became a service by itself.

    `own` are the lines of code near its routes that neither another module's routes nor the
    application are near to. `writes` are its tables, but for those that most route modules
    write; `contested` the ones that another one writes too, `reads` those that only others write.
    `uses` and `used_by` are the route modules whose names its code uses, and whose code uses its
    names; `readers` are those that read what it alone writes. `service` is what it is called in
    the settings, or would be.
    """

    module: str
    path: str
    service: str
    advice: Advice
    reasons: tuple[str, ...]
    routes: int
    own: int
    writes: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()

"""A verdict as the JSON report of a shard tells it, read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from splitter.model.acceptance import Acceptance
from splitter.model.parity import (
    ABSENT,
    Accepted,
    Answer,
    Case,
    Difference,
    Outcome,
    Request,
    Shrunk,
    Verdict,
)

Told = Mapping[str, Any]


def verdict(told: Told) -> Verdict:
    """KeyError, TypeError, AttributeError or ValueError where it is none of a shard's."""
    curls = told.get("curl")
    return Verdict(
        _case(told),
        Outcome(told["verdict"]),
        tuple(map(_difference, told["differences"])),
        tuple(map(_difference, told["noise"])),
        told.get("error", ""),
        _answer(told["answers"].get("monolith")),
        _answer(told["answers"].get("service")),
        tuple(Accepted(_difference(one), acceptance(one)) for one in told["accepted"]),
        curls=(curls["monolith"], curls["service"]) if curls else None,
        position=int(told["position"]),
        shrunk=_shrunk(told.get("shrunk")),
    )


def _shrunk(told: Told | None) -> Shrunk | None:
    if told is None:
        return None
    of, requests, tries = (int(told[name]) for name in ("of", "requests", "tries"))
    return Shrunk(of, requests, tries, str(told["cases"]), str(told["note"]))


def acceptance(told: Told) -> Acceptance:
    """An entry of the list of accepted differences, as far as reports tell it."""
    place = told["path"], int(told.get("line", 0))
    return Acceptance(told["reason"], told["ticket"], date.fromisoformat(told["expires"]), *place)


def _case(told: Told) -> Case:
    request = Request(told["request"]["method"], told["request"]["path"])
    name, source = told["name"], told["file"]
    return Case(name, request, source, service=told["service"], line=int(told["line"]))


def _difference(told: Told) -> Difference:
    sides = told.get("monolith", ABSENT), told.get("service", ABSENT)
    return Difference(told["kind"], told["path"], *sides)


def _answer(told: Told | None) -> Answer | None:
    return None if told is None else Answer(int(told["status"]), float(told["elapsed_ms"]))

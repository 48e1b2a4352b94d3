"""What is known of a comparison once all its verdicts are there."""

from __future__ import annotations

from dataclasses import dataclass

from splitter.model.acceptance import Stale


@dataclass(frozen=True, slots=True)
class Ending:
    """`stale` are entries of the list of accepted differences that fail the run; `interrupted`
    runs have put some of their cases only."""

    stale: tuple[Stale, ...] = ()
    interrupted: bool = False

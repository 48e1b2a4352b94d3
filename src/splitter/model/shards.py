"""What a shard's report tells of the whole run, so that shards can be put together again."""

from __future__ import annotations

from dataclasses import dataclass

from splitter.model.acceptance import Acceptance


@dataclass(frozen=True, slots=True)
class Use:
    """An entry of the list of accepted differences, and whether a difference fell under it."""

    entry: Acceptance
    used: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Shard `index` of `count`, counted from 1, of a run of `total` cases.

    `run` is a digest of all of them and of the services, the same in every shard of one run.
    `partial`: the run itself leaves cases out, so that entries may be without use in it.
    """

    index: int
    count: int
    total: int
    run: str
    partial: bool = False

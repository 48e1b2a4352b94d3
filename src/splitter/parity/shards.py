"""What the shards of one run have in common, and how they are known to be its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from splitter.model.parity import Case
from splitter.model.shards import Part
from splitter.parity.chains import Shard


def part_of(
    cases: Sequence[Case], shard: Shard, *, services: Iterable[str], partial: bool = False
) -> Part:
    """What the report of the shard says of the run that has these cases."""
    run = hashlib.sha256()
    for text in (repr(sorted(services)), *map(repr, cases)):
        run.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return Part(shard.index, shard.count, len(cases), run.hexdigest(), partial)

"""Cases that share a session, in the order in which they run."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from splitter.model.parity import Case

Chain = tuple[Case, ...]
"""The cases of one session; each stands behind the one that it runs after."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index` of `count`, counted from 1."""

    index: int
    count: int

    def has(self, chain: Chain) -> bool:
        """Whether the chain is in this part: by the name of its first case, so that it is the
        same on every machine and in every run, and chains are never torn apart."""
        digest = hashlib.sha256(chain[0].name.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.index - 1


def chains(cases: Iterable[Case]) -> list[Chain]:
    """The sessions, in the order in which their first cases stand in the file.

    Within a session, of the cases that can run next the one that stands first does. Every `after`
    names a case of the same source.
    """
    cases = list(cases)
    position = {(case.source, case.name): i for i, case in enumerate(cases)}
    followers: dict[int, list[int]] = {}
    begun: dict[tuple[str, str] | int, list[int]] = {}
    for i, case in enumerate(cases):
        if case.after:
            followers.setdefault(position[case.source, case.after], []).append(i)
        else:
            begun.setdefault((case.source, case.session) if case.session else i, []).append(i)
    return [tuple(cases[i] for i in _run_order(roots, followers)) for roots in begun.values()]


def _run_order(roots: list[int], followers: dict[int, list[int]]) -> Iterator[int]:
    ready = list(roots)
    while ready:
        i = heapq.heappop(ready)
        yield i
        for follower in followers.get(i, ()):
            heapq.heappush(ready, follower)


def sharded(all_chains: Sequence[Chain], shard: Shard | None) -> list[Chain]:
    """The chains of one part; all where there is no part."""
    return [chain for chain in all_chains if shard is None or shard.has(chain)]

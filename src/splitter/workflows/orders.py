"""What `parity-check` was told, checked before anything is started or sent."""

from __future__ import annotations

from dataclasses import dataclass

from splitter.errors import UsageError
from splitter.parity.chains import Shard
from splitter.parity.rules import Rule
from splitter.workflows import parity, varying


@dataclass(frozen=True)
class Order:
    """What `parity-check` was told; empty or `None` where it was told nothing."""

    services: tuple[str, ...] = ()
    monolith: str = ""
    urls: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    concurrency: int | None = None
    timeout: float | None = None
    shard: str = ""
    accepted: tuple[str, ...] = ()
    noise: str = ""
    workers: int | None = None
    shrink: bool = False
    dask: str = ""

    @property
    def is_partial(self) -> bool:
        """Whether cases may be left out that an entry of the project's own list is there for, all
        shards taken together."""
        others = self.cases or self.sources
        return bool(self.services or (others and not self.accepted))

    @property
    def leaves_out(self) -> bool:
        """The same of what is put here: a shard has some of the cases only."""
        return bool(self.shard) or self.is_partial


@dataclass(frozen=True)
class Limits:
    """How much at a time, how long, which part, and which rules of what varies hold."""

    concurrency: int | None
    timeout: float | None
    shard: Shard | None
    rules: frozenset[Rule] = frozenset()
    workers: int = 1
    dask: str = ""


def limits_of(order: Order) -> Limits:
    """UsageError for what cannot be."""
    if order.dask and order.workers is not None:
        raise UsageError(
            "--dask and --workers do not go together", hint="a Dask cluster has workers of its own"
        )
    return Limits(
        None if order.concurrency is None else parity.concurrency_of(order.concurrency),
        None if order.timeout is None else parity.timeout_of(order.timeout),
        parity.shard_of(order.shard) if order.shard else None,
        varying.read(order.noise),
        1 if order.workers is None else parity.workers_of(order.workers),
        order.dask,
    )

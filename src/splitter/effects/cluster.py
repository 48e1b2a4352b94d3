"""Workers of a Dask cluster, which may be on other machines and may die."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from splitter.errors import OutsideError, UsageError

PATIENCE = 10
"""Seconds within which a scheduler answers."""
SECONDS = 30
"""Seconds within which a first worker is there, or another one when the last has gone."""
PAUSE = 0.5
"""How long results are waited for at a time, in seconds."""


@dataclass(frozen=True, slots=True)
class Killed:
    """All workers that were given a task have died; Dask has given it up."""

    reason: str = "the Dask workers that put it died"


class Cluster:
    """Tasks are given to a cluster, each with something to know it by."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._tasks: dict[Any, Any] = {}
        self._manned = time.monotonic()

    @property
    def size(self) -> int:
        """How many threads the workers have that are there now."""
        return sum(self._client.nthreads().values())

    @property
    def at_work(self) -> int:
        return len(self._tasks)

    def submit(self, task: object, function: Callable[..., object], *arguments: object) -> None:
        """Have the function called with these; what it gives is known by the task."""
        self._tasks[self._client.submit(function, *arguments, pure=False)] = task

    def finished(self) -> Iterator[tuple[Any, Any]]:
        """Wait a moment, and give the tasks that are done, each with what it gave, or Killed.

        Raises what the function raised, and OutsideError where the cluster fails, or has had no
        worker for some time.
        """
        try:
            done = (
                _distributed()
                .wait(list(self._tasks), timeout=PAUSE, return_when="FIRST_COMPLETED")
                .done
            )
        except TimeoutError:
            self._look()
            return
        self._manned = time.monotonic()
        for future in done:
            yield self._tasks.pop(future), _result(future)

    def _look(self) -> None:
        now = time.monotonic()
        if self.size:
            self._manned = now
        elif now - self._manned > SECONDS:
            raise OutsideError(
                f"the Dask cluster has had no workers for {SECONDS} s",
                hint="start some, then run this again",
            )


def _result(future: Any) -> object:
    distributed = _distributed()
    try:
        return future.result()
    except distributed.scheduler.KilledWorker:
        return Killed()
    except distributed.CancelledError:
        raise OutsideError("the Dask scheduler is gone") from None
    except ImportError as error:
        raise OutsideError(
            f"a Dask worker cannot put cases: {error}",
            hint="install the same version of monolith-splitter where the workers run",
        ) from None


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """The cluster of the scheduler at the address. UsageError without distributed, OutsideError
    where nobody answers or there is no worker. What is not done in the end is cancelled."""
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise OutsideError(
            f"no Dask scheduler answers at {address}: {error}", hint="--dask tcp://HOST:8786"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=SECONDS)
        except TimeoutError:
            raise OutsideError(
                f"the Dask cluster has no workers after {SECONDS} s",
                hint=f"dask worker {address}",
            ) from None
        found = Cluster(client)
        try:
            yield found
        finally:
            client.cancel(list(found._tasks))


def _distributed() -> Any:
    """Most of the package is untyped."""
    try:
        return import_module("distributed")
    except ImportError:
        raise UsageError(
            "--dask needs the distributed package", hint="pip install 'monolith-splitter[dask]'"
        ) from None

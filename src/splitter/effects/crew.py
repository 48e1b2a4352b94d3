"""Processes of our own that work on what they are sent, one thing each at a time, and may die."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

GENTLE = 2.0
GRACE = 20.0
"""Seconds in which a worker ends by itself, its servers and data with it; the first few of them
without a signal."""

Work = Callable[[Connection, Any], None]
"""What a worker does until the connection is closed. It and what it is given are pickled."""


@dataclass(frozen=True, slots=True)
class Death:
    """A worker has ended, and nobody told it to; `reason` says how."""

    reason: str


class Member:
    """A worker process. `task` is what it is at work on."""

    def __init__(self, work: Work, place: object) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.task: Any = None
        self._process = context.Process(
            target=_enter, args=(theirs, work, place, sys.getrecursionlimit()), daemon=True
        )
        resource_tracker.ensure_running()  # starting it would let SIGINT through again
        with _sigint_held_back():
            self._process.start()
        theirs.close()

    def send(self, task: object) -> None:
        """Give it something to do. That it is dead shows when it is heard next."""
        self.task = task
        try:
            self.connection.send(task)
        except OSError:
            pass

    def hear(self) -> object:
        """Its next message; a Death if it has ended."""
        try:
            return self.connection.recv()
        except (EOFError, OSError):
            self._process.join(GRACE)
            return Death(_cause(self._process.exitcode))

    def dismiss(self) -> None:
        """Have it end."""
        self.connection.close()

    def hurry(self) -> None:
        """Tell it again, for it may not listen yet: to what has a server or data it is a sign to
        tidy up, and one who is at that already goes on."""
        self._process.terminate()

    def wait(self, until: float) -> None:
        """Until it has ended, or the time has come."""
        self._process.join(max(0.0, until - time.monotonic()))

    def kill(self) -> None:
        """End it at once, if it is still there."""
        self._process.kill()
        self._process.join()


class Crew:
    """So many workers; for one that dies there is another."""

    def __init__(self, count: int, work: Work, place: object) -> None:
        self._work = work
        self._place = place
        self.members = [Member(work, place) for _ in range(count)]
        self._woken, self._waker = multiprocessing.Pipe(duplex=False)

    def wake(self) -> None:
        """Have `heard` return, from within a signal handler."""
        self._waker.send_bytes(b"!")

    def heard(self) -> Iterator[tuple[Member, object]]:
        """Wait, and give a message of each worker that has one."""
        ready = wait([self._woken, *(m.connection for m in self.members)])
        for member in [m for m in self.members if m.connection in ready]:
            yield member, member.hear()

    def replace(self, dead: Member) -> None:
        """Start another worker in the place of one that is dead."""
        dead.dismiss()
        dead.kill()
        self.members[self.members.index(dead)] = Member(self._work, self._place)

    def close(self) -> None:
        """End all of them."""
        for member in self.members:
            member.dismiss()
        begun = time.monotonic()
        try:
            for member in self.members:
                member.wait(begun + GENTLE)
            for member in self.members:
                member.hurry()
            for member in self.members:
                member.wait(begun + GRACE)
        finally:
            for member in self.members:
                member.kill()
            self._woken.close()
            self._waker.close()


@contextmanager
def crew(count: int, work: Work, place: object) -> Iterator[Crew]:
    """Workers, of which none is left in the end."""
    hired = Crew(count, work, place)
    try:
        yield hired
    finally:
        hired.close()


def _enter(connection: Connection, work: Work, place: object, depth: int) -> None:
    """In the worker. Ctrl-C reaches it, too, and is the parent's to deal with."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    sys.setrecursionlimit(depth)
    work(connection, place)


@contextmanager
def _sigint_held_back() -> Iterator[None]:
    """A process that is started meanwhile has it held back, until it knows what to do with it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cause(status: int | None) -> str:
    if status is not None and status < 0:
        return f"the worker process was killed ({signal.Signals(-status).name})"
    return f"the worker process ended (status {status})"

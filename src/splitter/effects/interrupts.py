"""Ctrl-C while results stream: what is there is still handed on, and then the command ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted(wake: Callable[[], object]) -> Iterator[Callable[[], bool]]:
    """Within it the first SIGINT is noted, and `wake` called; the next one interrupts.

    Yields what tells whether one came. Another handler than Python's own is left in place, as is
    Python's where this is not the main thread.
    """
    came = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal came
        if came:
            signal.default_int_handler(number, frame)
        came = True
        wake()

    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield lambda: False
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield lambda: came
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)

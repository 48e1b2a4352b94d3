"""`python -m splitter` and the `splitter` command: run, and say in words what went wrong."""

from __future__ import annotations

import atexit
import gc
import io
import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from splitter.errors import SplitterError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_DEEPEST = 20_000
"""Long sums are deep trees. Python's own calls take none of the machine's stack since 3.11."""
_GROWTH = 100_000
"""So many new objects are there before one looks for garbage among them; Python itself: 700.
What is imported is none, and much."""


def main() -> None:
    """Run the command line and exit with the contract's status: 0, 1, 2 or 3, never a traceback.

    Interrupted or told to end it exits with 128 + N for signal N, after it has tidied up. That
    nobody reads on changes nothing: the work is done and its status given.
    """
    try:
        _told()
    except SystemExit as ended:
        _leave(ended.code)
        raise


def _told() -> None:
    sys.setrecursionlimit(_DEEPEST)
    sys.stdout, sys.stderr = _outlet(sys.stdout), _outlet(sys.stderr)
    try:
        _run()
    except SplitterError as error:
        from splitter.reports.console import show_error

        show_error(error)
        sys.exit(error.status)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        print(f"error: {name}{error.strerror or error}", file=sys.stderr)
        sys.exit(3)


def _leave(status: object) -> None:
    """End at once: taking apart the trees of a large monolith, node by node, costs a tenth of
    what looking at it does."""
    if isinstance(status, int | None):
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status or 0)


def _run() -> None:
    told = [signal.SIGINT]

    def end(number: int, frame: FrameType | None) -> None:
        told[0] = signal.Signals(number)
        signal.raise_signal(signal.SIGINT)  # for which asyncio is prepared

    signal.signal(signal.SIGTERM, end)
    try:
        _dispatch()
    except (KeyboardInterrupt, SystemExit) as ended:
        sys.stdout.flush()
        if isinstance(ended, SystemExit) and ended.code != 128 + signal.SIGINT:
            raise
        print("interrupted; nothing is left half done", file=sys.stderr)
        exec("")  # one that came within exec() of a string, Python would die of at its end
        sys.exit(128 + told[0])


def _dispatch() -> None:
    """rewrite-imports without the weight of the others, for it runs in every commit's hook.

    Nor does it look for cycles: syntax trees hold none, and looking costs a fifth of the time.
    """
    if sys.argv[1:2] == ["rewrite-imports"]:
        gc.disable()
        from splitter.cli.rewriting import run

        sys.exit(run(sys.argv[2:]))
    gc.set_threshold(_GROWTH)
    from splitter.cli.app import app

    app()


def _outlet(stream: TextIO | None) -> TextIO:
    """The same stream, for one whose reader may go; nowhere, if it was closed from the start."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    raw = _Outlet(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=raw.isatty() or stream is sys.stderr,
    )


class _Outlet(io.FileIO):
    """Takes all that is written. That the reader is gone is no error, another error is one once."""

    lost = False

    def write(self, data: ReadableBuffer, /) -> int:
        if not self.lost:
            try:
                return super().write(data)
            except OSError as error:
                self.lost = True
                if not isinstance(error, BrokenPipeError):
                    raise
        return memoryview(data).nbytes


if __name__ == "__main__":
    main()

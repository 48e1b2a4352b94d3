"""A script: runs one command, and ends it and all that it started when splitter is gone.

    python watchdog.py LIFELINE REPORT GRACE COMMAND...

LIFELINE and REPORT are descriptors of pipes. Splitter holds the other end of the lifeline and never
writes to it: that it closes, however splitter ended, is the sign to stop. REPORT is told the
command's process id, and why it could not be started if so, and then closes. GRACE is the number of
seconds between SIGTERM and SIGKILL. The exit status is that of the command, 128 + N for signal N.
It imports the standard library alone, and little of it, for it is started with `-I -S`.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def main(lifeline: int, report: int, grace: float, command: list[str]) -> int:
    """Run the command until it ends or the lifeline closes; then nothing of it is left."""
    for descriptor in (lifeline, report):
        os.set_inheritable(descriptor, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    woken = _wake_on(signal.SIGCHLD, signal.SIGTERM)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    child = _start(command, report)
    os.write(report, f"{child}\n".encode())
    os.close(report)
    ended: dict[int, int] = {}
    while child not in ended:
        ready, _, _ = select.select([lifeline, woken], [], [])
        _reap(ended)
        if lifeline in ready or signal.SIGTERM in _drained(woken, ready):
            break
    _stop(child, grace, ended)
    status = os.waitstatus_to_exitcode(ended.get(child, signal.SIGKILL))
    return 128 - status if status < 0 else status


def _wake_on(*signals: int) -> int:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in signals:
        signal.signal(number, lambda *_: None)
    return reading


def _start(command: list[str], report: int) -> int:
    watchdog = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != watchdog:
            os._exit(127)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(report, f"{error.strerror}\n".encode())
    os._exit(127)


def _reap(ended: dict[int, int]) -> None:
    """Note the wait status of each process that has ended."""
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not process:
            return
        ended[process] = status


def _drained(woken: int, ready: list[int]) -> bytes:
    return os.read(woken, 4096) if woken in ready else b""


def _stop(group: int, grace: float, ended: dict[int, int]) -> None:
    _signal_group(group, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while _lives(group, ended) and time.monotonic() < deadline:
        time.sleep(0.01)
    _signal_group(group, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while (_lives(group, ended) or _kill_strays()) and time.monotonic() < deadline:
        time.sleep(0.01)


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass


def _lives(group: int, ended: dict[int, int]) -> bool:
    _reap(ended)
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so of processes that have ended
        return False
    return True


def _kill_strays() -> bool:
    """Kill what left the group; on Linux it is a child of this process by now."""
    strays = _children(os.getpid())
    for pid in strays:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return bool(strays)


def _children(parent: int) -> list[int]:
    try:
        with open(f"/proc/self/task/{parent}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _prctl(option: int, value: int) -> None:
    """Set a property of this process, where the kernel is Linux."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))

"""A script: imports beforehand what applications need, and forks the servers that are asked for.

    python start.py

Its standard input is a Unix socket. On it splitter sends one byte with descriptors: `p` and a
channel, to have modules imported, or `s`, a channel, a listening socket and a log, for a server.
Down a channel comes a line with the length of the request, and that, as JSON; back go lines of
JSON. When splitter closes its half of a server's channel, that server is stopped; when it closes
the standard input, this ends. Nothing here may import splitter or need more than Python 3.8.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from typing import Any

FOLDER = os.path.dirname(os.path.abspath(__file__))
_PR_SET_PDEATHSIG = 1
_OPEN = "/proc/self/fd"


class Child:
    """A server at work; `deadline` is when it is killed, once it was told to stop."""

    def __init__(self, pid: int, channel: socket.socket, grace: float) -> None:
        self.pid = pid
        self.channel = channel
        self.grace = grace
        self.deadline = 0.0


def main() -> None:
    """Serve requests until splitter is gone."""
    sys.path[:] = [p for p in sys.path if os.path.abspath(p or ".") != FOLDER]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, Child] = {}
    while True:
        told = {c.channel.fileno(): c for c in children.values() if not c.deadline}
        heard = [control.fileno(), reading, *told]
        ready, _, _ = select.select(heard, [], [], _patience(children))
        if reading in ready:
            os.read(reading, 4096)
        for number in ready:
            if number in told:
                _stop(told[number])
        _kill_the_late(children)
        _reap(children)
        if control.fileno() in ready and not _answer(control, children, (reading, writing)):
            return


def _patience(children: dict[int, Child]) -> float | None:
    deadlines = [child.deadline for child in children.values() if child.deadline]
    return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None


def _stop(child: Child) -> None:
    _signal(child.pid, signal.SIGTERM)
    child.deadline = time.monotonic() + child.grace


def _kill_the_late(children: dict[int, Child]) -> None:
    for child in children.values():
        if child.deadline and time.monotonic() >= child.deadline:
            _signal(child.pid, signal.SIGKILL)


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:  # it has not made its group yet
        os.kill(group, number)
    except PermissionError:
        pass


def _reap(children: dict[int, Child]) -> None:
    while children:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        child = children.pop(pid, None)
        if child is None:
            continue
        try:
            os.killpg(pid, signal.SIGKILL)  # what it had started
        except (ProcessLookupError, PermissionError):
            pass
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        _tell(child.channel, {"ended": code})
        child.channel.close()


def _answer(control: socket.socket, children: dict[int, Child], mine: tuple[int, int]) -> bool:
    kind, descriptors = _received(control)
    if not kind:
        return False
    channel = socket.socket(fileno=descriptors[0])
    request = _request(channel)
    if kind == b"p":
        _tell(channel, _imported(request))
        channel.close()
        return True
    pid = os.fork()
    if pid:
        for descriptor in descriptors[1:]:
            os.close(descriptor)
        children[pid] = Child(pid, channel, request["grace"])
        return True
    for other in children.values():
        other.channel.close()
    control.close()
    _prepare(request, descriptors[2], mine)
    _serve(request, channel, socket.socket(fileno=descriptors[1]))
    sys.exit(0)


def _received(control: socket.socket) -> tuple[bytes, list[int]]:
    import array

    size = array.array("i").itemsize
    data, ancillary, _, _ = control.recvmsg(1, socket.CMSG_SPACE(3 * size))
    found = array.array("i")
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found.frombytes(payload[: len(payload) - len(payload) % size])
    return data, list(found)


def _request(channel: socket.socket) -> Any:
    with channel.makefile("rb") as file:
        return json.loads(file.read(int(file.readline())))


def _tell(channel: socket.socket, document: dict[str, Any]) -> None:
    try:
        channel.sendall(json.dumps(document).encode() + b"\n")
    except OSError:
        pass


def _imported(request: Any) -> dict[str, Any]:
    """Import modules; `unfit` are the top-level names of those that must not be imported here.

    Unfit is what reads a variable that differs between servers, brings in a module of the
    application's own, opens a connection, which forks would share, or starts a thread, since a
    fork has only one.
    """
    watched = _Watched(frozenset(request["variables"]))
    unfit: dict[str, str] = {}
    for name in request["modules"]:
        top = name.partition(".")[0]
        if name in sys.modules or top in unfit:
            continue
        watched.read.clear()
        connections = _connections()
        with watched:
            try:
                importlib.import_module(name)
            except BaseException:  # it may only be importable where it was seen
                pass
        why = _unfit(watched, request["own"])
        if not why and _connections() - connections:
            why = "opens connections"
        if why:
            unfit[top] = why
            break
    import gc

    gc.collect()
    gc.freeze()
    return {"unfit": unfit}


class _Watched:
    """Notes which variables of the environment are read meanwhile."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.read: set[str] = set()

    def __enter__(self) -> None:
        kind = type(os.environ)
        self.get, self.each = kind.__getitem__, kind.__iter__
        get, each, note = self.get, self.each, self.read.add

        def noted(environment: Any, name: str) -> str:
            note(name)
            return get(environment, name)

        def all_noted(environment: Any) -> Any:
            note("*")
            return each(environment)

        kind.__getitem__ = noted  # type: ignore[method-assign]
        kind.__iter__ = all_noted  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        kind = type(os.environ)
        kind.__getitem__ = self.get  # type: ignore[method-assign]
        kind.__iter__ = self.each  # type: ignore[method-assign]


def _unfit(watched: _Watched, own: list[str]) -> str:
    if "*" in watched.read or watched.read & watched.names:
        return "reads variables that differ between servers"
    if any(name.partition(".")[0] in own for name in sys.modules):
        return "imports the application"
    return "starts threads" if _threads() > 1 else ""


def _connections() -> set[str]:
    """The sockets that are open, as Linux numbers them; elsewhere none is known."""
    found = set()
    for name in os.listdir(_OPEN) if os.path.isdir(_OPEN) else ():
        try:
            found.add(os.readlink(os.path.join(_OPEN, name)))
        except OSError:  # the listing's own
            continue
    return {target for target in found if target.startswith("socket:")}


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        import threading

        return threading.active_count()


def _prepare(request: Any, log: int, mine: tuple[int, int]) -> None:
    """Make this process what `python -m uvicorn` would be in its folder."""
    signal.set_wakeup_fd(-1)
    for descriptor in mine:
        os.close(descriptor)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        default = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, default)
    os.setsid()
    _die_with_parent()
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    sys.path[:0] = ["", request["folder"]]
    sys.argv[:] = [request["name"], *request["arguments"]]
    importlib.invalidate_caches()


def _die_with_parent() -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _serve(request: Any, channel: socket.socket, listening: socket.socket) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            if self.started and not self.should_exit:
                _tell(channel, {"started": os.getpid(), "modules": _modules()})
                channel.close()

    port = listening.getsockname()[1]
    config = uvicorn.Config(request["app"], host="127.0.0.1", port=port, factory=request["factory"])
    server = Server(config)
    server.run(sockets=[listening])
    if not server.started:
        sys.exit(3)


def _modules() -> list[list[str]]:
    """The modules that are imported and have a file, with it."""
    found = [(name, getattr(module, "__file__", None)) for name, module in [*sys.modules.items()]]
    return [[name, file] for name, file in found if isinstance(file, str)]


if __name__ == "__main__":
    main()

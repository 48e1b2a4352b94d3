"""Servers for sessions: forked from a process that has imported what they need, or booted."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from splitter.effects import disk, processes
from splitter.effects.launching import launched, surroundings
from splitter.effects.processes import Running, log_end
from splitter.errors import StartError

_SCRIPT = Path(__file__).parent / "zygote" / "start.py"
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Server:
    """What is to be served, and how. `variables` are those that differ between sessions."""

    name: str
    app: str
    folder: Path
    environment: Mapping[str, str]
    log: Path
    factory: bool = False
    timeout: float = 90
    ready: str = "/"
    grace: float = 5


def bound() -> socket.socket:
    """A socket that listens on a free port of 127.0.0.1; requests wait until it is served."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind(("127.0.0.1", 0))
    listening.listen(2048)
    return listening


def url_of(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


@dataclass(slots=True)
class Nursery:
    """Gives servers by one interpreter. Where forking fails, servers are booted one by one.

    `own` are the top-level names of the application, `variables` those of the environment that
    differ between servers: what depends on either is never imported beforehand.
    """

    python: str
    log: Path
    own: frozenset[str]
    variables: frozenset[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    usable: bool = sys.platform == "linux"
    _control: socket.socket | None = None
    _closed: bool = False
    _modules: tuple[str, ...] = ()
    _places: dict[str, str] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)
    _retired: list[ExitStack] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _beginning: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def serve(self, server: Server, listening: socket.socket) -> Iterator[Running]:
        """Serve on the socket, which is closed here. StartError as `processes.serve` raises it.

        On leaving the server has ended, its background work done if that took less than `grace`.
        """
        with ExitStack() as stack:
            port = listening.getsockname()[1]
            with closing(listening):
                running = self._forked(stack, server, listening) if self.usable else None
            if running is None and self._closed:
                raise StartError(f"{server.name} is not started any more")
            if running is None:
                running = stack.enter_context(_booted(self.python, server, port))
                self.usable = False  # what did not come up when forked does so when booted
            yield running

    def warm(self) -> None:
        """Import beforehand what the servers so far had imported of others' modules."""
        with self._lock:
            names = _lendable(self._places, self.own)
            for _ in range(_TRIES):
                if not self.usable:
                    return
                unfit = self._imported(names)
                if not unfit:
                    self._modules = tuple(names)
                    return
                names = [n for n in names if n.partition(".")[0] not in unfit]
                self._retire()
            self.usable = False

    def sibling(self, log: Path) -> Nursery:
        """Another with the same modules, warm, in a process of its own with another hash seed."""
        other = Nursery(self.python, log, self.own, self.variables, self.environment, self.usable)
        other._places = {name: self._places[name] for name in self._modules}
        other.warm()
        return other

    def close(self) -> None:
        """End the process, and all servers with it."""
        self._closed = True
        self._retire()
        for stack in self._retired:
            stack.close()

    def _retire(self) -> None:
        self._retired.append(self._stack)
        self._stack, self._control = ExitStack(), None

    def _forked(self, stack: ExitStack, server: Server, listening: socket.socket) -> Running | None:
        """The server, or None where it did not come up and may do so if it is booted anew."""
        channel = stack.enter_context(closing(self._asked(server, listening)))
        stack.callback(_stopped, channel, server.grace)
        deadline = time.monotonic() + server.timeout
        told = _heard(channel, server.timeout)
        if "started" in told:
            self._places.update(dict(told["modules"]))
            port = listening.getsockname()[1]
            return Running(server.name, url_of(listening), port, told["started"], server.log)
        if self._modules or time.monotonic() < deadline:
            stack.close()
            return None
        raise StartError(
            f"{server.name} did not start within {server.timeout:g} s",
            where=str(server.log),
            hint=log_end(server.log),
        )

    def _asked(self, server: Server, listening: socket.socket) -> socket.socket:
        request = {
            "name": f"{self.python} -m uvicorn",
            "arguments": [server.app, "--host", "127.0.0.1"],
            "app": server.app,
            "factory": server.factory,
            "folder": str(server.folder),
            "environment": surroundings(server.environment),
            "grace": server.grace,
        }
        with _opened(server.log) as log:
            return self._sent(b"s", request, (listening.fileno(), log.fileno()))

    def _imported(self, names: Sequence[str]) -> Mapping[str, str]:
        request = {
            "modules": list(names),
            "own": sorted(self.own),
            "variables": sorted(self.variables),
        }
        with closing(self._sent(b"p", request, ())) as channel:
            told = _heard(channel, 60)
        if "unfit" not in told:
            self.usable = False
            return {}
        unfit: dict[str, str] = told["unfit"]
        return unfit

    def _sent(self, kind: bytes, request: object, descriptors: Sequence[int]) -> socket.socket:
        ours, theirs = socket.socketpair()
        data = json.dumps(request).encode()
        with closing(theirs):
            try:
                with self._beginning:
                    control = self._begun()
                socket.send_fds(control, [kind], [theirs.fileno(), *descriptors])
                ours.sendall(str(len(data)).encode() + b"\n" + data)
            except OSError:  # it has ended; the channel says so when it is read
                pass
        return ours

    def _begun(self) -> socket.socket:
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair()
        output = self._stack.enter_context(_opened(self.log))
        with closing(theirs), theirs.makefile("rb") as stdin:
            program = launched(
                [self.python, str(_SCRIPT)],
                folder=self.log.parent,
                environment=self.environment,
                stdin=stdin.fileno(),
                stdout=output,
                stderr=subprocess.STDOUT,
                grace=0.1,
            )
            self._stack.enter_context(program)
        self._control = self._stack.enter_context(closing(ours))
        return ours


@contextmanager
def nursery(found: Nursery) -> Iterator[Nursery]:
    """The same, closed at the end."""
    try:
        yield found
    finally:
        found.close()


def _booted(python: str, server: Server, port: int) -> AbstractContextManager[Running]:
    return processes.serve(
        server.name,
        python=python,
        app=server.app,
        folder=server.folder,
        port=port,
        environment=server.environment,
        factory=server.factory,
        log=server.log,
        timeout=server.timeout,
        ready=server.ready,
        grace=server.grace,
    )


@contextmanager
def _opened(log: Path) -> Iterator[IO[bytes]]:
    with disk.doing("write", log):
        log.parent.mkdir(parents=True, exist_ok=True)
        file = log.open("ab")
    with file:
        yield file


def _heard(channel: socket.socket, seconds: float) -> dict[str, Any]:
    """The next line on a channel; nothing where none comes."""
    deadline, data = time.monotonic() + seconds, b""
    while not data.endswith(b"\n"):
        ready, _, _ = select.select([channel], [], [], max(0.0, deadline - time.monotonic()))
        part = channel.recv(1 << 20) if ready else b""
        if not part:
            return {}
        data += part
    found: dict[str, Any] = json.loads(data)
    return found


def _stopped(channel: socket.socket, grace: float) -> None:
    """Close our half and wait until the server has ended."""
    try:
        channel.shutdown(socket.SHUT_WR)
        channel.settimeout(grace + 10)
        while channel.recv(1 << 16):
            pass
    except OSError:
        pass


def _lendable(places: Mapping[str, str], own: frozenset[str]) -> list[str]:
    """The modules that come from the standard library or from installed distributions."""
    return [
        name
        for name, file in places.items()
        if name.partition(".")[0] not in own
        and ("site-packages" in file or "dist-packages" in file or _is_standard(name))
    ]


def _is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names

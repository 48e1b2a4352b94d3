"""Stand-ins for the monolith and the services: they answer every request with their name."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEADER = "x-splitter-stand-in"


@dataclass(frozen=True, slots=True)
class StandIn:
    """Listens on 127.0.0.1 and keeps what it heard, as `METHOD target`."""

    name: str
    port: int
    heard: list[str] = field(default_factory=list)


@contextmanager
def standing_in(names: Sequence[str]) -> Iterator[dict[str, StandIn]]:
    """A stand-in for each name, as long as the context lasts."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(_served(name)) for name in names}


@contextmanager
def _served(name: str) -> Iterator[StandIn]:
    heard: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def answer(self) -> None:
            heard.append(f"{self.command} {self.path}")
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header(HEADER, name)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def __getattr__(self, attribute: str) -> object:
            if attribute.startswith("do_"):
                return self.answer
            raise AttributeError(attribute)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield StandIn(name, server.server_port, heard)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

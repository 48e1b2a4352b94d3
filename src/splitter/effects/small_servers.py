"""Small servers on this machine that answer every request alike, in threads of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Hear = Callable[[BaseHTTPRequestHandler], None]
"""What is done with a request; its method, target and headers can be read there."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is gone is none of the user's business."""


@contextmanager
def small_server(port: int, hear: Hear, status: int, headers: dict[str, str]) -> Iterator[int]:
    """Listen on 127.0.0.1 while the context lasts; gives the port, a free one where it is to be 0.

    OSError where the port is taken.
    """

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def answer(self) -> None:
            hear(self)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def __getattr__(self, attribute: str) -> object:
            if attribute.startswith("do_"):
                return self.answer
            raise AttributeError(attribute)

        def log_message(self, format: str, *args: object) -> None: ...

    with served(Answer, port) as own:
        yield own


@contextmanager
def served(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[int]:
    """The same with a handler of one's own."""
    server = _Server(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

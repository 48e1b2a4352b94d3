"""Servers that answer as they are told, for commands that are put to URLs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from splitter.effects.small_servers import served

Given = tuple[int, Mapping[str, str], bytes]
"""Status, headers, body."""
Answers = Callable[[str, str, bytes], Given]
"""What is answered to a method, a target and a body."""


@contextmanager
def answering(answers: Answers) -> Iterator[str]:
    """A server on this machine; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, headers, content = answers(self.command, self.path, body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is said."""

    with served(Handler) as port:
        yield f"http://127.0.0.1:{port}"

"""What a gateway mirrors to this machine, heard as long as somebody listens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from splitter.effects.small_servers import small_server
from splitter.model.traffic import Heard

_WAITING = 1000
"""Requests that wait to be looked at; of more, the newest."""


@contextmanager
def hearing(port: int) -> Iterator[Callable[[], list[Heard]]]:
    """Yields what gives the requests that came since it was last called.

    Each is answered at once, without content (204). OSError where the port is taken.
    """
    waiting: deque[Heard] = deque(maxlen=_WAITING)

    def hear(request: BaseHTTPRequestHandler) -> None:
        waiting.append(Heard(request.command, request.path, tuple(request.headers.items())))

    def taken() -> list[Heard]:
        return [waiting.popleft() for _ in range(len(waiting))]

    with small_server(port, hear, 204, {}):
        yield taken

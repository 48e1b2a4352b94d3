"""Stand-ins for the monolith and the services: they answer every request with their name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from splitter.effects.small_servers import small_server

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

    def hear(request: BaseHTTPRequestHandler) -> None:
        heard.append(f"{request.command} {request.path}")

    with small_server(0, hear, 200, {HEADER: name, "Content-Length": "0"}) as port:
        yield StandIn(name, port, heard)

"""HTTP/1.1 on the wire: connections that are kept, one exchange at a time, each byte as it came."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from socket import SOCK_STREAM

import httptools

Headers = list[tuple[bytes, bytes]]

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(rb"[\x21-\x7e]+")
_VALUE = re.compile(rb"(?:[^\0\s](?:[^\0\r\n\v\f]*[^\0\s])?)?")


class MalformedError(ValueError):
    """The request cannot be put on the wire as it is."""


class BrokenError(Exception):
    """The connection ended before its answer did."""


class GarbledError(Exception):
    """What came is not an HTTP answer, or not all of one."""


@dataclass(slots=True)
class Heard:
    """An answer: its status, its headers and its body with the codings that it has."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)


class Wire:
    """The connections to one server. Those that are free are kept, the one used last goes first."""

    def __init__(self, host: str, port: int, *, keep: bool) -> None:
        self._origin = host, port
        self._keep = keep
        self._free: list[_Connection] = []

    async def put(self, method: bytes, target: bytes, headers: Headers, body: bytes) -> Heard:
        """What the server answers. OSError where nobody listens, BrokenError and GarbledError
        where the answer cannot be used, MalformedError before anything is sent."""
        words = written(method, target, headers, body)
        connection = self._taken() or await self._opened()
        try:
            heard = await connection.exchange(words, bodiless=method == b"HEAD")
        except BaseException:
            connection.drop()
            raise
        if self._keep and connection.usable:
            self._free.append(connection)
        else:
            connection.drop()
        return heard

    def close(self) -> None:
        """Close the connections that are kept."""
        while self._free:
            self._free.pop().drop()

    def _taken(self) -> _Connection | None:
        while self._free:
            connection = self._free.pop()
            if connection.usable:
                return connection
        return None

    async def _opened(self) -> _Connection:
        """To the first of the host's addresses where somebody listens."""
        loop = asyncio.get_running_loop()
        refused = OSError("the host has no address")
        for family, _, _, _, address in await loop.getaddrinfo(*self._origin, type=SOCK_STREAM):
            try:
                opened = loop.create_connection(_Connection, *address[:2], family=family)
                return (await opened)[1]
            except OSError as error:
                refused = error
        raise refused


class _Connection(asyncio.Protocol):
    """One connection, and the answer that it waits for."""

    def __init__(self) -> None:
        self.usable = True
        self._line: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Heard] | None = None
        self._heard = Heard()
        self._bodiless = False
        self._begun = self._within = False

    async def exchange(self, words: bytes, *, bodiless: bool) -> Heard:
        """What comes back; `bodiless` if the answer has headers of a body that does not come."""
        if self._line is None or not self.usable:
            raise BrokenError("the connection is closed")
        self._waiting = asyncio.get_running_loop().create_future()
        self._bodiless = bodiless
        self._begun = self._within = False
        self._parser = httptools.HttpResponseParser(self)
        self._line.write(words)
        return await self._waiting

    def drop(self) -> None:
        """Close it, whatever goes on."""
        self.usable = False
        self._waiting = None
        if self._line is not None:
            self._line.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._line = transport

    def data_received(self, data: bytes) -> None:
        if self._waiting is None:  # nothing was asked
            self.drop()
            return
        self._begun = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.usable = False
            self._end()
        except httptools.HttpParserError as error:
            self._fail(GarbledError(f"the answer is not HTTP: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.usable = False
        if self._waiting is None:
            return
        if exc is not None:
            self._fail(BrokenError("the connection broke before the end of the answer"))
        elif not self._begun:
            self._fail(GarbledError("the server disconnected without sending an answer"))
        elif not self._within:
            self._fail(GarbledError("the server disconnected within the head of its answer"))
        else:
            self._until_the_end()

    def on_message_begin(self) -> None:
        self._heard = Heard()
        self._within = False
        if self._waiting is None:  # more than was asked for
            self.usable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._within:  # else it is a trailer
            self._heard.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._within = True
        self._heard.status = self._parser.get_status_code()
        if self._bodiless and self._heard.status >= 200:
            self.usable = self.usable and self._parser.should_keep_alive()
            self._end()

    def on_body(self, data: bytes) -> None:
        self._heard.body.append(data)

    def on_message_complete(self) -> None:
        if self._heard.status >= 200 and self._waiting is not None:
            self.usable = self.usable and self._parser.should_keep_alive()
            self._end()

    def _until_the_end(self) -> None:
        """The server closed the connection within a body: its end, if nothing else tells it."""
        told = {name.lower(): value for name, value in self._heard.headers}
        got = sum(map(len, self._heard.body))
        if b"chunked" in told.get(b"transfer-encoding", b"").lower():
            self._fail(GarbledError(f"the answer has an incomplete chunked body ({got} bytes)"))
        elif length := told.get(b"content-length"):
            self._fail(
                GarbledError(
                    "the server disconnected without sending complete content "
                    f"({got} of {length.decode('latin-1')} bytes)"
                )
            )
        else:
            self._end()

    def _end(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(self._heard)

    def _fail(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, None
        self.usable = False
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)


def written(method: bytes, target: bytes, headers: Headers, body: bytes) -> bytes:
    """A request as it goes out (RFC 9112). MalformedError where it would be read as another."""
    if not _TOKEN.fullmatch(method) or not _TARGET.fullmatch(target):
        raise MalformedError("the method or the target is malformed")
    lines = [method + b" " + target + b" HTTP/1.1\r\n"]
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise MalformedError("a header is malformed")
        lines.append(name + b": " + value + b"\r\n")
        lowered = name.lower()
        if lowered == b"content-length" and value != b"%d" % len(body):
            raise MalformedError("content-length is not the length of the body")
        if lowered == b"transfer-encoding":
            if value.lower() != b"chunked":
                raise MalformedError("a transfer-encoding is not known")
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    return b"".join((*lines, b"\r\n", body))

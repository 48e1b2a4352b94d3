"""Puts a request to one server and hears its answer, as it came and in bounded time."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from splitter.model.parity import SAFE_METHODS, NoAnswer, Observation, Request

if TYPE_CHECKING:
    import httpx


class Client:
    """A server at `base_url`. Each answer, to its last byte, has `timeout` seconds.

    Nothing is added to a request but `host` and the length of its body; redirects are not followed,
    no proxy is asked, cookies are not kept, and the body is not decoded. Connections are kept for
    safe requests only: where a kept one turns out to be closed, the request is put again on a new
    one. All other requests are put once, each on a connection of its own.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 30,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.base_url = base_url
        self.timeout = timeout
        self._path = urlsplit(base_url).path.rstrip("/")
        self._kept = transport or _transport(base_url, keep=True)
        self._fresh = transport or _transport(base_url, keep=False)

    async def put(self, request: Request) -> Observation | NoAnswer:
        """What the server answers. `path` is what comes after the base URL's path, with its query;
        template fields are not looked at."""
        try:
            async with asyncio.timeout(self.timeout):
                return await self._answer(request)
        except TimeoutError:
            return NoAnswer(f"no answer within {self.timeout:g} s")

    async def close(self) -> None:
        """Close the connections that are kept."""
        for transport in {id(t): t for t in (self._kept, self._fresh)}.values():
            await transport.aclose()

    async def _answer(self, request: Request) -> Observation | NoAnswer:
        import httpx

        try:
            wire = self._wire(request)
        except (ValueError, httpx.InvalidURL, TypeError):
            return NoAnswer("the request cannot be sent: its URL or a header is malformed")
        if wire.url.scheme == "https":
            await _loaded()
        began = time.perf_counter()
        try:
            response = await self._sent(wire)
            body = await _whole(response)
        except httpx.LocalProtocolError:
            return NoAnswer("the request cannot be sent: a header is malformed")
        except httpx.TransportError as error:
            return NoAnswer(_reason(error, self.base_url))
        elapsed = time.perf_counter() - began
        return Observation(response.status_code, _headers(response), body, elapsed)

    async def _sent(self, wire: httpx.Request) -> httpx.Response:
        import httpx

        if wire.method not in SAFE_METHODS:
            return await self._fresh.handle_async_request(wire)
        try:
            return await self._kept.handle_async_request(wire)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            return await self._fresh.handle_async_request(wire)

    @cached_property
    def _origin(self) -> httpx.URL:
        import httpx

        base = urlsplit(self.base_url)
        return httpx.URL(f"{base.scheme}://{base.netloc}")

    def _wire(self, request: Request) -> httpx.Request:
        import httpx

        target = f"{self._path}/{request.path.removeprefix('/')}".encode("ascii")
        return httpx.Request(
            request.method,
            self._origin.copy_with(raw_path=target),
            headers=[(name.encode("ascii"), _encoded(value)) for name, value in request.headers],
            content=request.body,
            extensions={"target": target},
        )


async def _loaded() -> None:
    """Have loaded what httpx would load while the first answer is timed."""
    import anyio

    await anyio.sleep(0)


async def _whole(response: httpx.Response) -> bytes:
    """The body as it came, codings and all."""
    import httpx

    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        return b"".join([part async for part in response.stream])
    finally:
        await response.aclose()


def _transport(base_url: str, *, keep: bool) -> httpx.AsyncBaseTransport:
    """Our own for plain HTTP, which costs a tenth; httpx's for all else."""
    base = urlsplit(base_url)
    if base.scheme == "http" and base.hostname:
        from splitter.effects.transport import WireTransport

        return WireTransport(base.hostname, base.port or 80, keep=keep)
    import httpx

    kept = None if keep else 0
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=kept)
    return httpx.AsyncHTTPTransport(trust_env=False, limits=limits)


def _encoded(value: str) -> bytes:
    """As Latin-1, which is what header values were, or else as UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _headers(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in response.headers.raw
    )


def _reason(error: httpx.TransportError, base_url: str) -> str:
    import httpx

    if isinstance(error, httpx.ConnectError):
        base = urlsplit(base_url)
        return f"no connection to {base.hostname}:{base.port or base.scheme} ({_cause(error)})"
    if isinstance(error, httpx.ReadError | httpx.WriteError | httpx.CloseError):
        return "the connection broke before the end of the answer"
    return str(error) or type(error).__name__


def _cause(error: BaseException) -> str:
    """What the system said, found below what the libraries made of it."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ConnectionRefusedError):
            return "connection refused"
        if isinstance(seen, OSError) and seen.errno:
            named = isinstance(seen, socket.gaierror)
            return seen.strerror if named and seen.strerror else os.strerror(seen.errno)
        inner = seen.exceptions[0] if isinstance(seen, BaseExceptionGroup) else None
        seen = inner or seen.__cause__ or seen.__context__
    return str(error) or "refused"

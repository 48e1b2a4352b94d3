"""The wire as httpx has it: requests and answers of httpx, no costs but those of the exchange."""

from __future__ import annotations

import httpx

from splitter.effects.wire import BrokenError, GarbledError, MalformedError, Wire


class WireTransport(httpx.AsyncBaseTransport):
    """A transport to one server, over plain HTTP/1.1. Bodies come whole, and as they were coded."""

    def __init__(self, host: str, port: int, *, keep: bool) -> None:
        self._wire = Wire(host, port, keep=keep)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer; the errors are those of httpx's own transport."""
        target = request.extensions.get("target", request.url.raw_path)
        method = request.method.encode("ascii")
        body = await request.aread()
        try:
            heard = await self._wire.put(method, target, request.headers.raw, body)
        except MalformedError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error
        except GarbledError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        except BrokenError as error:
            raise httpx.ReadError(str(error), request=request) from error
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        stream = httpx.ByteStream(b"".join(heard.body))
        return httpx.Response(heard.status, headers=heard.headers, stream=stream)

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        self._wire.close()

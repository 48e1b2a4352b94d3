import asyncio
from collections.abc import Awaitable, Callable

import pytest

from splitter.effects.wire import (
    BrokenError,
    GarbledError,
    Heard,
    MalformedError,
    Wire,
    written,
)

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def exchanged(
    answers: list[bytes], use: Callable[[Wire], Awaitable[None]], *, keep: bool = True
) -> tuple[int, list[bytes]]:
    """Connections made and what was heard by a server that answers each read with the next."""
    heard: list[bytes] = []
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while data := await reader.read(1 << 20):
            heard.append(data)
            if answers:
                writer.write(answers.pop(0))
        writer.close()

    async def run() -> None:
        listening = await asyncio.start_server(serve, "127.0.0.1", 0)
        wire = Wire("localhost", listening.sockets[0].getsockname()[1], keep=keep)
        async with listening:
            await use(wire)
            wire.close()
            await asyncio.sleep(0.02)

    asyncio.run(run())
    return connections, heard


async def get(wire: Wire, method: bytes = b"GET") -> Heard:
    heard = await asyncio.wait_for(wire.put(method, b"/", [(b"Host", b"h")], b""), 5)
    await asyncio.sleep(0.02)
    return heard


@pytest.mark.parametrize(
    ("method", "answer", "kept"),
    [
        (b"GET", OK, True),
        (b"HEAD", OK.removesuffix(b"ok"), True),
        (b"HEAD", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", True),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n", True),
        (
            b"GET",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: <a>\r\n\r\n" + OK,
            True,
        ),
        (b"GET", b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok", False),
        (b"GET", b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", False),
        (b"GET", OK + OK, False),
        (
            b"GET",
            b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
            False,
        ),
    ],
)
def test_a_connection_is_kept_where_it_can_be(method: bytes, answer: bytes, kept: bool) -> None:
    async def use(wire: Wire) -> None:
        first = await get(wire, method)
        assert first.status in (200, 304, 101)
        assert (b"link", b"<a>") not in first.headers
        assert (await get(wire)).body == [b"ok"]

    connections, _ = exchanged([answer, OK], use)
    assert connections == (1 if kept else 2)


def test_trailers_are_no_headers() -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    answer = head + b"1\r\na\r\n1\r\nb\r\n0\r\nx: 1\r\n\r\n"

    async def use(wire: Wire) -> None:
        heard = await get(wire)
        assert b"".join(heard.body) == b"ab"
        assert heard.headers == [(b"transfer-encoding", b"chunked")]

    exchanged([answer], use)


def test_a_cancelled_exchange_takes_its_connection_along() -> None:
    async def use(wire: Wire) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wire.put(b"GET", b"/", [], b""), 0.05)
        assert (await get(wire)).body == [b"ok"]

    connections, _ = exchanged([b"HTTP/1.1 200 OK\r\n", OK], use)
    assert connections == 2


def test_a_large_body_goes_out_whole() -> None:
    body = bytes(range(256)) * 20_000

    async def use(wire: Wire) -> None:
        with pytest.raises((GarbledError, BrokenError, TimeoutError)):
            await asyncio.wait_for(wire.put(b"PUT", b"/", [], body), 1)

    _, heard = exchanged([], use)
    assert b"".join(heard) == written(b"PUT", b"/", [], body)


def test_a_chunked_request_is_one_chunk() -> None:
    chunked = [(b"transfer-encoding", b"chunked")]
    assert written(b"POST", b"/", chunked, b"x" * 17).endswith(
        b"\r\n\r\n11\r\n" + b"x" * 17 + b"\r\n0\r\n\r\n"
    )
    assert written(b"POST", b"/", chunked, b"").endswith(b"\r\n\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "target", "headers"),
    [
        (b"GE T", b"/", []),
        (b"GET", b"/ HTTP/1.1\r\nx: y", []),
        (b"GET", b"", []),
        (b"GET", b"/", [(b"a:", b"b")]),
        (b"GET", b"/", [(b"a", b"b\r\nc: d")]),
        (b"GET", b"/", [(b"a", b" b")]),
        (b"GET", b"/", [(b"content-length", b"5")]),
        (b"GET", b"/", [(b"transfer-encoding", b"gzip")]),
    ],
)
def test_what_another_would_read_otherwise_is_not_sent(
    method: bytes, target: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    with pytest.raises(MalformedError):
        written(method, target, headers, b"body")

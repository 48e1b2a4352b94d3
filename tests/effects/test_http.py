import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from splitter.effects.http import Client
from splitter.model.parity import NoAnswer, Observation, Request

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Server:
    """Answers each request with the next of its scripted answers; None closes the connection."""

    def __init__(self, answers: list[bytes | None], pause: float = 0) -> None:
        self.answers = answers
        self.pause = pause
        self.heard: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await self._request(reader):
                self.heard.append(head)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None or not await self._answered(writer, answer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                head += await reader.readexactly(int(line.split(b":")[1]))
        return head

    async def _answered(self, writer: asyncio.StreamWriter, answer: bytes) -> bool:
        for part in answer.split(b"|"):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(self.pause)
        return b"content-length: 2\r\n" in answer


@asynccontextmanager
async def serving(server: Server, timeout: float = 5) -> AsyncIterator[Client]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}/base/", timeout=timeout)
    try:
        yield client
    finally:
        await client.close()
        listening.close()
        await asyncio.sleep(0.01)


def put(
    answers: list[bytes | None], *requests: Request, pause: float = 0, timeout: float = 5
) -> tuple[list[Observation | NoAnswer], Server]:
    async def run() -> tuple[list[Observation | NoAnswer], Server]:
        server = Server(answers, pause)
        async with serving(server, timeout) as client:
            heard = []
            for request in requests or (Request("GET", "/a"),):
                heard.append(await client.put(request))
                await asyncio.sleep(0.01)
            return heard, server

    return asyncio.run(run())


def test_a_plain_request_carries_nothing_but_its_host() -> None:
    (answer,), server = put([OK], Request("GET", "/a"))
    assert isinstance(answer, Observation)
    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.headers == (("content-length", "2"),)
    lines = server.heard[0].decode().split("\r\n")
    assert lines[0] == "GET /base/a HTTP/1.1"
    assert [line.split(":")[0].lower() for line in lines[1:] if line] == ["host"]


@pytest.mark.parametrize(
    "target", ["/a?x=1&y=%2Fz%20w", "/a/../b//c", "/a|{}[]\"'?q=é".replace("é", "%C3%A9"), "a"]
)
def test_targets_go_out_as_they_are(target: str) -> None:
    _, server = put([OK], Request("GET", target))
    assert server.heard[0].startswith(f"GET /base/{target.removeprefix('/')} HTTP/1.1\r\n".encode())


def test_headers_and_bodies_go_out_as_they_are() -> None:
    headers = (("X-A", "1"), ("X-A", "2"), ("X-L", "café"), ("X-U", "☕"))
    _, server = put([OK], Request("PUT", "/a", headers=headers, body=b"\0\xff"))
    head = server.heard[0]
    for line in (b"X-A: 1", b"X-A: 2", b"X-L: caf\xe9", b"X-U: \xe2\x98\x95", b"Content-Length: 2"):
        assert line in head.split(b"\r\n")
    assert head.endswith(b"\r\n\r\n\0\xff")


def test_answers_come_back_as_they_are() -> None:
    body = gzip.compress(b"plain", mtime=0)
    head = (
        b"HTTP/1.1 299 \r\nX-A: 1\r\nx-a: caf\xe9\r\ncontent-encoding: gzip\r\n"
        b"content-length: %d\r\n\r\n" % len(body)
    )
    (answer,), _ = put([head + body])
    assert isinstance(answer, Observation)
    assert (answer.status, answer.body) == (299, body)
    assert answer.headers[:2] == (("x-a", "1"), ("x-a", "café"))
    assert answer.elapsed > 0


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + OK, b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 302 Found\r\nlocation: /b\r\ncontent-length: 2\r\n\r\nok", b"ok"),
    ],
)
def test_ways_to_answer(answer: bytes, body: bytes) -> None:
    (heard,), server = put([answer])
    assert isinstance(heard, Observation)
    assert heard.body == body
    assert len(server.heard) == 1


def test_head_has_no_body() -> None:
    (answer,), _ = put([OK.removesuffix(b"ok")], Request("HEAD", "/a"))
    assert isinstance(answer, Observation)
    assert answer.body == b""


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort", "without sending complete"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n", "incomplete chunked"),
        (b"this is not HTTP\r\n\r\n", "the answer is not HTTP"),
        (None, "disconnected without sending"),
    ],
)
def test_answers_that_cannot_be_used(method: str, answer: bytes | None, reason: str) -> None:
    (heard,), _ = put([answer], Request(method, "/a"))
    assert isinstance(heard, NoAnswer)
    assert reason in heard.reason


def test_the_time_is_for_the_whole_answer() -> None:
    slow = b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n" + b"|".join([b"x"] * 20)
    (heard,), _ = put([slow], pause=0.05, timeout=0.2)
    assert heard == NoAnswer("no answer within 0.2 s")


def test_elapsed_is_up_to_the_end_of_the_answer() -> None:
    (heard,), _ = put([b"HTTP/1.1 200 OK\r\n|content-length: 2\r\n\r\n|ok"], pause=0.05)
    assert isinstance(heard, Observation)
    assert 0.1 <= heard.elapsed < 1


def test_connections_are_kept_for_safe_requests_only() -> None:
    gets, posts = [Request("GET", "/a")] * 3, [Request("POST", "/a")] * 3
    assert put([OK], *gets)[1].connections == 1
    assert put([OK], *posts)[1].connections == 3


def test_a_safe_request_is_put_again_when_a_kept_connection_is_closed() -> None:
    heard, server = put([OK, None, OK], *[Request("GET", "/a")] * 2)
    assert [isinstance(h, Observation) for h in heard] == [True, True]
    assert len(server.heard) == 3


def test_an_unsafe_request_is_put_once() -> None:
    heard, server = put([None], Request("POST", "/a", body=b"x"))
    assert isinstance(heard[0], NoAnswer)
    assert len(server.heard) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_nobody_listens(host: str) -> None:
    async def run() -> Observation | NoAnswer:
        listening = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        listening.close()
        await listening.wait_closed()
        client = Client(f"http://{host}:{port}")
        answer = await client.put(Request("GET", "/"))
        await client.close()
        return answer

    answer = asyncio.run(run())
    assert isinstance(answer, NoAnswer)
    assert answer.reason.startswith(f"no connection to {host}:")
    assert answer.reason.endswith("(connection refused)")


def test_a_host_that_nobody_knows() -> None:
    answer = asyncio.run(Client("http://nowhere.invalid").put(Request("GET", "/")))
    assert isinstance(answer, NoAnswer)
    assert answer.reason.startswith("no connection to nowhere.invalid:http (")
    assert "not known" in answer.reason or "resolution" in answer.reason


@pytest.mark.parametrize(
    "headers", [(("a", "s3cr3t\r\nx: y"),), (("a b", "s3cr3t"),), (("ä", "s3cr3t"),)]
)
def test_what_cannot_be_sent_is_told_without_its_value(
    headers: tuple[tuple[str, str], ...],
) -> None:
    (heard,), server = put([OK], Request("GET", "/a", headers=headers))
    assert isinstance(heard, NoAnswer)
    assert "cannot be sent" in heard.reason
    assert "s3cr3t" not in heard.reason
    assert server.heard == []


@pytest.mark.parametrize(
    "respond",
    [
        lambda request: httpx.Response(201, json={"path": request.url.path}),
        lambda request: httpx.Response(201, content=b'{"path":"/v2/a"}'),
    ],
)
def test_another_transport_can_be_handed_in(
    respond: Callable[[httpx.Request], httpx.Response],
) -> None:
    client = Client("http://orders/v2", transport=httpx.MockTransport(respond))
    answer = asyncio.run(client.put(Request("GET", "/a")))
    assert isinstance(answer, Observation)
    assert (answer.status, answer.body) == (201, b'{"path":"/v2/a"}')

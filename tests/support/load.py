"""A steady, bounded load on the loopback: reads and writes over connections that are kept.

Nothing is sent twice: an answer that does not come is a lost request. As every client that keeps
connections does, one looks before it sends whether the other side has closed.
"""

from __future__ import annotations

import json
import select
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count

CLIENTS = 40


@dataclass(frozen=True)
class Sent:
    """A request and what came of it: the side that answered, or why nobody did.

    `stage` is what was going on when it was sent; `seconds` is how long the answer took.
    """

    stage: str
    client: int
    method: str
    status: int
    side: str
    seconds: float
    id: str = ""
    lost: str = ""


@dataclass
class Load:
    """Some threads that each put one request after the other, as one of several clients."""

    port: int
    headers: Mapping[str, str]
    new: Mapping[str, object]
    stage: str = "monolith"
    sent: list[Sent] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, threads: int = 4, pause: float = 0.005) -> Iterator[None]:
        numbers = count()
        workers = [
            threading.Thread(target=self._work, args=(n, threads, pause, numbers))
            for n in range(threads)
        ]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self.stopped.set()
            for worker in workers:
                worker.join(30)

    def _work(self, number: int, of: int, pause: float, numbers: Iterator[int]) -> None:
        cookies: dict[int, str] = {}
        connections = {c: self._connection(c) for c in range(number, CLIENTS, of)}
        for turn in count():
            if self.stopped.is_set():
                break
            client = number + of * (turn // 2 % (CLIENTS // of))
            connection = connections[client]
            method = ("POST", "GET")[turn % 2]
            sent = self._put(connection, method, client, f"load-{next(numbers)}", cookies)
            self.sent.append(sent)
            if sent.lost:
                connection.close()
            time.sleep(pause)
        for connection in connections.values():
            connection.close()

    def _connection(self, client: int) -> HTTPConnection:
        """Each client has an address of its own, and a connection that it keeps."""
        own = (f"127.0.0.{10 + client}", 0)
        return HTTPConnection("127.0.0.1", self.port, timeout=15, source_address=own)

    def _put(
        self,
        connection: HTTPConnection,
        method: str,
        client: int,
        id: str,
        cookies: dict[int, str],
    ) -> Sent:
        stage, start = self.stage, time.monotonic()
        headers = dict(self.headers)
        if _was_closed(connection):
            connection.close()
        if client in cookies:
            headers["Cookie"] = cookies[client]
        body = None
        if method == "POST":
            body = json.dumps({**self.new, "merchant": id})
            headers["Content-Type"] = "application/json"
        path = "/api/transactions" if body else "/api/transactions?limit=1"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException) as error:
            took = time.monotonic() - start
            return Sent(stage, client, method, 0, "", took, id, f"{type(error).__name__} {error}")
        if given := answer.getheader("Set-Cookie"):
            cookies[client] = given.partition(";")[0]
        side = answer.getheader("X-API-Version") or ""
        took = time.monotonic() - start
        wanted = 201 if body else 200
        lost = "" if answer.status == wanted else f"status {answer.status}"
        return Sent(stage, client, method, answer.status, side, took, id, lost)


def _was_closed(connection: HTTPConnection) -> bool:
    if connection.sock is None:
        return False
    return bool(select.select([connection.sock], [], [], 0)[0])

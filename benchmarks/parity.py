"""What parity-check's client costs for each pair of requests, against others, in one run.

    python benchmarks/parity.py [--pairs N] [--concurrency N] [--runs N]

Two uvicorn processes answer with the same 1 KB of JSON. Each client is a process of its own, asks
both for every pair and holds the answers together: splitter with all that a verdict takes, from
the case to what a report gets; plain httpx and a bare asyncio client, whose answers are compared
as bytes; wrk, where it is installed, which compares nothing. CPU milliseconds of the client for a
pair (user and system, start-up left out), the clients in turn, the least of N runs. Exit 1 if
splitter takes more than a tenth of what httpx takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

BOUND = 0.1
BODY = json.dumps({"items": [{"id": n, "name": "n" * 20} for n in range(21)]}).encode()
SERVER = f"""
BODY = {BODY!r}
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
async def app(scope, receive, send):
    await send({{"type": "http.response.start", "status": 200, "headers": HEADERS}})
    await send({{"type": "http.response.body", "body": BODY}})
"""
REQUEST = b"GET /items/%d HTTP/1.1\r\nhost: localhost\r\n\r\n"

Ask = Callable[[int], Awaitable[None]]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--client", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        name, *urls = options.client
        print(CLIENTS[name](urls, options.pairs, options.concurrency))
        return 0
    with ExitStack() as stack:
        urls = [stack.enter_context(served()) for _ in range(2)]
        found = measured(urls, options.pairs, options.concurrency, options.runs)
    for name, cost in found.items():
        print(
            f"{name:<13}{cost * 1000:8.3f} ms CPU a pair{cost / found['bare asyncio']:8.1f} x bare"
        )
    ratio = found["splitter"] / found["httpx"]
    print(f"ratio: {ratio:.3f} of httpx (at most {BOUND})")
    return 0 if ratio <= BOUND else 1


def measured(urls: list[str], pairs: int, concurrency: int, runs: int) -> dict[str, float]:
    """The least CPU seconds for a pair, by client."""
    costs: dict[str, list[float]] = {}
    for _ in range(runs):
        for name in CLIENTS:
            words = ["--pairs", str(pairs), "--concurrency", str(concurrency)]
            command = [sys.executable, __file__, *words, "--client", name, *urls]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            costs.setdefault(name, []).append(float(done.stdout) / pairs)
        if shutil.which("wrk"):
            costs.setdefault("wrk", []).append(wrk(urls, concurrency))
    if "wrk" not in costs:
        print("wrk is not installed, so it is left out", file=sys.stderr)
    return {name: min(found) for name, found in costs.items()}


@contextmanager
def served() -> Iterator[str]:
    """The URL of a server that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"{SERVER}\nimport uvicorn\nuvicorn.run(app, port={port}, log_level='error')\n"
    process = subprocess.Popen([sys.executable, "-c", code])
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(url).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def splitter(urls: Sequence[str], pairs: int, concurrency: int) -> float:
    """parity-check from the cases on, as the command has it."""
    from splitter.model.parity import Case, Outcome, Request
    from splitter.workflows.parity import check_urls

    def cases(count: int) -> list[Case]:
        return [Case(f"case {n}", Request("GET", f"/items/{n}"), "cases") for n in range(count)]

    def put(count: int) -> None:
        sides = {"monolith": urls[0], "services": {"items": urls[1]}}
        verdicts = check_urls(cases(count), **sides, concurrency=concurrency)
        for verdict in verdicts:
            assert verdict.outcome is Outcome.MATCH, verdict

    put(2 * concurrency)  # what is imported at first use is start-up
    began = time.process_time()
    put(pairs)
    return time.process_time() - began


def httpx(urls: Sequence[str], pairs: int, concurrency: int) -> float:
    """One client for all, as its documentation has it."""
    import httpx

    async def run() -> float:
        async with httpx.AsyncClient() as client:

            async def ask(n: int) -> None:
                both = await asyncio.gather(*(client.get(f"{url}/items/{n}") for url in urls))
                assert both[0].content == both[1].content == BODY

            return await spent(ask, pairs, concurrency)

    return asyncio.run(run())


def bare(urls: Sequence[str], pairs: int, concurrency: int) -> float:
    """Streams of asyncio, of which only the length of the body is understood."""

    async def run() -> float:
        free: dict[str, list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = {}

        async def get(url: str, n: int) -> bytes:
            kept = free.setdefault(url, [])
            parts = urlsplit(url)
            line = kept.pop() if kept else await asyncio.open_connection(parts.hostname, parts.port)
            line[1].write(REQUEST % n)
            head = await line[0].readuntil(b"\r\n\r\n")
            length = int(head.split(b"content-length: ")[1].partition(b"\r")[0])
            body = await line[0].readexactly(length)
            kept.append(line)
            return body

        async def ask(n: int) -> None:
            both = await asyncio.gather(*(get(url, n) for url in urls))
            assert both[0] == both[1] == BODY

        return await spent(ask, pairs, concurrency)

    return asyncio.run(run())


async def spent(ask: Ask, pairs: int, concurrency: int) -> float:
    """The CPU seconds of asking for all pairs, so many at a time."""

    async def work(numbers: Iterator[int]) -> None:
        for n in numbers:
            await ask(n)

    async def put(count: int) -> None:
        numbers = iter(range(count))
        await asyncio.gather(*(work(numbers) for _ in range(concurrency)))

    await put(2 * concurrency)
    began = time.process_time()
    await put(pairs)
    return time.process_time() - began


def wrk(urls: Sequence[str], concurrency: int) -> float:
    """CPU seconds of one request to each, start-up included, for it is short."""
    total = 0.0
    for url in urls:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = ["wrk", "-t1", f"-c{concurrency}", "-d1s", url]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        total += spent / int(told.split(" requests in ")[0].split()[-1])
    return total


CLIENTS = {"httpx": httpx, "bare asyncio": bare, "splitter": splitter}


if __name__ == "__main__":
    sys.exit(main())

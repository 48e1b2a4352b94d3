"""Two servers that differ in one answer of ten, for commands that put many cases to them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from servers import uvicorn

LATER = 600
"""The server leaves a mark when it is asked for this case."""
APP = """
import os, signal
from pathlib import Path


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    path, mark = scope["path"], os.environ["MARK"]
    if path == "/poison":
        kill(asker(scope["client"][1]))
    if path == "/LATER":
        Path(mark).touch()
    start = {"type": "http.response.start", "status": 200}
    await send({**start, "headers": [(b"content-type", b"application/json")]})
    own = mark if path.endswith("7") else "same"
    await send({"type": "http.response.body", "body": b'["%s"]' % own.encode()})


def asker(port):
    # The process at the other end of a connection on the loopback.
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line[9]}]" for line in lines if line[1].endswith(f":{port:04X}")}
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(entry) in sockets:
                return int(entry.parts[2])
        except OSError:
            continue


def kill(process):
    if process:
        os.kill(process, signal.SIGKILL)
""".replace("LATER", str(LATER))


@contextmanager
def echoing(folder: Path) -> Iterator[list[str]]:
    """The words that put cases to both. Once asked for a good part of them the second server
    leaves the file `service` in the folder."""
    (folder / "echo.py").write_text(APP)
    with (
        uvicorn("echo:app", at=folder, environment={"MARK": str(folder / "monolith")}) as one,
        uvicorn("echo:app", at=folder, environment={"MARK": str(folder / "service")}) as other,
    ):
        urls = [f"http://127.0.0.1:{port}" for port in (one, other)]
        yield ["parity-check", "--monolith", urls[0], "--service", f"echo={urls[1]}"]


def until(happened: Callable[[], object]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + 90
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)

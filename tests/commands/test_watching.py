"""A move that is watched: what is bad goes back by itself."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import gateways
import pytest
from servers import ask, running
from terminal import Done, edit, splitter

from splitter.actions.routing_file import read_table
from splitter.effects.ports import free_ports

pytestmark = pytest.mark.xdist_group("switching")


@contextmanager
def answering(status: int, text: str) -> Iterator[int]:
    """A small server: healthy, and with the same answer to everything else; gives its port."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            healthy = self.path.startswith("/health")
            body = b"{}" if healthy else text.encode()
            self.send_response(200 if healthy else status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if self.command != "HEAD" else b"")

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def asking(port: int) -> Iterator[None]:
    """Steady requests through the gateway, by turns to each side."""
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            for side in ("transaction", "monolith"):
                path = f"/api/transactions?limit={int(time.monotonic() * 10) % 5}"
                ask(port, path, headers={"X-Splitter-Service": side})
            time.sleep(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def watched(project: Path, kind: str, status: int, text: str) -> Done:
    """A canary of a service that answers so, watched under a load."""
    with ExitStack() as stack:
        monolith = stack.enter_context(answering(200, '{"items": []}'))
        service = stack.enter_context(answering(status, text))
        edit(project, "splitter.toml", "port = 8000\n", f"port = {monolith}\n")
        edit(project, "splitter.toml", "port = 8002\n", f"port = {service}\n")
        port, api = free_ports(2)
        with (project / "splitter.toml").open("a") as file:
            file.write(f'\n[gateway]\nkind = "{kind}"\nport = {port}\napi_port = {api}\n')
            file.write("closing_seconds = 0.1\n")
        splitter("gateway", at=project)
        command = gateways.command(kind, project / "gateway")
        stack.enter_context(running(command, port, at=project, environment=os.environ))
        while ask(port, "/").status == 404:
            time.sleep(0.05)
        stack.enter_context(asking(port))
        words = ("cutover", "transaction", "--to", "10%", "--watch", "4")
        return splitter(*words, at=project, status=None)


def states(project: Path) -> set[str]:
    path = ".splitter/routes.toml"
    table = read_table({path: (project / path).read_bytes()})
    return {str(entry.state) for entry in table.of("transaction")}


@pytest.mark.parametrize("kind", ["nginx", "caddy", "traefik"])
def test_a_service_with_errors_loses_its_traffic(with_services: Path, kind: str) -> None:
    done = watched(with_services, kind, 500, "{}")
    assert done.status == 1, done
    assert "errors: more than 1 % above the monolith" in done.out
    assert done.lines[-1] == "its traffic is the monolith's again"
    assert states(with_services) == {"monolith"}


def test_a_service_that_answers_otherwise_loses_its_traffic(with_services: Path) -> None:
    done = watched(with_services, "nginx", 200, '{"items": [1]}')
    assert done.status == 1, done
    assert ": the answers differ" in done.out
    assert states(with_services) == {"monolith"}
    report = json.loads(
        (with_services / ".splitter" / "results" / "watch-transaction.json").read_text()
    )
    assert report["summary"]["mismatched"] == report["summary"]["total"] > 0
    assert report["cases"][0]["differences"][0]["path"] == "$.items[0]"


def test_a_service_that_is_well_keeps_it(with_services: Path) -> None:
    done = watched(with_services, "nginx", 200, '{"items": []}')
    assert done.status == 0, done
    assert "0 of them errors" in done.lines[-1]
    assert done.lines[-1].endswith("requests compared")
    assert states(with_services) == {"canary"}


def test_what_cannot_be_watched_is_not_begun(with_services: Path) -> None:
    with (with_services / "splitter.toml").open("a") as file:
        file.write('\n[gateway]\nkind = "haproxy"\n')
    words = ("cutover", "transaction", "--to", "10%", "--watch", "4")
    done = splitter(*words, at=with_services, status=2)
    assert done.err.startswith("error: --watch: haproxy writes no log that could be watched\n")
    assert not (with_services / ".splitter" / "routes.toml").exists()

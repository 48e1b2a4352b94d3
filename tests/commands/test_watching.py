"""A move that is watched: what is bad goes back by itself."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import gateways
import pytest
from servers import ask
from terminal import Done, splitter, started

from splitter.actions.routing_file import read_table
from splitter.effects.small_servers import served

ADA = "a-token-that-nobody-is-to-read"
pytestmark = pytest.mark.xdist_group("switching")


@contextmanager
def answering(status: int, text: str, to_ada: str = "") -> Iterator[int]:
    """A small server: healthy, and with the same answer to everything else, but to Ada, if she
    has one of her own; gives its port."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            healthy = self.path.startswith("/health")
            own = to_ada if self.headers.get("Authorization") == f"Bearer {ADA}" else ""
            body = b"{}" if healthy else (own or text).encode()
            self.send_response(200 if healthy else status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if self.command != "HEAD" else b"")

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None: ...

    with served(Answer) as port:
        yield port


@contextmanager
def asking(port: int) -> Iterator[None]:
    """Steady requests through the gateway, by turns to each side and to none."""
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            for side in ("transaction", "monolith", ""):
                path = f"/api/transactions?limit={int(time.monotonic() * 10) % 5}"
                who = {"Authorization": f"Bearer {ADA}"}
                ask(port, path, headers={"X-Splitter-Service": side, **who})
            time.sleep(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def watched(
    project: Path, kind: str, status: int, text: str, *, to: str = "10%", to_ada: str = ""
) -> Done:
    """A service that answers so, a step to it, and that watched under a load."""
    with loaded(project, kind, status, text, to_ada):
        words = ("cutover", "transaction", "--to", to, "--watch", "4")
        return splitter(*words, at=project, status=None)


@contextmanager
def loaded(project: Path, kind: str, status: int, text: str, to_ada: str = "") -> Iterator[int]:
    """A gateway under a load, before a monolith and a service that answers so; its port."""
    with ExitStack() as stack:
        monolith = stack.enter_context(answering(200, '{"items": []}'))
        service = stack.enter_context(answering(status, text, to_ada))
        port = gateways.configured(project, kind, monolith, service, closing=0.1)
        stack.enter_context(gateways.serving(project, kind, port))
        stack.enter_context(asking(port))
        yield port


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


@pytest.mark.parametrize("kind", ["nginx", "haproxy", "caddy", "traefik"])
def test_what_a_shadow_hears_is_compared_as_it_was_sent(with_services: Path, kind: str) -> None:
    """Only who is logged in sees that the service is wrong."""
    same = '{"items": []}'
    done = watched(with_services, kind, 200, same, to="shadow", to_ada='{"items": [1]}')
    assert done.status == 1, done
    assert ": GET /api/transactions: the answers differ" in done.err
    assert states(with_services) == {"monolith"}
    results = with_services / ".splitter" / "results"
    text = (results / "watch-transaction.json").read_text()
    page = (results / "watch-transaction.html").read_text()
    report = json.loads(text)
    assert report["summary"]["mismatched"] == report["summary"]["total"] > 3
    assert "GET /api/transactions" in page
    assert ADA not in text + page + done.out + done.err


@pytest.mark.parametrize("kind", ["nginx", "haproxy", "caddy", "traefik"])
def test_a_shadow_that_is_well_stays(with_services: Path, kind: str) -> None:
    same = '{"items": []}'
    done = watched(with_services, kind, 200, same, to="shadow", to_ada=same)
    assert done.status == 0, done
    count = int(done.lines[-1].split(" requests compared")[0].split()[-1])
    assert 3 < count <= 50
    assert states(with_services) == {"shadow"}


def test_a_watcher_that_was_killed_is_not_missed(with_services: Path) -> None:
    """Its mark is still there, and Caddy finds nobody."""
    with loaded(with_services, "caddy", 200, "{}") as port:
        splitter("cutover", "transaction", "--to", "shadow", at=with_services)
        (with_services / "gateway" / "watched").touch()
        answer = ask(port, "/api/transactions", headers={"X-Splitter-Service": "monolith"})
        assert (answer.status, answer.body) == (200, b'{"items": []}')


def test_who_no_longer_watches_leaves_the_traffic(with_services: Path) -> None:
    words = ("cutover", "transaction", "--to", "10%", "--watch", "60")
    with (
        loaded(with_services, "nginx", 200, "{}"),
        started(*words, at=with_services) as process,
    ):
        assert process.stderr is not None
        while "watching for 60 s" not in (line := process.stderr.readline()):
            assert line
        time.sleep(0.3)  # one that comes while a line is written has it written twice
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == (
        "no longer watched: the traffic stays where it is; splitter rollback transaction "
        "takes it back\ninterrupted; nothing is left half done\n"
    )
    assert states(with_services) == {"canary"}


def test_a_shadow_whose_port_is_taken_is_not_begun(with_services: Path) -> None:
    with answering(200, "") as port:
        with (with_services / "splitter.toml").open("a") as file:
            file.write(f"\n[gateway]\nshadow_port = {port}\n")
        words = ("cutover", "transaction", "--to", "shadow", "--watch", "4")
        done = splitter(*words, at=with_services, status=3)
    assert done.err == (
        f"error: 127.0.0.1:{port}: what is mirrored cannot be heard: Address already in use\n"
        "  stop what listens there, or give another port: shadow_port under [gateway] "
        "in splitter.toml\n"
    )
    assert not (with_services / ".splitter" / "routes.toml").exists()


def test_what_cannot_be_watched_is_not_begun(with_services: Path) -> None:
    with (with_services / "splitter.toml").open("a") as file:
        file.write('\n[gateway]\nkind = "haproxy"\n')
    words = ("cutover", "transaction", "--to", "10%", "--watch", "4")
    done = splitter(*words, at=with_services, status=2)
    assert done.err.startswith("error: --watch: haproxy writes no log that could be watched\n")
    assert not (with_services / ".splitter" / "routes.toml").exists()

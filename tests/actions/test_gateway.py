"""The configuration as text, and with a real nginx before two small servers."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from splitter.actions.gateway import Gateway, configure
from splitter.actions.ownership import digest
from splitter.effects.ports import free_port
from splitter.effects.small_servers import served
from splitter.effects.templates import read_templates
from splitter.model.changes import ChangeSet, Note
from splitter.model.monolith import Route
from splitter.model.routing import Entry, RoutingTable, State


def route(methods: str, path: str, kind: str = "http") -> Route:
    return Route(tuple(methods.split()), path, "routes:f", "routes.py", 7, kind=kind)


LIST = route("GET", "/api/transactions")
NEW = route("POST", "/api/transactions")
EXPORT = route("GET", "/api/transactions/export.csv")
ONE = route("GET PUT", "/api/transactions/{id:int}")
POSTS = route("GET", "/api/{user}/posts")
SLASH = route("GET", "/api/reports/")
FEED = route("", "/feed", "websocket")
FILES = route("", "/files", "mount")
DEEP = route("GET", "/docs/{page:path}")
QUOTED = route("GET", '/it\'s/"q"; {x}$s\\n/ü')
ALL = [LIST, NEW, EXPORT, ONE, POSTS, SLASH, FEED, FILES, DEEP, QUOTED]
OWN = (LIST, ONE, POSTS, SLASH, FEED, FILES, DEEP, QUOTED)
GATEWAY = Gateway(8080, "127.0.0.1:8000", {"transaction": "127.0.0.1:8002"})


def routing(
    own: Sequence[Route] = OWN, state: State = State.SERVICE, percent: int = 100
) -> RoutingTable:
    """Every route in order, some of them the service's and as far as that."""
    moved = {"owner": "transaction", "state": state, "percent": percent}
    every = [*ALL, *(r for r in own if r not in ALL)]
    return RoutingTable(
        tuple(Entry(r.methods, r.path, r.kind, **(moved if r in own else {})) for r in every)  # type: ignore[arg-type]
    )


def proposed(
    table: RoutingTable | None = None, gateway: Gateway = GATEWAY, **options: Any
) -> ChangeSet:
    given: dict[str, Any] = {"before": {}, "recorded": {}, "routes": ALL}
    table = routing() if table is None else table
    return configure(gateway, table, templates=read_templates(), **(given | options))


NOWHERE = routing(state=State.MONOLITH, percent=0)


def configuration(change: ChangeSet) -> str:
    return change.over({})["gateway/nginx.conf"].decode()


def decisions(text: str) -> list[str]:
    found = re.search(r'map "\$verb:\$uri" \$lane {\n(.*?)\n    }', text, re.DOTALL)
    assert found
    lines = [line.strip() for line in found[1].splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def test_it_is_a_folder_that_nginx_can_be_started_in() -> None:
    change = proposed()
    assert change.title == "configure the gateway"
    assert [c.path for c in change.changes] == ["gateway/.gitignore", "gateway/nginx.conf"]


def test_what_is_not_live_is_the_monoliths() -> None:
    text = configuration(proposed(NOWHERE))
    assert decisions(text) == ["default monolith;"]
    assert "service_transaction" not in text


def test_each_route_has_its_place() -> None:
    assert decisions(configuration(proposed(routing((LIST, ONE, FEED))))) == [
        "default monolith;",
        '"~^GET:/api/transactions$" transaction.service;',
        '"~^POST:/api/transactions$" monolith;',
        '"~^(?:GET|PUT):/api/transactions/[0-9]+$" transaction.service;',
        '"~^WEBSOCKET:/feed$" transaction.service;',
        '"~^WEBSOCKET:" monolith;',
        '"~^[^:]+:/api/transactions$" transaction.service;',
        '"~^[^:]+:/api/transactions/[0-9]+$" transaction.service;',
        '"~^[^:]+:/api/transactions/+$" transaction.service;',
        '"~^[^:]+:/api/transactions/[0-9]+/+$" transaction.service;',
    ]


def test_a_second_time_nothing_changes_and_edits_are_kept() -> None:
    before = proposed().over({})
    assert not proposed(before=before)
    recorded = {path: digest(data) for path, data in before.items()}
    moved = proposed(NOWHERE, before=before, recorded=recorded)
    assert [(c.path, c.kind) for c in moved.changes] == [("gateway/nginx.conf", "change")]
    before["gateway/nginx.conf"] += b"# mine\n"
    kept = proposed(NOWHERE, before=before, recorded=recorded)
    assert not kept
    assert [note.code for note in kept.notes] == ["SPL090"]


def test_caddy_is_told_of_a_step_by_one_small_file() -> None:
    caddy = replace(GATEWAY, kind="caddy")
    before = proposed(NOWHERE, caddy).over({})
    recorded = {path: digest(data) for path, data in before.items()}
    first = replace(NOWHERE.entries[0], state=State.CANARY, percent=10)
    tenth = RoutingTable((first, *NOWHERE.entries[1:]))
    step = proposed(tenth, caddy, before=before, recorded=recorded)
    assert [(c.path, c.kind) for c in step.changes] == [("gateway/ways.txt", "change")]
    _, line = step.over(before)["gateway/ways.txt"].decode().splitlines()
    word, lane, served = line.split()
    assert f"`~^GET:/api/transactions$` {word}" in before["gateway/Caddyfile"].decode()
    assert lane == "transaction.canary10"
    digits = [f"{number:02x}" for number in range(256)]
    assert sum(bool(re.match(served, each)) for each in digits) == 26
    new = route("GET", "/api/transactions/new")
    later = proposed(routing((*OWN, new)), caddy, before=before, recorded=recorded)
    assert "gateway/Caddyfile" in [c.path for c in later.changes]


def test_a_converter_of_the_application_is_told_of() -> None:
    odd = route("GET", "/on/{day:date}")
    (note,) = proposed(routing((odd,)), routes=[*ALL, odd]).notes
    assert note == Note(
        "routes.py",
        7,
        "SPL093",
        "the gateway takes one element of the path for 'date' in /on/{day:date}: "
        "what this converter of the application matches is not known",
    )


class Upstream(BaseHTTPRequestHandler):
    """Says what it heard; echoes after an upgrade."""

    server: ThreadingHTTPServer
    protocol_version = "HTTP/1.1"
    wbufsize = 65536

    def answer(self) -> None:
        if self.headers.get("Upgrade"):
            return self.echo()
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        heard = {
            "side": self.server.server_port,
            "peer": self.client_address[1],
            "line": self.requestline.removesuffix(" HTTP/1.1"),
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "body": len(sent),
        }
        body = json.dumps(heard).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X_Odd", "kept")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        return None

    def echo(self) -> None:
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        self.wfile.flush()
        self.wfile.write(str(self.server.server_port).encode() + self.rfile.read(5))
        self.close_connection = True

    def version_string(self) -> str:
        return "upstream/1"

    def date_time_string(self, timestamp: float | None = None) -> str:
        return "Mon, 23 Nov 2026 00:00:00 GMT"

    def log_message(self, format: str, *args: object) -> None: ...

    do_GET = do_POST = do_PUT = do_HEAD = do_OPTIONS = answer  # noqa: N815


def nginx(folder: Path, *options: str) -> list[str]:
    """The command that runs nginx on that folder's configuration."""
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("nginx is not installed")
        pytest.skip("nginx is not installed")
    return [program, "-e", "stderr", "-p", str(folder / "gateway"), "-c", "nginx.conf", *options]


def write(folder: Path, change: ChangeSet) -> None:
    for path, data in change.over({}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


class Running:
    """A gateway before a monolith and a service, by their ports."""

    def __init__(self, port: int, monolith: int, service: int) -> None:
        self.names = {monolith: "monolith", service: "service"}
        self.port = port
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False)

    def ask(self, method: str, path: str, **options: Any) -> tuple[str, dict[str, Any]]:
        heard = self.client.request(method, path, **options).json()
        return self.names[heard["side"]], heard


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("gateway")
    command = nginx(folder, "-g", "daemon off;" + ("user root;" if os.geteuid() == 0 else ""))
    with served(Upstream) as monolith, served(Upstream) as service:
        sides = {"transaction": f"127.0.0.1:{service}"}
        gateway = Gateway(free_port(), f"127.0.0.1:{monolith}", sides)
        write(folder, proposed(gateway=gateway))
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        try:
            wait_for(gateway.port)
            here = Running(gateway.port, monolith, service)
            with here.client:
                yield here
        finally:
            process.terminate()
            process.communicate(timeout=10)


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
    pytest.fail("nginx did not start")


@pytest.mark.nginx
@pytest.mark.parametrize(
    ("state", "percent"), [("monolith", 0), ("shadow", 0), ("canary", 7), ("service", 100)]
)
@pytest.mark.parametrize(
    ("sticky", "header"),
    [(("address", ""), "X-Side"), (("http", "X-Client"), ""), (("cookie", "id"), "X-Side")],
)
def test_nginx_takes_the_configuration(
    tmp_path: Path, state: str, percent: int, sticky: tuple[str, str], header: str
) -> None:
    gateway = replace(GATEWAY, sticky=sticky, header=header)
    write(tmp_path, proposed(routing(state=State(state), percent=percent), gateway))
    done = subprocess.run(nginx(tmp_path, "-t"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


@pytest.mark.nginx
@pytest.mark.parametrize(
    ("method", "path", "side"),
    [
        ("GET", "/api/transactions", "service"),
        ("GET", "/api/transactions?limit=5", "service"),
        ("POST", "/api/transactions", "monolith"),
        ("OPTIONS", "/api/transactions", "service"),
        ("GET", "/api/transactions/", "service"),
        ("GET", "/api/transactionsfoo", "monolith"),
        ("GET", "/API/transactions", "monolith"),
        ("GET", "/v1/api/transactions", "monolith"),
        ("GET", "/api/transactions/export.csv", "monolith"),
        ("GET", "/api/transactions/exportxcsv", "monolith"),
        ("GET", "/api/transactions/7", "service"),
        ("PUT", "/api/transactions/7", "service"),
        ("GET", "/api/transactions/7/more", "monolith"),
        ("GET", "/api/ada/posts", "service"),
        ("GET", "/api/a%20d%2Da/posts", "service"),
        ("GET", "/api/ada/lovelace/posts", "monolith"),
        ("GET", "/api/reports/", "service"),
        ("GET", "/api/reports", "service"),
        ("GET", "/feed", "monolith"),
        ("GET", "/files/a/b.txt", "service"),
        ("GET", "/files", "service"),
        ("GET", "/docs/a/b", "service"),
        ("GET", "/it's/%22q%22;%20seven$s%5Cn/%C3%BC", "service"),
        ("GET", "//api/transactions", "monolith"),
        ("GET", "/", "monolith"),
    ],
)
def test_a_request_goes_to_its_side_as_it_came(
    running: Running, method: str, path: str, side: str
) -> None:
    url = httpx.URL(f"http://127.0.0.1:{running.port}").copy_with(raw_path=path.encode())
    answered, heard = running.ask(method, str(url))
    assert (answered, heard["line"]) == (side, f"{method} {path}")


@pytest.mark.nginx
def test_the_headers_tell_of_the_gateway_and_lose_nothing(running: Running) -> None:
    given = {"Host": "bank.example:81", "X_Api_Key": "k", "X-Forwarded-For": "10.0.0.1"}
    _, heard = running.ask("GET", "/api/transactions", headers=given)
    assert dict(map(tuple, heard["headers"])) | {"accept": "", "accept-encoding": ""} == {
        "host": "bank.example:81",
        "x_api_key": "k",
        "x-real-ip": "127.0.0.1",
        "x-forwarded-for": "10.0.0.1, 127.0.0.1",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "bank.example:81",
        "x-forwarded-port": str(running.port),
        "user-agent": f"python-httpx/{httpx.__version__}",
        "accept": "",
        "accept-encoding": "",
    }


@pytest.mark.nginx
def test_an_answer_comes_as_it_was_given(running: Running) -> None:
    answer = running.client.get("/api/transactions")
    assert sorted(answer.headers.items()) == [
        ("connection", "keep-alive"),
        ("content-length", str(len(answer.content))),
        ("date", "Mon, 23 Nov 2026 00:00:00 GMT"),
        ("server", "upstream/1"),
        ("x_odd", "kept"),
    ]


@pytest.mark.nginx
def test_connections_to_a_side_are_kept(running: Running) -> None:
    peers = {running.ask("GET", "/api/transactions")[1]["peer"] for _ in range(20)}
    assert len(peers) < 20


@pytest.mark.nginx
def test_a_large_body_is_taken(running: Running) -> None:
    assert (
        running.ask("POST", "/api/transactions", content=b"x" * 3_000_000)[1]["body"] == 3_000_000
    )


@pytest.mark.nginx
def test_a_websocket_is_upgraded_on_its_side(running: Running) -> None:
    assert upgraded(running, "/feed") == "service"
    assert upgraded(running, "/api/transactions") == "monolith"


def upgraded(running: Running, path: str) -> str:
    """Who echoes after the handshake on that path."""
    with socket.create_connection(("127.0.0.1", running.port), 5) as link:
        link.sendall(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\n\r\nhello".encode()
        )
        heard = b"".join(iter(lambda: link.recv(4096), b""))
    head, _, echo = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert echo.endswith(b"hello")
    return running.names[int(echo.removesuffix(b"hello"))]

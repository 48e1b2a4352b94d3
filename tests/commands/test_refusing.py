"""What stands in the way of a step leaves every kind of gateway serving as it did."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gateways
import pytest
from answering import answering
from servers import ask
from terminal import Done, edit, splitter

from splitter.effects.ports import free_port

pytestmark = pytest.mark.xdist_group("switching")

TEMPLATES = Path(__file__).parents[2] / "templates" / "gateway"
PASSED_OVER = re.compile(r"\.splitter/results/|gateway/.*(\.log|\.pid|_temp)")
BROKEN = {
    "nginx": ("nginx.conf", "merge_slashes off;", "merge_slashes of;"),
    "haproxy": ("haproxy.cfg", "option http-server-close", "option http-server-shut"),
    "caddy": ("Caddyfile", "flush_interval -1", "flush_interval often"),
    "traefik": ("dynamic.yml", "http:\n  routers", "http:\n\trouters"),
}
ELSEWHERE = {
    "nginx": ("nginx.conf", "http://$owner", "http://monolith"),
    "haproxy": ("haproxy.cfg", "use_backend %[var(txn.side)]", "use_backend monolith"),
    "caddy": ("Caddyfile", "reverse_proxy {target}", "reverse_proxy {{ monolith }}"),
    "traefik": ("dynamic.yml", 'url: "http://{{ address }}"', 'url: "http://{{ monolith }}"'),
}


@pytest.fixture(params=gateways.KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def saying(text: bytes) -> Iterator[int]:
    with answering(lambda method, target, body: (200, {}, text)) as url:
        yield int(url.rpartition(":")[2])


@contextmanager
def serving(project: Path, kind: str) -> Iterator[int]:
    """The gateway before a monolith; a service is there. Gives its port, on which all goes on
    as it was when it is over."""
    with saying(b"monolith") as monolith, saying(b"service") as service:
        port = gateways.configured(project, kind, monolith, service, closing=0.1)
        with gateways.serving(project, kind, port):
            assert ask(port, "/api/transactions").body == b"monolith"
            yield port
            assert ask(port, "/api/transactions").body == b"monolith"


def refused(project: Path, status: int) -> Done:
    """A step that fails, and leaves all as it was."""
    before = files(project)
    done = splitter("cutover", "transaction", "--to", "service", at=project, status=status)
    assert files(project) == before
    return done


def files(project: Path) -> dict[str, bytes]:
    every = [path for path in project.rglob("*") if path.is_file()]
    found = {path.relative_to(project).as_posix(): path.read_bytes() for path in every}
    return {path: data for path, data in found.items() if not PASSED_OVER.match(path)}


def with_own_template(project: Path, name: str, old: str, new: str) -> None:
    own = project / ".splitter" / "templates" / "gateway"
    own.mkdir(parents=True)
    text = (TEMPLATES / f"{name}.jinja").read_text()
    assert old in text
    (own / f"{name}.jinja").write_text(text.replace(old, new))


def test_files_that_it_does_not_take(with_services: Path, kind: str) -> None:
    with serving(with_services, kind):
        with_own_template(with_services, *BROKEN[kind])
        done = refused(with_services, 1)
    words = "does not take" if kind == "traefik" else "refuses"
    assert f"error: {kind} {words} the configuration; nothing was switched\n" in done.err
    assert "if .splitter/templates has a gateway template of your own, look there" in done.err


def test_files_that_send_requests_elsewhere(with_services: Path, kind: str) -> None:
    with serving(with_services, kind):
        with_own_template(with_services, *ELSEWHERE[kind])
        done = refused(with_services, 1)
    assert "GET /api/transactions was answered by monolith, not by transaction" in done.err


def test_a_service_that_is_down(with_services: Path, kind: str) -> None:
    with serving(with_services, kind):
        text = (with_services / "splitter.toml").read_text()
        port = re.search(r"services\.transaction\]\nport = (\d+)", text) or pytest.fail(text)
        edit(with_services, "splitter.toml", f"port = {port[1]}\n", f"port = {free_port()}\n")
        done = refused(with_services, 3)
    assert "transaction does not answer, so nothing was switched\n  start it: uvicorn" in done.err


def test_a_port_that_is_taken(with_services: Path, kind: str) -> None:
    gateways.command(kind, gateways.ANYWHERE)
    with saying(b"monolith") as monolith, saying(b"service") as service:
        port = gateways.configured(with_services, kind, monolith, service, closing=0.1)
        with socket.create_server(("127.0.0.1", port)):
            done = refused(with_services, 3)
    assert f"127.0.0.1:{port}: the gateway's port {port} is taken by " in done.err
    assert f"no {kind} of this project; nothing was switched\n" in done.err

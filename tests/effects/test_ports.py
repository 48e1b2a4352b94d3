"""Free and taken ports of the loopback."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from splitter.effects import ports


@pytest.fixture(params=["127.0.0.1", "::1", "0.0.0.0", "::"])
def listening(request: pytest.FixtureRequest) -> Iterator[int]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.socket(family) as server:
        try:
            server.bind((request.param, 0))
        except OSError:
            pytest.skip("no IPv6 here")
        server.listen()
        yield server.getsockname()[1]


def test_a_port_that_is_listened_at_is_taken_and_its_owner_named(listening: int) -> None:
    assert ports.port_taken(listening)
    assert ports.taken_by(listening).endswith(f" (process {os.getpid()})")


def test_a_free_port_is_free_and_nobodys() -> None:
    port = ports.free_port()
    assert not ports.port_taken(port)
    assert ports.taken_by(port) == ""
    with socket.create_server(("127.0.0.1", port)):
        assert ports.port_taken(port)


def test_a_port_is_free_again_though_its_last_connection_lingers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()
        client.close()
    assert not ports.port_taken(port)

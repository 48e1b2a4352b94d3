"""The gateways' programs, where they are there."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers import ask, running
from terminal import edit, splitter

from splitter.effects.gateways.programs import program
from splitter.effects.ports import free_ports
from splitter.errors import ToolMissing

KINDS = ("nginx", "haproxy", "caddy", "traefik")
ANYWHERE = Path("gateway")


def command(kind: str, folder: Path) -> list[str]:
    """What serves a folder's files, in the folder above it.

    Where the program is missing a user's run skips, and CI fails.
    """
    found = program(kind)
    assert found
    try:
        return found.run(folder)
    except ToolMissing as error:
        if os.environ.get("CI") == "true":
            pytest.fail(error.what)
        pytest.skip(error.what)


def configured(project: Path, kind: str, monolith: int, service: int, *, closing: float) -> int:
    """The example's settings for these servers, with a gateway on free ports; gives its port."""
    edit(project, "splitter.toml", "port = 8000\n", f"port = {monolith}\n")
    edit(project, "splitter.toml", "port = 8002\n", f"port = {service}\n")
    port, api, shadow = free_ports(3)
    with (project / "splitter.toml").open("a") as file:
        file.write(f'\n[gateway]\nkind = "{kind}"\nport = {port}\napi_port = {api}\n')
        file.write(f"shadow_port = {shadow}\nclosing_seconds = {closing}\n")
    return port


@contextmanager
def serving(project: Path, kind: str, port: int) -> Iterator[None]:
    """The gateway runs as the project is configured."""
    splitter("gateway", at=project)
    with running(command(kind, project / "gateway"), port, at=project, environment=os.environ):
        while ask(port, "/").status == 404:  # Traefik listens before it has read its files
            time.sleep(0.05)
        yield

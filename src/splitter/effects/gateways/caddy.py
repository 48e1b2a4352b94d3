"""Caddy: checked by `caddy validate`, reloaded through its administration socket.

A reload loses connections that are just being made: it binds its port anew and closes the socket
they wait at. How far a route has moved is therefore read at each request, from a file.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from splitter.effects.gateways.program import Program, closing, executable, pid_in
from splitter.effects.gateways.sockets import told


def program() -> Program:
    return Program(
        "caddy",
        check=lambda folder: [*_caddy("validate"), *_config(folder)],
        run=lambda folder: [
            *(*_caddy("run"), *_config(folder)),
            *("--pidfile", f"{folder.name}/caddy.pid"),
        ],
        start="caddy run --adapter caddyfile --config gateway/Caddyfile "
        "--pidfile gateway/caddy.pid",
        pid=lambda folder: pid_in(folder / "caddy.pid", "caddy"),
        reload=_reload,
        loaded=_loaded,
        log="caddy.log",
        closing=closing,
    )


def _caddy(command: str) -> list[str]:
    return [executable("caddy"), command]


def _config(folder: Path) -> list[str]:
    return ["--adapter", "caddyfile", "--config", f"{folder.name}/Caddyfile"]


def _reload(folder: Path, pid: int) -> None:
    """A refused file leaves the old one in force; `loaded` tells."""
    command = [*_caddy("reload"), *_config(folder), "--address", f"unix/{folder.name}/caddy.sock"]
    subprocess.run(
        command, cwd=folder.parent, stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )


def _loaded(folder: Path, generation: str, port: int) -> bool:
    try:
        main, other = ((folder / name).read_text() for name in ("Caddyfile", "ways.txt"))
    except OSError:
        return False
    shape = re.search(r"\bvars shape (\w+)", main)
    if shape is None or not other.startswith(generation):
        return False
    request = b"GET /config/ HTTP/1.0\r\nHost: localhost\r\n\r\n"
    return shape[1].encode() in told(folder / "caddy.sock", request)

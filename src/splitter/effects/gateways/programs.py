"""The program of each kind of gateway."""

from __future__ import annotations

from splitter.effects.gateways import caddy, haproxy, nginx, traefik
from splitter.effects.gateways.program import Program

_PROGRAMS = {
    "nginx": nginx.program,
    "haproxy": haproxy.program,
    "caddy": caddy.program,
    "traefik": traefik.program,
}


def program(kind: str) -> Program:
    """How a gateway of that kind is checked, started and reloaded."""
    return _PROGRAMS[kind]()

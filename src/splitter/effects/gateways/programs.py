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


def program(kind: str) -> Program | None:
    """How a gateway of that kind is checked, started and reloaded; None if not on this machine."""
    return _PROGRAMS[kind]() if kind in _PROGRAMS else None


def start_words(kind: str) -> str:
    """The command by which a user starts it, in the project's folder."""
    found = program(kind)
    return found.start if found else "kubectl apply -f gateway/httproute.yml"

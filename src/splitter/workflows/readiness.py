"""Whether all that a move of traffic needs is there: who is to answer, and the gateway's port."""

from __future__ import annotations

from collections.abc import Set

from splitter.actions.gateway import Gateway
from splitter.effects import plain_http, ports
from splitter.errors import StartError
from splitter.model.routing import MONOLITH, State


def refuse_the_down(service: str, states: Set[State], gateway: Gateway) -> None:
    """StartError where a side that is to answer in one of the states is not there, or not ready."""
    if states & {State.SHADOW, State.CANARY, State.SERVICE}:
        _refuse_if_down(service, gateway.services[service])
    if states & {State.SHADOW, State.CANARY, State.MONOLITH}:
        _refuse_if_down(MONOLITH, gateway.monolith)


def refuse_a_taken(port: int, program: str) -> None:
    """StartError where somebody else has the port that the gateway is to have."""
    if ports.port_taken(port):
        owner = ports.taken_by(port)
        raise StartError(
            f"the gateway's port {port} is taken"
            + (f" by {owner}" if owner else "")
            + f", which is no {program} of this project; nothing was switched",
            where=f"127.0.0.1:{port}",
            hint="stop what listens there, or give another port: port under [gateway] "
            "in splitter.toml",
        )


def _refuse_if_down(name: str, address: str) -> None:
    host, _, port = address.rpartition(":")
    path = "/" if name == MONOLITH else "/health/ready"
    status = plain_http.status_of(int(port), path, host=host)
    if status is None:
        raise StartError(
            f"{name} does not answer, so nothing was switched",
            where=address,
            hint="start it, then run this again"
            if name == MONOLITH
            else f"start it: uvicorn services.{name}_service.main:app --port {port}",
        )
    if name != MONOLITH and status >= 500:
        raise StartError(
            f"{name} says of itself that it is not ready (status {status} on {path}), "
            "so nothing was switched",
            where=address,
            hint=f"see what http://{address}{path} says",
        )

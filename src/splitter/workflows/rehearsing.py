"""A gateway's configuration is tried out before it is switched to: validated, every route asked.

The copy that is asked has stand-ins for the monolith and the services behind it, so that no
request of a rehearsal has an effect.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from splitter.actions.dialects import DIALECTS, FOLDER
from splitter.actions.gateway import Gateway, generation_of, texts_of
from splitter.actions.probing import Probe, probes
from splitter.effects import plain_http, ports, processes
from splitter.effects.gateways.program import Program
from splitter.effects.launching import launched
from splitter.effects.scratch import lay, scratch
from splitter.effects.standins import HEADER, StandIn, standing_in
from splitter.errors import RefusedError, StartError
from splitter.model.routing import MONOLITH, RoutingTable
from splitter.workflows.data import Say

_SHOWN = 5
_HANDSHAKE = {
    **{"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"},
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
_ATTEMPTS = 3
_START_SECONDS = 10.0
_MIRROR_SECONDS = 5.0


def rehearse(
    gateway: Gateway,
    table: RoutingTable,
    files: Mapping[str, bytes],
    *,
    program: Program,
    templates: Mapping[str, str],
    say: Say,
) -> None:
    """Have the program validate `files`, then put every route through a copy of it.

    RefusedError if the program refuses them, or if a request went elsewhere than the table says.
    """
    with scratch("gateway") as at:
        lay(at / "given", files)
        _validate(program, at / "given" / FOLDER)
        with standing_in([MONOLITH, *gateway.services]) as sides:
            asked = probes(
                table,
                testers=bool(gateway.header),
                mirrors=DIALECTS[gateway.kind].mirrors,
            )
            copy = replace(
                gateway,
                monolith=f"127.0.0.1:{sides[MONOLITH].port}",
                services={name: f"127.0.0.1:{sides[name].port}" for name in gateway.services},
            )
            with _side(program, copy, table, templates, at) as port:
                wrong = _wrong(asked, replace(copy, port=port), sides)
    if wrong:
        more = len(wrong) - _SHOWN
        raise RefusedError(
            "the gateway would not do what the routing table says; nothing was switched",
            reasons=(*wrong[:_SHOWN], *([f"and {more} more"] if more > 0 else [])),
            hint="if .splitter/templates has a gateway template of your own, look there",
        )
    say(f"{len(asked)} requests through a copy of {program.name} went where they should")


def _validate(program: Program, folder: Path) -> None:
    command = program.check(folder)
    if not command:
        return
    done = subprocess.run(
        command,
        cwd=folder.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).replace(f"{folder}/", "")
        raise RefusedError(
            f"{program.name} refuses the configuration; nothing was switched",
            reasons=tuple(said.strip().splitlines()[-10:]),
            hint="if .splitter/templates has a gateway template of your own, look there",
        )


@contextmanager
def _side(
    program: Program,
    gateway: Gateway,
    table: RoutingTable,
    templates: Mapping[str, str],
    at: Path,
) -> Iterator[int]:
    """A gateway on a free port, which it gives; one that was taken meanwhile is tried again."""
    with ExitStack() as stack:
        for attempt in range(_ATTEMPTS):
            port, api_port, nobody = ports.free_ports(3)
            copy = replace(gateway, port=port, api_port=api_port, shadow_port=nobody)
            texts = texts_of(copy, table, templates)
            lay(at / f"side{attempt}", {path: text.encode() for path, text in texts.items()})
            folder = at / f"side{attempt}" / FOLDER
            try:
                stack.enter_context(_running(program, folder, port, generation_of(copy, table)))
                break
            except StartError:
                if attempt == _ATTEMPTS - 1:
                    raise
        yield copy.port


@contextmanager
def _running(program: Program, folder: Path, port: int, generation: str) -> Iterator[None]:
    log = folder / "output.log"
    with (
        log.open("wb") as output,
        launched(
            program.run(folder),
            folder=folder.parent,
            environment={},
            stdout=output,
            stderr=subprocess.STDOUT,
            grace=1,
        ) as started,
    ):
        deadline = time.monotonic() + _START_SECONDS
        while plain_http.status_of(port, "/") is None:
            if started.watchdog.poll() is not None or time.monotonic() > deadline:
                raise StartError(
                    f"{program.name} did not start on a side port; nothing was switched",
                    where=f"127.0.0.1:{port}",
                    hint=processes.log_end(log),
                )
            time.sleep(0.03)
        while not program.loaded(folder, generation, port):
            if time.monotonic() > deadline:
                raise RefusedError(
                    f"{program.name} does not take the configuration; nothing was switched",
                    reasons=tuple(processes.log_end(folder / program.log, 5).splitlines()),
                    hint="if .splitter/templates has a gateway template of your own, look there",
                )
            time.sleep(0.03)
        yield


def _wrong(asked: Sequence[Probe], gateway: Gateway, sides: Mapping[str, StandIn]) -> list[str]:
    found = []
    for probe in asked:
        headers = dict(_HANDSHAKE) if probe.websocket else {}
        if probe.asks_for:
            headers[gateway.header] = probe.asks_for
        heard = plain_http.answer(
            gateway.port, probe.path, method=probe.method, headers=headers, timeout=10
        )
        who = heard[1].get(HEADER, f"nobody (status {heard[0]})") if heard else "nobody"
        if who not in probe.answerers:
            wanted = " or ".join(sorted(probe.answerers))
            found.append(f"{probe.title} was answered by {who}, not by {wanted}")
    return found + list(_unheard(asked, sides))


def _unheard(asked: Sequence[Probe], sides: Mapping[str, StandIn]) -> Iterator[str]:
    """What a service in the shadow should have heard, and what it should not."""
    wanted = {(p.mirrored, f"{p.method} {p.path}") for p in asked if p.mirrored}
    deadline = time.monotonic() + _MIRROR_SECONDS

    def missing() -> list[tuple[str, str]]:
        return [(s, line) for s, line in sorted(wanted) if line not in sides[s].heard]

    while missing() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield from (f"{line} was not mirrored to {service}" for service, line in missing())

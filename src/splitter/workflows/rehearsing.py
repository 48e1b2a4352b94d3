"""A gateway's configuration is tried out before it is switched to: validated, every route asked.

The copy that is asked has stand-ins for the monolith and the services behind it, so that no
request of a rehearsal has an effect.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from splitter.actions.gateway import CONFIGURATION, Gateway, texts_of
from splitter.actions.probing import Probe, probes
from splitter.effects import plain_http, ports, processes
from splitter.effects.gateways.program import Program
from splitter.effects.launching import launched
from splitter.effects.scratch import lay, scratch
from splitter.effects.standins import HEADER, StandIn, standing_in
from splitter.errors import RefusedError, StartError
from splitter.model.routing import MONOLITH, RoutingTable
from splitter.workflows.data import Say

FOLDER = CONFIGURATION.rpartition("/")[0]
_SHOWN = 5
_START_SECONDS = 20.0
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
        _validate(program, at / "given" / FOLDER, at, gateway)
        with standing_in([MONOLITH, *gateway.services]) as sides:
            copy = replace(
                gateway,
                port=ports.free_port(),
                monolith=f"127.0.0.1:{sides[MONOLITH].port}",
                services={name: f"127.0.0.1:{sides[name].port}" for name in gateway.services},
            )
            texts = texts_of(copy, table, templates)
            lay(at / "side", {path: text.encode() for path, text in texts.items()})
            asked = probes(table, testers=bool(gateway.header))
            with _running(program, at / "side" / FOLDER, copy.port):
                wrong = _wrong(asked, copy, sides)
    if wrong:
        more = len(wrong) - _SHOWN
        raise RefusedError(
            "the gateway would not do what the routing table says; nothing was switched",
            reasons=(*wrong[:_SHOWN], *([f"and {more} more"] if more > 0 else [])),
            hint="if .splitter/templates has a gateway template of your own, look there",
        )
    say(f"{len(asked)} requests through a copy of {program.name} went where they should")


def _validate(program: Program, folder: Path, at: Path, gateway: Gateway) -> None:
    command = program.check(folder)
    if not command:
        return
    done = subprocess.run(
        command, cwd=at, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    if done.returncode:
        said = (done.stderr or done.stdout).replace(f"{folder}/", "")
        raise RefusedError(
            f"{program.name} refuses the configuration; nothing was switched",
            reasons=tuple(said.strip().splitlines()[-10:]),
            hint="if .splitter/templates has a gateway template of your own, look there",
        )


@contextmanager
def _running(program: Program, folder: Path, port: int) -> Iterator[None]:
    log = folder.parent / "output.log"
    with (
        log.open("wb") as output,
        launched(
            program.run(folder),
            folder=folder,
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
        yield


def _wrong(asked: Sequence[Probe], gateway: Gateway, sides: Mapping[str, StandIn]) -> list[str]:
    found = []
    for probe in asked:
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"} if probe.websocket else {}
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

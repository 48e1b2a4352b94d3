"""Requests as they go to the servers of the settings, where those that were asked are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from splitter.model.parity import Verdict
from splitter.settings import Settings


def at_home(settings: Settings, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Verdicts whose requests name the ports that the settings give the monolith and the services.

    What no service of the settings has is the monolith's on both sides.
    """
    for verdict in verdicts:
        if verdict.asked:
            section = settings.services.get(verdict.case.service)
            own = settings.monolith.port
            ports = own, section.port if section else own
            urls = (f"http://127.0.0.1:{port}" for port in ports)
            pairs = zip(verdict.asked, urls, strict=True)
            first, second = (replace(asked, base_url=url) for asked, url in pairs)
            verdict = replace(verdict, asked=(first, second))
        yield verdict

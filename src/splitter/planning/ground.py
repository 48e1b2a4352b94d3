"""What every plan starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from splitter.discovery.parsing import Parsed
from splitter.model.monolith import Route, RunningApp


@dataclass(frozen=True, slots=True)
class Ground:
    """What every plan starts from. `app` is `module:attribute`; `homes` as in splitter.toml.

    `leave_out` are the names that every service does without.
    """

    parsed: Parsed
    routes: tuple[Route, ...]
    app: str
    routes_package: str
    homes: Mapping[str, str]
    running: RunningApp
    leave_out: tuple[str, ...] = ()

    @property
    def application(self) -> str:
        """The module of the application."""
        return self.app.partition(":")[0]

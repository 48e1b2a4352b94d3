"""Whose a piece of code is: a service owns its route modules, and what its `owns` names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from splitter.errors import UsageError
from splitter.model.plan import Service
from splitter.planning.program import Place, Program
from splitter.planning.selecting import Selection


@dataclass(frozen=True, slots=True)
class Owner:
    """A service, and whether it was named as the owner: else it has the route module."""

    service: str
    named: bool


class Owners:
    """The owners of all statements that have one."""

    def __init__(
        self,
        program: Program,
        services: Iterable[Service],
        selections: Mapping[str, Selection],
    ) -> None:
        """UsageError where `owns` names what is not there, or a route module of another."""
        self._program = program
        self._by_name: dict[str, Owner] = {}
        for name, selection in selections.items():
            self._by_name |= dict.fromkeys(selection.modules, Owner(name, False))
        for service in services:
            for owned in service.owns:
                self._check(service.name, owned)
        named = {owned: Owner(s.name, True) for s in services for owned in s.owns}
        self._by_name |= named
        self._modules: dict[str, bool] = {}

    def of(self, place: Place) -> Owner | None:
        """The owner of a top-level statement: the one that is named most closely."""
        if not self._has_owned(place[0]):
            return None
        statement = self._program.statement(place)
        bound = min(statement.binds) if len(statement.binds) == 1 else ""
        parts = [*place[0].split("."), *filter(None, [bound])]
        for count in range(len(parts), 0, -1):
            found = self._by_name.get(".".join(parts[:count]))
            if found is not None:
                return found
        return None

    def _has_owned(self, module: str) -> bool:
        """Whether a module, what is around it or something in it has an owner."""
        if module not in self._modules:
            self._modules[module] = any(
                f"{module}.".startswith(f"{name}.") or name.startswith(f"{module}.")
                for name in self._by_name
            )
        return self._modules[module]

    def _check(self, service: str, owned: str) -> None:
        where = f"services.{service}.owns"
        module, _, name = owned.rpartition(".")
        if not self._program.is_module(owned) and not self._program.binds(module, name):
            near = difflib.get_close_matches(owned, [*self._program.views], 1)
            hint = f"did you mean {near[0]!r}?" if near else "name a module, a package or a name"
            raise UsageError(f"the monolith has no {owned}", where=where, hint=hint)
        for route_module, owner in self._by_name.items():
            if f"{owned}.".startswith(f"{route_module}.") and owner.service != service:
                raise UsageError(
                    f"{owned} belongs to the {owner.service} service, which has its routes",
                    where=where,
                    hint="give it to one of them",
                )

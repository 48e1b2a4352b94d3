"""splitter.toml, written and added to: a user's comments, order and spelling stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from splitter.model.plan import Service

PATH = "splitter.toml"


def new_settings(
    *,
    monolith: Mapping[str, Any],
    services: Iterable[Service],
    homes: Mapping[str, str],
    database: Mapping[str, str],
    cases: Iterable[str],
) -> bytes:
    """A splitter.toml with what init saw, explained line by line."""
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment("What splitter goes by. Change it as you see fit."))
    document.add("monolith", _table(monolith))
    shared = _table(homes)
    shared.comment("modules of the monolith → their homes in shared/")
    if homes:
        document.add("homes", shared)
    if database:
        held = _table(database)
        held.comment("which variable names the database, and what holds without it")
        document.add("database", held)
    document.add("parity", _table({"cases": list(cases)}))
    document.add("services", tomlkit.table(is_super_table=True))
    text = tomlkit.dumps(document)
    for service in services:
        text = with_service(text, service)
    return text.encode("utf-8")


def with_service(
    text: str, service: Service, *, instead_of: str = "", section: tuple[str, ...] = ()
) -> str:
    """The settings with a service in them, in the place of the one called `instead_of`.

    `section` is the table of `text` that holds the settings, such as `tool.splitter`.
    """
    import tomlkit

    document = tomlkit.parse(text)
    table: Any = document
    for key in section:
        table = table[key]
    services = table.setdefault("services", tomlkit.table(is_super_table=True))
    if instead_of and instead_of in services:
        kept = {n: t for n, t in services.items() if n != instead_of}
        before = list(services).index(instead_of)
        for name in list(services):
            del services[name]
        names = list(kept)
        for name in [*names[:before], service.name, *names[before:]]:
            services[name] = kept.get(name, _service(service))
    elif service.name in services:
        services[service.name]["port"] = service.port
        if service.routes:
            services[service.name]["routes"] = list(service.routes)
        for key, names in _named(service).items():
            services[service.name][key] = names
    else:
        services[service.name] = _service(service)
    return tomlkit.dumps(document)


def _service(service: Service) -> Any:
    return _table({"port": service.port, "routes": list(service.routes), **_named(service)})


def _named(service: Service) -> dict[str, list[str]]:
    """What of the monolith is its own besides, and what it does without."""
    named = {"owns": list(service.owns), "leave_out": list(service.leave_out)}
    return {key: names for key, names in named.items() if names}


def _table(values: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, value)
    return table

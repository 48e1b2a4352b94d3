"""What services are called that nobody has named yet."""

from __future__ import annotations

from collections.abc import Container, Iterable

from splitter.errors import UsageError
from splitter.planning.selecting import service_name
from splitter.settings import RESERVED_NAMES, check_name


def service_names(modules: Iterable[str]) -> dict[str, str]:
    """A name for the service of each route module, no two alike; what gets none is left out."""
    names: dict[str, str] = {}
    for module in modules:
        name = _free_name(module, set(names.values()))
        if name:
            names[module] = name
    return names


def _free_name(module: str, taken: Container[str]) -> str:
    parts = module.split(".")
    name = service_name(module)
    for count in range(2, len(parts) + 2):
        try:
            check_name(name)
        except UsageError:
            name = f"{name}_routes" if name in RESERVED_NAMES else "routes"
        if name not in taken:
            return name
        name = "_".join([*parts[-count:-1], service_name(module)])
    return ""

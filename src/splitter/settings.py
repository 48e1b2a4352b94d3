"""splitter.toml or [tool.splitter], the environment and flags, as one frozen Settings.

A key that is not known is refused with the nearest known one. Precedence: flag, then a
`SPLITTER_*` variable (`SPLITTER_MONOLITH__APP`), then the file, then the default.
"""

from __future__ import annotations

import difflib
import keyword
import os
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.sources import InitSettingsSource

from splitter.errors import ConfigurationError, DiskError, UsageError
from splitter.model.plan import Service

FIRST_PORT = 8001


Source = Literal["cases", "tests", "openapi"]
"""Where cases come from: files, the monolith's tests, its OpenAPI."""

GatewayKind = Literal["nginx", "haproxy", "caddy", "traefik", "gateway-api"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _dotted(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(f"{name!r} is not a dotted name, such as app.billing")
    return names


class MonolithSection(_Section):
    """Where the monolith is and how it runs."""

    app: str = "main:app"
    factory: bool = False
    routes: str = ""
    python: str = ""
    port: int = Field(8000, ge=1, le=65535)
    lifespan: bool = False
    start_seconds: float = Field(90, gt=0)
    environment: dict[str, str] = Field(default_factory=dict)
    leave_out: tuple[str, ...] = ()

    @field_validator("leave_out")
    @classmethod
    def _are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _dotted(value)

    @field_validator("app")
    @classmethod
    def _is_an_application(cls, value: str) -> str:
        if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*", value):
            raise ValueError("is MODULE:ATTRIBUTE, as uvicorn takes it, such as main:app")
        return value


class ServiceSection(_Section):
    """A service: its port, its routes as modules, files or URL prefixes, and what it owns besides.

    `owns` are modules, packages or names in modules that no other service has for itself;
    `leave_out` are modules, packages, functions, classes or methods that it does without, besides
    those that `leave_out` below [monolith] names for all services.
    """

    port: int = Field(ge=1, le=65535)
    routes: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()

    @field_validator("owns", "leave_out")
    @classmethod
    def _are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _dotted(value)

    def named(self, name: str) -> Service:
        """The service that this section describes."""
        return Service(name, self.port, self.routes, self.owns, self.leave_out)


class DatabaseSection(_Section):
    """Where the database is, and which variables point a process to another one.

    `url_env` names it as a URL; `url` holds where that is not set (`$NAME` stands for a variable).
    `environment` is for applications that are told in parts, or by a folder: in its values
    `{url}`, `{name}` and `{folder}` stand for the URL and name of a side's own copy of the
    database, and for a side's own copy of the folder with the application's data. `folder` is
    what that is copied from; without it, the monolith is started once to make its data.
    `isolation` says who has data and servers of its own: each `session` that writes, or each `run`.
    """

    url_env: str = ""
    url: str = ""
    folder: str = ""
    environment: dict[str, str] = Field(default_factory=dict)
    isolation: Literal["session", "run"] = "session"

    @field_validator("environment")
    @classmethod
    def _can_be_filled(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            try:
                text.format(url="", name="", folder="")
            except (LookupError, ValueError):
                raise ValueError(f"{name} may use {{url}}, {{name}} and {{folder}} only") from None
        return value


class ParitySection(_Section):
    """What parity-check puts to both sides when it is not told otherwise.

    `cases` are files, `tests` the command that runs the monolith's tests, and `sources` says which
    of cases, tests and openapi are taken. `accepted` are lists of differences that do not count.
    """

    cases: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    tests: str = ""
    sources: tuple[Source, ...] = ()
    login: dict[str, Any] = Field(default_factory=dict)
    concurrency: int = Field(8, ge=1)
    timeout: float = Field(30, gt=0)


class GatewaySection(_Section):
    """The gateway's own port, and what it goes by.

    `live` are the services that have their traffic from the start; what `splitter cutover` has
    moved is in the routing table. `hosts` tells where `monolith` and services are, if not on this
    machine. `sticky` is what keeps a client on one side of a canary: `address`, `header:NAME` or
    `cookie:NAME`. `header` is the one by which a tester names a side; empty, there is none.
    `api_port` is where Traefik can be asked, on this machine, what it goes by; `parent` is the
    Gateway that HTTPRoutes belong to.
    `closing_seconds` is how long clients are told to close their connections before a reload.
    While traffic is watched, a service may give `error_bound` percent points more errors than the
    monolith, and a `sample` of so many requests is put to both; what comes in a shadow is
    heard on `shadow_port`, on this machine, for that.
    """

    kind: GatewayKind = "nginx"
    port: int = Field(8080, ge=1, le=65535)
    live: tuple[str, ...] = ()
    hosts: dict[str, str] = Field(default_factory=dict)
    sticky: str = Field("address", pattern=r"^(address|(header|cookie):[A-Za-z0-9_-]+)$")
    header: str = Field("X-Splitter-Service", pattern=r"^[A-Za-z0-9-]*$")
    parent: str = "gateway"
    api_port: int = Field(8079, ge=1, le=65535)
    shadow_port: int = Field(8078, ge=1, le=65535)
    closing_seconds: float = Field(2, ge=0, le=60)
    error_bound: float = Field(1, ge=0, le=100)
    sample: int = Field(50, ge=0)

    @property
    def sticky_key(self) -> tuple[str, str]:
        """As `("address", "")`, `("http", HEADER)` or `("cookie", NAME)`."""
        kind, _, name = self.sticky.partition(":")
        return ("http" if kind == "header" else kind), name


class FrontendSection(_Section):
    """Where the frontend is: a folder, relative to the project's; found by its files if empty."""

    folder: str = ""


class DeprecationSection(_Section):
    """How long an old route is to be without hits before it may go, and where hits are kept.

    `hits` is what SPLITTER_HITS says where the monolith runs; relative to the project's folder.
    """

    quiet_days: float = Field(14, ge=0)
    hits: str = ".splitter/hits"


class Settings(BaseSettings):
    """Everything that the commands go by."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix="SPLITTER_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
    )

    monolith: MonolithSection = MonolithSection()
    services: dict[str, ServiceSection] = Field(default_factory=dict)
    homes: dict[str, str] = Field(default_factory=dict)
    database: DatabaseSection = DatabaseSection()
    parity: ParitySection = ParitySection()
    gateway: GatewaySection = GatewaySection()
    frontend: FrontendSection = FrontendSection()
    deprecation: DeprecationSection = DeprecationSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        assert isinstance(init_settings, InitSettingsSource)
        file = init_settings.init_kwargs.pop("_file", {})
        return init_settings, env_settings, _Table(settings_cls, file)

    @property
    def python(self) -> str:
        """The interpreter that has the monolith's dependencies."""
        active = os.environ.get("VIRTUAL_ENV", "")
        if self.monolith.python:
            return self.monolith.python
        return f"{active}/bin/python" if active else sys.executable

    def planned(self) -> tuple[Service, ...]:
        """The services of the file, in its order."""
        return tuple(section.named(name) for name, section in self.services.items())

    def service(self, name: str) -> Service:
        """The service of that name; ConfigurationError with a suggestion where there is none."""
        if name not in self.services:
            raise UsageError(
                f"there is no service {name!r}",
                hint=_suggest(name, list(self.services), "services")
                or f"splitter scaffold {name} --port N makes one",
            )
        return self.services[name].named(name)


class _Table(TomlConfigSettingsSource):
    """A table that was read already, in the place of a file."""

    def __init__(self, settings_cls: type[BaseSettings], table: dict[str, Any]) -> None:
        InitSettingsSource.__init__(self, settings_cls, table)


def load(root: Path, flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of the project in `root`. ConfigurationError names file and key."""
    where, table = read_table(root)
    return settings_of(table, where, flags)


def settings_of(
    table: dict[str, Any], where: str, flags: Mapping[str, Any] | None = None
) -> Settings:
    """The settings that a table of splitter's keys makes; `where` names it in an error."""
    try:
        settings = Settings(**{**(flags or {}), "_file": table})
    except ValidationError as error:
        raise _explained(error, where) from None
    for name in settings.services:
        check_name(name, where=f"{where}: services.{name}")
    _check_ports(settings, where)
    _check_owners(settings, where)
    return settings


def read_table(root: Path) -> tuple[str, dict[str, Any]]:
    """The file that configures the project (its name) and its table of splitter's keys."""
    for name in ("splitter.toml", "pyproject.toml"):
        path = root / name
        if not path.is_file():
            continue
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise _no_toml(name, str(error)) from None
        except OSError as error:
            raise DiskError(f"cannot read {name}: {error.strerror}", where=str(path)) from None
        if name == "splitter.toml":
            return name, table
        if "splitter" in table.get("tool", {}):
            return "pyproject.toml [tool.splitter]", table["tool"]["splitter"]
    return "splitter.toml", {}


def _no_toml(name: str, reason: str) -> ConfigurationError:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", reason)
    where = f"{name}:{place[1]}:{place[2]}" if place else name
    what = reason[: place.start()] if place else reason
    return ConfigurationError(
        f"this is not TOML: {what}", where=where, hint="mend it, or take it from version control"
    )


RESERVED_NAMES = ("shared", "monolith")
"""What else may own files, or answer requests, beside the services."""


def check_name(name: str, *, where: str = "") -> None:
    """A service's name becomes part of a package name (PEP 8): refuse what cannot."""
    if name in RESERVED_NAMES:
        hint = f"another name; for example '{name}_routes'"
        raise UsageError(f"{name!r} is splitter's own word, not a service", where=where, hint=hint)
    if re.fullmatch(r"[a-z][a-z0-9_]*", name) and not keyword.iskeyword(name):
        return
    better = re.sub(r"\W+", "_", name.strip().lower()).strip("_")
    better = re.sub(r"^\d+_*", "", better)
    hint = "lower-case letters, digits and _ , a letter first"
    if better and not keyword.iskeyword(better):
        hint += f"; for example {better!r}"
    raise UsageError(f"{name!r} is not a name for a service", where=where, hint=hint)


def check_port(port: int, *, name: str, settings: Settings) -> None:
    """Refuse a port that is no port, or that the monolith, the gateway or a service has."""
    free = next_port(settings)
    if not 1 <= port <= 65535:
        raise UsageError(f"{port} is not a port", hint=f"1 to 65535; {free} is free")
    for owner, taken in _owners(settings):
        if taken == port and owner != f"{name} service":
            raise UsageError(f"port {port} is the {owner}'s", hint=f"{free} is free")


def next_port(settings: Settings, start: int = FIRST_PORT) -> int:
    """The first port from `start` that nothing in the settings has."""
    taken = {port for _, port in _owners(settings)}
    return next(port for port in range(start, 65536) if port not in taken)


def _owners(settings: Settings) -> list[tuple[str, int]]:
    return [
        ("monolith", settings.monolith.port),
        ("gateway", settings.gateway.port),
        *((f"{name} service", section.port) for name, section in settings.services.items()),
    ]


def _check_ports(settings: Settings, where: str) -> None:
    seen: dict[int, str] = {}
    for owner, port in _owners(settings):
        if port in seen:
            raise ConfigurationError(
                f"port {port} is given to the {seen[port]} and to the {owner}",
                where=where,
                hint=f"{next_port(settings)} is free",
            )
        seen[port] = owner


def _check_owners(settings: Settings, where: str) -> None:
    seen: dict[str, str] = {}
    for service, section in settings.services.items():
        for owned in section.owns:
            if seen.setdefault(owned, service) != service:
                raise ConfigurationError(
                    f"{owned} is owned by {seen[owned]} and by {service}",
                    where=f"{where}: services.{service}.owns",
                    hint="give it to one of them",
                )


def _explained(error: ValidationError, where: str) -> ConfigurationError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    variable = f"SPLITTER_{'__'.join(str(part) for part in first['loc'])}".upper()
    where = variable if variable in os.environ else where
    if first["type"] == "extra_forbidden":
        known = _known_keys(first["loc"][:-1])
        return ConfigurationError(
            f"unknown key {key!r}",
            where=where,
            hint=_suggest(str(first["loc"][-1]), known, "keys"),
        )
    message = first["msg"].removeprefix("Value error, ")
    return ConfigurationError(f"{key}: {message} (got {first.get('input')!r})", where=where)


def _known_keys(path: Sequence[int | str]) -> list[str]:
    sections: dict[str, type[BaseModel]] = {
        "monolith": MonolithSection,
        "services": ServiceSection,
        "database": DatabaseSection,
        "parity": ParitySection,
        "gateway": GatewaySection,
        "frontend": FrontendSection,
        "deprecation": DeprecationSection,
    }
    model = sections.get(str(path[0])) if path else Settings
    return list(model.model_fields) if model else []


def _suggest(given: str, known: Sequence[str], what: str) -> str:
    near = difflib.get_close_matches(given, known, 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known {what}: {', '.join(known)}" if known else ""

"""Where the traffic of each route goes now: the routing table, whole for the monolith as it is."""

from __future__ import annotations

from splitter.actions.dialects import DIALECTS
from splitter.actions.gateway import Gateway
from splitter.actions.routing_file import read_table
from splitter.actions.traffic import whole
from splitter.errors import ConfigurationError, UsageError
from splitter.model.changes import Note
from splitter.model.routing import MONOLITH, RoutingTable
from splitter.planning.ground import Ground
from splitter.planning.selecting import select
from splitter.workflows.look import has_routes
from splitter.workflows.project import Project


def present(project: Project, ground: Ground) -> tuple[RoutingTable, tuple[Note, ...]]:
    """The table with every route of the monolith, and what is odd about it.

    UsageError where gateway.live names what is no service yet.
    """
    live = project.settings.gateway.live
    for name in live:
        service = project.settings.service(name)
        if f"{service.folder}/main.py" not in project.sources:
            raise UsageError(
                f"gateway.live names {name}, which has no service yet",
                where="splitter.toml",
                hint=f"splitter split {name} --port {service.port}",
            )
    planned = [s for s in project.planned() if has_routes(s, ground.routes)]
    owned = {s.name: select(s, ground.routes)[1] for s in planned}
    return whole(read_table(project.sources), ground.routes, owned, live)


def gateway_of(project: Project) -> Gateway:
    """The gateway as the settings have it, before the services that are made.

    ConfigurationError where its kind cannot do what they say.
    """
    settings = project.settings
    hosts, (sticky, _) = settings.gateway.hosts, settings.gateway.sticky_key
    kind = settings.gateway.kind
    if sticky != "address" and sticky not in DIALECTS[kind].sticky:
        raise ConfigurationError(
            f"gateway.sticky: {kind} cannot tell clients by {settings.gateway.sticky}",
            where=project.settings_file[0],
            hint="see docs/cutover.md for what each gateway can",
        )

    def address(name: str, port: int) -> str:
        return f"{hosts.get(name, '127.0.0.1')}:{port}"

    return Gateway(
        settings.gateway.port,
        address(MONOLITH, settings.monolith.port),
        {
            service.name: address(service.name, service.port)
            for service in project.planned()
            if f"{service.folder}/main.py" in project.sources
        },
        sticky=settings.gateway.sticky_key,
        header=settings.gateway.header,
        kind=settings.gateway.kind,
        api_port=settings.gateway.api_port,
        shadow_port=settings.gateway.shadow_port,
        parent=settings.gateway.parent,
    )

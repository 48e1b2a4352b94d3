"""With the real gateways: what each sends where, for routes that are hard to tell."""

from collections.abc import Sequence
from dataclasses import replace

import gateways
import pytest

from splitter.actions.gateway import Gateway, texts_of
from splitter.effects.gateways.program import Program
from splitter.effects.gateways.programs import program
from splitter.effects.templates import read_templates
from splitter.errors import RefusedError
from splitter.model.routing import Entry, RoutingTable, State, share
from splitter.workflows.rehearsing import rehearse

GATEWAY = Gateway(8080, "127.0.0.1:8000", {"a": "127.0.0.1:8001", "b": "127.0.0.1:8002"})
ROUTES = [
    (("GET",), "/api/v1/a", "http", "a"),
    (("POST",), "/api/v1/a", "http", ""),
    (("GET",), "/api/v1/a/export.csv", "http", ""),
    (("GET", "PUT", "DELETE"), "/api/v1/a/{id:int}", "http", "a"),
    (("GET",), "/api/v1/a/{id}", "http", "b"),
    (("PATCH",), "/api/v1/a/{id:uuid}/{size:float}", "http", "a"),
    (("GET",), "/api/v1/{username}/post", "http", "a"),
    (("GET",), "/api/v1/b/", "http", "b"),
    (("HEAD", "OPTIONS"), "/api/v1/b/", "http", "a"),
    ((), "/feed", "websocket", "b"),
    ((), "/talk/{room}", "websocket", ""),
    ((), "/static", "mount", ""),
    (("GET",), '/it\'s/"q"; {x}$s`n/ü', "http", "b"),
    (("GET",), "/pages/{path:path}", "http", "b"),
]


def of(kind: str) -> Program:
    found = program(kind)
    assert found
    return found


def table(a: State, b: State) -> RoutingTable:
    states = {"a": a, "b": b, "": State.MONOLITH}

    def entry(methods: Sequence[str], path: str, kind: str, owner: str) -> Entry:
        state = states[owner]
        return Entry(
            *(tuple(methods), path, kind, owner or "monolith", state), percent=share(state, 30)
        )

    return RoutingTable(tuple(entry(*route) for route in ROUTES))


def rehearsed(kind: str, routing: RoutingTable) -> list[str]:
    """What is said when the files for a table are tried out."""
    gateways.command(kind, gateways.ANYWHERE)
    gateway, said = replace(GATEWAY, kind=kind), list[str]()
    templates = read_templates()
    texts = texts_of(gateway, routing, templates)
    files = {path: text.encode() for path, text in texts.items()}
    rehearse(gateway, routing, files, program=of(kind), templates=templates, say=said.append)
    return said


@pytest.mark.parametrize("kind", gateways.KINDS)
@pytest.mark.parametrize(
    ("a", "b"),
    [
        (State.MONOLITH, State.MONOLITH),
        (State.SHADOW, State.SERVICE),
        (State.CANARY, State.SHADOW),
        (State.SERVICE, State.CANARY),
        (State.RETIRED, State.SERVICE),
    ],
)
def test_each_request_goes_where_the_table_says(kind: str, a: State, b: State) -> None:
    (said,) = rehearsed(kind, table(a, b))
    assert said.endswith(f"requests through a copy of {kind} went where they should")
    assert int(said.split()[0]) >= len(ROUTES)


@pytest.mark.parametrize("kind", ["nginx", "haproxy", "caddy"])
def test_files_that_the_program_refuses_are_refused(kind: str) -> None:
    gateway = replace(GATEWAY, kind=kind)
    gateways.command(kind, gateways.ANYWHERE)
    texts = texts_of(gateway, table(State.SERVICE, State.SERVICE), read_templates())
    files = {path: f"{text}\nnot {{ a line\n".encode() for path, text in texts.items()}
    with pytest.raises(RefusedError) as caught:
        rehearse(
            *(gateway, RoutingTable(), files),
            program=of(kind),
            templates=read_templates(),
            say=print,
        )
    assert caught.value.what == f"{kind} refuses the configuration; nothing was switched"
    assert caught.value.reasons


@pytest.mark.parametrize(
    ("old", "new"),
    [("PathPrefix(`/`)", "PathPrefix(`/`"), ("http:\n  routers", "http:\n\trouters")],
)
def test_files_that_traefik_does_not_understand_are_refused(old: str, new: str) -> None:
    """It has no command that checks them, and would start with what it understands."""
    gateways.command("traefik", gateways.ANYWHERE)
    templates = read_templates()
    text = templates["gateway/dynamic.yml.jinja"]
    assert text.count(old) == 1
    templates["gateway/dynamic.yml.jinja"] = text.replace(old, new)
    with pytest.raises(RefusedError) as caught:
        rehearse(
            *(replace(GATEWAY, kind="traefik"), table(State.SERVICE, State.CANARY), {}),
            program=of("traefik"),
            templates=templates,
            say=print,
        )
    assert caught.value.what == "traefik does not take the configuration; nothing was switched"
    assert "error" in " ".join(caught.value.reasons).lower()

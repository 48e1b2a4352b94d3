from dataclasses import replace

import pytest

from splitter.actions.routing_file import PATH, read_table, table_bytes
from splitter.errors import ConfigurationError
from splitter.model.routing import Entry, RoutingTable, State

LIST = Entry(("GET",), "/api/items", owner="item")
MOVED = replace(LIST, state=State.CANARY, percent=10, moved="2026-11-26T07:20:00Z", by='A "da"')
FEED = Entry((), "/feed", kind="websocket")
DONE = replace(LIST, methods=("POST", "PUT"), state=State.SERVICE, percent=100)


def test_it_reads_well() -> None:
    assert table_bytes(RoutingTable((MOVED, FEED))).decode() == (
        "# Who answers which route, in the order in which the monolith tries them.\n"
        "# splitter cutover, rollback and retire write it; the gateway is made from it.\n"
        "schema = 1\n"
        "\n"
        "[[route]]\n"
        'methods = ["GET"]\n'
        'path = "/api/items"\n'
        'owner = "item"\n'
        'state = "canary"\n'
        "percent = 10\n"
        'moved = "2026-11-26T07:20:00Z"\n'
        'by = "A \\"da\\""\n'
        "\n"
        "[[route]]\n"
        "methods = []\n"
        'path = "/feed"\n'
        'kind = "websocket"\n'
        'owner = "monolith"\n'
        'state = "monolith"\n'
    )


@pytest.mark.parametrize("entries", [(), (LIST,), (MOVED, FEED, DONE)])
def test_what_was_written_is_read_again(entries: tuple[Entry, ...]) -> None:
    table = RoutingTable(entries)
    assert read_table({PATH: table_bytes(table)}) == table


def test_without_a_file_it_is_empty() -> None:
    assert read_table({}) == RoutingTable()


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("schema = 1", "schema = 2", "", "schema is 1, as far as this splitter knows (got 2)"),
        ("schema = 1", "schema 1", ":3", "this is not TOML: "),
        ('path = "/feed"', "path = /feed", ":16", "this is not TOML: "),
        ('path = "/feed"', "path = 7", ":14", "path is a text (got 7)"),
        ('"/feed"', '"/feed"\nkind = "http"', ":18", "this is not TOML: Cannot overwrite a value"),
        ("methods = []", "methods = [1]", ":14", 'methods is a list of texts, such as ["GET"]'),
        ('"websocket"', '"socket"', ":14", "kind is one of http, websocket, mount (got 'socket')"),
        ('"canary"', '"canry"', ":5", "state is one of monolith, shadow, canary, service, retired"),
        ("percent = 10", "percent = 100", ":5", "percent is 1 to 99, and only for a canary"),
        ("percent = 10", "percent = true", ":5", "percent is 1 to 99, and only for a canary"),
        ("percent = 10", "percents = 10", ":5", "unknown key 'percents'; known: by, kind, "),
        ('owner = "item"', 'owner = "monolith"', ":5", "canary needs a service as owner"),
        ('owner = "item"', "", ":5", "owner is a text (got '')"),
    ],
)
def test_a_broken_file_is_refused_with_the_line(old: str, new: str, where: str, what: str) -> None:
    text = table_bytes(RoutingTable((MOVED, FEED))).decode()
    assert text.count(old) == 1
    with pytest.raises(ConfigurationError) as caught:
        read_table({PATH: text.replace(old, new).encode()})
    assert caught.value.what.startswith(what)
    assert caught.value.where == PATH + where
    assert caught.value.hint


def test_a_route_is_there_once() -> None:
    table = RoutingTable((LIST, FEED, replace(LIST, owner="other")))
    with pytest.raises(ConfigurationError) as caught:
        read_table({PATH: table_bytes(table)})
    assert str(caught.value) == "GET /api/items is there twice"
    assert caught.value.where == f"{PATH}:18"

"""By structure, after the specification: there is no cluster here."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from splitter.actions.gateway import Gateway, texts_of
from splitter.effects.templates import read_templates
from splitter.model.routing import Entry, RoutingTable, State, share

METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}
NAME = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SIDES = {"item": "127.0.0.1:8002", "sales_tax": "tax.shop.svc.cluster.local:8003"}
GATEWAY = Gateway(8080, "127.0.0.1:8000", SIDES, kind="gateway-api")


def entry(methods: str, path: str, state: str = "monolith", owner: str = "item") -> Entry:
    found = State(state)
    who = "monolith" if found is State.MONOLITH else owner
    return Entry(tuple(methods.split()), path, "http", who, found, share(found, 10))


def documents(*entries: Entry) -> list[dict[str, Any]]:
    texts = texts_of(GATEWAY, RoutingTable(entries), read_templates())
    found = list(yaml.safe_load_all(texts["gateway/httproute.yml"]))
    for document in found:
        check(document)
    assert len({document["metadata"]["name"] for document in found}) == len(found)
    return found


def rules(*entries: Entry) -> list[dict[str, Any]]:
    return [rule for document in documents(*entries) for rule in document["spec"]["rules"]]


def check(document: dict[str, Any]) -> None:
    """What the API server refuses: fields, types and bounds of HTTPRoute v1."""
    assert document.keys() == {"apiVersion", "kind", "metadata", "spec"}
    assert document["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert document["kind"] == "HTTPRoute"
    assert re.fullmatch(NAME, document["metadata"]["name"])
    assert document["spec"].keys() == {"parentRefs", "rules"}
    assert document["spec"]["parentRefs"] == [{"name": "gateway"}]
    assert 1 <= len(document["spec"]["rules"]) <= 16
    assert sum(len(rule["matches"]) for rule in document["spec"]["rules"]) <= 128
    for rule in document["spec"]["rules"]:
        assert rule.keys() <= {"matches", "filters", "backendRefs"}
        assert 1 <= len(rule["matches"]) <= 64
        for match in rule["matches"]:
            check_match(match)
        for filter_ in rule.get("filters", []):
            assert filter_.keys() == {"type", "requestMirror"}
            assert filter_["type"] == "RequestMirror"
            check_backend(filter_["requestMirror"]["backendRef"], {"name", "namespace", "port"})
        assert len(rule["backendRefs"]) >= 1
        for backend in rule["backendRefs"]:
            check_backend(backend, {"name", "namespace", "port", "weight"})


def check_match(match: dict[str, Any]) -> None:
    assert match.keys() <= {"path", "method", "headers"}
    assert match["path"].keys() == {"type", "value"}
    kind, value = match["path"]["type"], match["path"]["value"]
    assert kind in ("Exact", "PathPrefix", "RegularExpression")
    assert len(value) <= 1024
    if kind == "RegularExpression":
        re.compile(value)
    else:
        assert re.fullmatch(r"/[A-Za-z0-9/\-._~%!$&'()*+,;=:@]*", value)
        assert not re.search(r"//|/\./|/\.\./|%2[fF]|#|/\.\.$|/\.$", value)
    assert match.get("method", "GET") in METHODS
    names = [header["name"].lower() for header in match.get("headers", [])]
    assert len(names) == len(set(names)) <= 16
    for header in match.get("headers", []):
        assert header.keys() == {"type", "name", "value"}
        assert header["type"] == "Exact"


def check_backend(backend: dict[str, Any], known: set[str]) -> None:
    assert backend.keys() <= known
    assert re.fullmatch(NAME, backend["name"])
    assert re.fullmatch(NAME, backend.get("namespace", "a"))
    assert 1 <= backend["port"] <= 65535
    assert 0 <= backend.get("weight", 1) <= 1_000_000


MONOLITH = {"name": "monolith", "port": 8000}
ITEM = {"name": "item", "port": 8002}


def matching(found: list[dict[str, Any]], value: str, method: str) -> list[dict[str, Any]]:
    """The rules with such a path and method, but those for testers."""
    return [
        rule
        for rule in found
        for match in rule["matches"]
        if match["path"]["value"] == value
        and match.get("method") == method
        and "headers" not in match
    ]


def test_all_is_the_monoliths_at_first() -> None:
    assert rules(entry("GET", "/a")) == [
        {
            "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
            "backendRefs": [MONOLITH],
        }
    ]


def test_a_canary_has_weights() -> None:
    (rule,) = matching(rules(entry("GET", "/a", "canary")), "/a", "GET")
    assert rule["backendRefs"] == [{**ITEM, "weight": 10}, {**MONOLITH, "weight": 90}]
    assert "filters" not in rule


def test_in_the_shadow_only_safe_methods_are_mirrored() -> None:
    found = rules(entry("GET POST", "/a", "shadow"))
    read, (write,) = matching(found, "/a", "GET")[0], matching(found, "/a", "POST")
    assert read["filters"] == [{"type": "RequestMirror", "requestMirror": {"backendRef": ITEM}}]
    assert read["backendRefs"] == write["backendRefs"] == [MONOLITH]
    assert "filters" not in write


@pytest.mark.parametrize("state", ["service", "retired"])
def test_a_service_has_its_routes_by_method_and_a_fixed_path_is_exact(state: str) -> None:
    found = rules(
        entry("GET", "/a/export.csv"),
        entry("GET", "/a/{id:int}", state),
        entry("POST", "/a", state, owner="sales_tax"),
    )
    (one,) = matching(found, "^/a/[0-9]+$", "GET")
    assert one["backendRefs"] == [ITEM]
    (new,) = matching(found, "/a", "POST")
    assert new["matches"][0]["path"]["type"] == "Exact"
    assert new["backendRefs"] == [{"name": "tax", "namespace": "shop", "port": 8003}]
    testers = [
        (match["headers"][0]["value"], rule["backendRefs"][0]["name"])
        for rule in found
        for match in rule["matches"]
        if match["path"]["value"] == "/a" and "headers" in match and "method" in match
    ]
    wanted = [("sales_tax", "tax"), ("monolith", "monolith")] if state == "service" else []
    assert testers == wanted


def test_websockets_and_mounts_have_their_places() -> None:
    feed = Entry((), "/feed", "websocket", "item", State.SERVICE, 100)
    files = Entry((), "/files", "mount", "item", State.SERVICE, 100)
    found = rules(feed, files)
    (match,) = [
        m
        for r in found
        for m in r["matches"]
        if m["path"]["value"] == "/feed" and len(m["headers"]) == 1
    ]
    assert match["headers"] == [{"type": "Exact", "name": "Upgrade", "value": "websocket"}]
    prefixes = [
        r["backendRefs"]
        for r in found
        for m in r["matches"]
        if m["path"] == {"type": "PathPrefix", "value": "/files"} and "headers" not in m
    ]
    assert prefixes == [[ITEM]]


def test_many_routes_are_several_documents() -> None:
    found = documents(*(entry("GET POST", f"/a{n}/{{id}}", "canary") for n in range(40)))
    assert len(found) > 10
    last = found[-1]["spec"]["rules"][-1]
    assert last["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]

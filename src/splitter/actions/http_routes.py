"""The Kubernetes Gateway API's HTTPRoutes (gateway.networking.k8s.io/v1) for the routing table.

Its rules have no order: an exact path comes before others, then a method, then headers, and only
between rules that are alike in these the first in the list (HTTPRouteRule, `matches`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from splitter.actions.lanes import Lane
from splitter.actions.paths import pattern
from splitter.actions.routing import ANY, WEBSOCKET, Rule, Table
from splitter.model.parity import SAFE_METHODS
from splitter.model.routing import MONOLITH, State

RULES = 16
"""As many as one HTTPRoute may have."""
Tree = dict[str, Any]


def http_routes(
    rules: Table,
    lanes: Sequence[Lane],
    *,
    addresses: Mapping[str, str],
    parent: str,
    header: str,
    generation: str,
) -> str:
    """YAML documents. `addresses` are `host:port` of `monolith` and of each lane's upstream.

    A host that is a number stands for a Kubernetes service of the upstream's own name.
    """
    import yaml

    known = {lane.name: lane for lane in lanes}
    found: list[Tree] = []
    for rule in (*rules.answered, *rules.refused, *rules.redirected):
        made = _rules(rule, known.get(rule.owner), addresses, header)
        found += [one for one in made if one not in found]
    everything = {"path": {"type": "PathPrefix", "value": "/"}}
    found.append({"matches": [everything], "backendRefs": [_backend(MONOLITH, addresses)]})
    documents = (
        _route(number, found[start : start + RULES], parent, generation)
        for number, start in enumerate(range(0, len(found), RULES), 1)
    )
    head = "# Who answers which request while the monolith is being split. Written by splitter.\n"
    return head + yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True)


def _route(number: int, rules: Sequence[Tree], parent: str, generation: str) -> Tree:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {
            "name": f"splitter-{number:03}",
            "labels": {"app.kubernetes.io/managed-by": "splitter"},
            "annotations": {"splitter-generation": generation},
        },
        "spec": {"parentRefs": [{"name": parent}], "rules": list(rules)},
    }


def _rules(
    rule: Rule, lane: Lane | None, addresses: Mapping[str, str], header: str
) -> Iterator[Tree]:
    monolith = _backend(MONOLITH, addresses)
    if lane is None:
        yield {"matches": _matches(rule, rule.methods), "backendRefs": [monolith]}
        return
    service = _backend(lane.upstream, addresses)
    if header and lane.state is not State.RETIRED:
        for name, backend in ((lane.service, service), (MONOLITH, monolith)):
            asked = [{"type": "Exact", "name": header, "value": name}]
            yield {"matches": _matches(rule, rule.methods, asked), "backendRefs": [backend]}
    safe = rule.methods & SAFE_METHODS if rule.methods else SAFE_METHODS
    if lane.is_shadow and safe:
        mirror = {"type": "RequestMirror", "requestMirror": {"backendRef": dict(service)}}
        matches = _matches(rule, safe)
        yield {"matches": matches, "filters": [mirror], "backendRefs": [monolith]}
        if rule.methods and not rule.methods - SAFE_METHODS:
            return
    rest = rule.methods - SAFE_METHODS if lane.is_shadow else rule.methods
    yield {"matches": _matches(rule, rest), "backendRefs": _answerers(lane, service, monolith)}


def _answerers(lane: Lane, service: Tree, monolith: Tree) -> list[Tree]:
    if lane.is_canary:
        return [
            {**service, "weight": lane.percent},
            {**monolith, "weight": 100 - lane.percent},
        ]
    return [service if lane.percent == 100 else monolith]


def _matches(rule: Rule, methods: Iterable[str], headers: Sequence[Tree] = ()) -> list[Tree]:
    path = {"path": _path(rule)}
    if rule.methods == WEBSOCKET:
        upgrade: Tree = {"type": "Exact", "name": "Upgrade", "value": "websocket"}
        return [{**path, "method": "GET", "headers": [upgrade, *headers]}]
    asked = {"headers": list(headers)} if headers else {}
    each = [{**path, "method": method, **asked} for method in sorted(methods)]
    return each or [{**path, **asked}]


def _path(rule: Rule) -> Tree:
    if rule.methods == ANY and rule.pattern.endswith("/.*"):
        prefix = rule.path.removesuffix("/{path:path}")
        if prefix and "{" not in prefix:
            return {"type": "PathPrefix", "value": prefix}
    if "{" not in rule.path and rule.pattern == pattern(rule.path):
        return {"type": "Exact", "value": rule.path}
    return {"type": "RegularExpression", "value": f"^{rule.pattern}$"}


def _backend(upstream: str, addresses: Mapping[str, str]) -> Tree:
    host, _, port = addresses[upstream].rpartition(":")
    if re.fullmatch(r"[0-9.]+|\[.*\]|localhost", host):
        host = upstream.removeprefix("service_").replace("_", "-")
    name, _, rest = host.partition(".")
    namespace = rest.partition(".")[0]
    return {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        "port": int(port),
    }

"""Places of a program that ask an HTTP API, by the shape of the call: client, method and URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ast_grep_py import SgNode

from splitter.discovery.frontend.clients import (
    FUNCTIONS_OF_HTTP,
    LIBRARIES,
    MADE,
    METHODS,
    OTHERS,
    STRONG,
    VERBS,
    WEAK,
    has,
    is_given,
    named,
)
from splitter.discovery.frontend.evaluating import Evaluation
from splitter.discovery.frontend.interceptors import Interceptors
from splitter.discovery.frontend.results import arguments
from splitter.discovery.frontend.trees import FUNCTIONS, Module, callee_of, last_name
from splitter.discovery.frontend.urls import based, is_like_a_url
from splitter.discovery.frontend.values import (
    Client,
    Param,
    Ref,
    Scope,
    Text,
    Value,
    literal,
    text,
    texts,
)


@dataclass(frozen=True)
class Site:
    """A call with what it asks, as far as it is known without its function's callers."""

    module: Module
    node: SgNode
    how: str
    methods: tuple[Value, ...]
    default: str
    urls: tuple[Text, ...]
    client: Client | None = None
    rooted: bool = True
    through: str = ""
    url: SgNode | None = None

    @property
    def line(self) -> int:
        """Of the last name in what is called: chains of calls go over several lines."""
        callee = callee_of(self.node) or self.node
        found = callee.field("property") or callee
        return self.module.line(found.range().start.index)


class Sites:
    """Finds the calls; those whose client is a function of the project are `doubtful`."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._all = evaluation
        self.interceptors = Interceptors(evaluation)
        self.doubtful: set[tuple[str, int, int]] = set()

    def find(self) -> Iterator[Site]:
        for module in self._all.program.modules.values():
            for node in module.calls:
                site = self._site(module, node)
                if site is not None:
                    yield site
            yield from self._passed_on(module)

    def _site(self, module: Module, node: SgNode) -> Site | None:
        callee = callee_of(node)
        given = arguments(node)
        if callee is None or not given:
            return None
        name = last_name(callee)
        if node.kind() == "new_expression":
            if name not in MADE:
                return None
            return self._plain(module, node, given[0], name, MADE[name])
        if callee.kind() == "identifier":
            return self._called(module, node, callee, name, given)
        if callee.kind() == "member_expression":
            return self._member(module, node, callee, name, given)
        if callee.kind() == "subscript_expression":
            return self._chosen(module, node, callee, given)
        return None

    def _called(
        self, module: Module, node: SgNode, callee: SgNode, name: str, given: list[SgNode]
    ) -> Site | None:
        values = self._all.value(module, callee, Scope())
        client = next((v for v in values if isinstance(v, Client)), None)
        own = any(isinstance(v, Ref) and v.node.kind() in FUNCTIONS for v in values)
        if client is not None or (name in FUNCTIONS_OF_HTTP and not own):
            return self._configured(module, node, given, name, client)
        if name.startswith("useSWR") and len(given) == 1:
            site = self._plain(module, node, given[0], name, "GET")
            return site if any(is_like_a_url(u) for u in site.urls) else None
        if own:
            self.doubtful.add(module.key(node))
        return self._described(module, node, given, name) or self._spelled(
            module, node, given, name, strict=True
        )

    def _member(
        self, module: Module, node: SgNode, callee: SgNode, name: str, given: list[SgNode]
    ) -> Site | None:
        holder = callee.field("object")
        assert holder is not None
        words = named(holder)
        if name in ("fetch", "$fetch") and words in ("window", "globalthis", "self", "nuxtapp"):
            return self._configured(module, node, given, name, None)
        if name == "sendBeacon":
            return self._plain(module, node, given[0], name, "POST")
        if name == "open" and len(given) > 1 and words != "window":
            return self._spelled(module, node, given, "XMLHttpRequest", strict=False)
        if name in METHODS:
            site = self._plain(module, node, given[0], words, name)
            return site if any(is_like_a_url(u) for u in site.urls) else None
        if name in VERBS and not OTHERS.search(words):
            return self._verb(module, node, holder, name, given)
        self._doubt(module, node, self._all.value(module, holder, Scope()), name)
        return self._described(module, node, given, name) or self._spelled(
            module, node, given, name, strict=True
        )

    def _verb(
        self, module: Module, node: SgNode, holder: SgNode, name: str, given: list[SgNode]
    ) -> Site | None:
        words = named(holder)
        values = self._all.value(module, holder, Scope())
        client = next((v for v in values if isinstance(v, Client)), None)
        self._doubt(module, node, values, name)
        described = self._described(module, node, given, words or name, method=VERBS[name])
        if described is not None:
            return described
        if name == "request" and len(given) > 1:
            site = self._spelled(module, node, given, words, strict=not STRONG.search(words))
            return replace(site, rooted=client is not None) if site is not None else None
        urls = self._all.text(module, given[0], Scope())
        if any(n.kind() in FUNCTIONS for n in given[1:2]) and client is None:
            return None
        if client is None:
            alike = any(is_like_a_url(u) for u in urls)
            if not (STRONG.search(words) or (alike and (WEAK.search(words) or len(given) < 4))):
                return None
            if not alike and not any(u.parts for u in urls):
                return None
        how = words if client is None else "axios"
        urls = based(client.bases, urls) if client else urls
        given_one = any(isinstance(v, Param) for v in values)
        rooted = client is not None or (words in LIBRARIES and not given_one)
        methods = (text(VERBS[name]),)
        return Site(module, node, how, methods, "", urls, client, rooted, url=given[0])

    def _chosen(
        self, module: Module, node: SgNode, callee: SgNode, given: list[SgNode]
    ) -> Site | None:
        """`client[method](url)`, the method chosen while the frontend runs."""
        holder, index = callee.field("object"), callee.field("index")
        if holder is None or index is None or not STRONG.search(named(holder)):
            return None
        urls = self._all.text(module, given[0], Scope())
        if not any(is_like_a_url(u) for u in urls):
            return None
        values = self._all.value(module, holder, Scope())
        client = next((v for v in values if isinstance(v, Client)), None)
        urls = based(client.bases, urls) if client else urls
        methods = self._all.value(module, index, Scope())
        rooted = client is not None
        how = named(holder)
        return Site(module, node, how, methods, "", urls, client, rooted, url=given[0])

    def _doubt(self, module: Module, node: SgNode, values: tuple[Value, ...], name: str) -> None:
        for value in self._all.members.property(values, name, Scope()):
            if isinstance(value, Ref) and value.node.kind() in FUNCTIONS:
                self.doubtful.add(module.key(node))

    def _plain(self, module: Module, node: SgNode, url: SgNode, how: str, method: str) -> Site:
        urls = self._all.text(module, url, Scope())
        return Site(module, node, how, (text(method),), method, urls, url=url)

    def _configured(
        self, module: Module, node: SgNode, given: list[SgNode], how: str, client: Client | None
    ) -> Site:
        """`fetch(url, options)`, `axios(url, options)` or `axios(options)`."""
        first = self._all.value(module, given[0], Scope())
        whole = [v for v in first if isinstance(v, Ref) and v.node.kind() == "object"]
        if not whole and how == "axios" and all(isinstance(v, Param) for v in first):
            whole_params = [v for v in first if isinstance(v, Param)] if len(given) == 1 else []
            if whole_params:
                return self._of_options(module, node, tuple(whole_params), how, client)
        if whole:
            return self._of_options(module, node, tuple(whole), how, client)
        options = self._all.value(module, given[1], Scope()) if len(given) > 1 else ()
        methods = self._all.members.property(options, "method", Scope())
        if given[0].kind() in FUNCTIONS:
            first = self._all.results.returned(Ref(module, given[0], Scope()), Scope())
        urls = texts(first)
        base = self._all.members.property(options, "baseURL", Scope())
        urls = based(texts(base), urls) if base and how != "fetch" else urls
        urls = based(client.bases, urls) if client else urls
        return Site(module, node, how, methods, "GET", urls, client, url=given[0])

    def _of_options(
        self,
        module: Module,
        node: SgNode,
        options: tuple[Value, ...],
        how: str,
        client: Client | None,
        method: str = "",
    ) -> Site:
        members = self._all.members
        methods = (text(method),) if method else members.property(options, "method", Scope())
        if not methods:
            methods = members.property(options, "type", Scope())
        urls = texts(members.property(options, "url", Scope()))
        base = members.property(options, "baseURL", Scope())
        bases = texts(v for v in base if isinstance(v, Text)) or (client.bases if client else ())
        return Site(module, node, how, methods, "GET", based(bases, urls), client, bool(bases))

    def _described(
        self, module: Module, node: SgNode, given: list[SgNode], how: str, method: str = ""
    ) -> Site | None:
        """A call that is given an object with the URL in it, as generated clients do."""
        for one in given[:1] if method else given:
            if one.kind() != "object" or not has(one, "url"):
                continue
            if not (method or has(one, "method") or has(one, "type")):
                continue
            holder = (callee_of(node) or node).field("object")
            values = self._all.value(module, holder, Scope()) if holder is not None else ()
            client = next((v for v in values if isinstance(v, Client)), None)
            options: tuple[Value, ...] = (Ref(module, one, Scope()),)
            site = self._of_options(module, node, options, how, client, method)
            known = any(is_like_a_url(u) for u in site.urls)
            asks = re.search(r"request|fetch|ajax|axios|http|api", how.lower())
            if known or asks or client:
                return site
        return None

    def _spelled(
        self, module: Module, node: SgNode, given: list[SgNode], how: str, *, strict: bool
    ) -> Site | None:
        """`request("GET", url)`, as `XMLHttpRequest.open` has it."""
        if len(given) < 2 or (strict and given[0].kind() != "string"):
            return None
        methods = self._all.value(module, given[0], Scope())
        if literal(methods).upper() not in METHODS and not (
            not strict and methods and isinstance(methods[0], Param)
        ):
            return None
        urls = self._all.text(module, given[1], Scope())
        alike = any(is_like_a_url(u) for u in urls)
        known = literal(methods) or any(is_given(u) for u in urls)
        if not alike and (strict or not known):
            return None
        return Site(module, node, how, methods, "", urls, rooted=not strict, url=given[1])

    def _passed_on(self, module: Module) -> Iterator[Site]:
        """A client's method that is handed to a function as a value."""
        for node in module.calls:
            for one in arguments(node):
                if one.kind() != "member_expression" or last_name(one) not in VERBS:
                    continue
                holder = one.field("object")
                if holder is not None and re.search(r"axios|http", named(holder)):
                    method = (text(VERBS[last_name(one)]),)
                    urls = self._all.text(module, one, Scope())
                    yield Site(module, one, named(holder), method, "", urls)

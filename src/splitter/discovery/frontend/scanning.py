"""All calls of a frontend: those that are written out, those of its own functions, and links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from splitter.discovery.frontend.callers import Callers
from splitter.discovery.frontend.evaluating import Evaluation
from splitter.discovery.frontend.files import own_files, own_routes
from splitter.discovery.frontend.links import links
from splitter.discovery.frontend.program import Program
from splitter.discovery.frontend.sites import Site, Sites
from splitter.discovery.frontend.specifiers import Specifiers
from splitter.discovery.frontend.trees import Key, Module, read_module, span
from splitter.discovery.frontend.urls import as_holes, based, is_elsewhere, is_like_a_url, path_of
from splitter.discovery.frontend.values import Param, Part, Scope, Text, Value, texts
from splitter.model.frontend import Call, Hole, Survey

_LEVELS = 6


def scan(sources: Mapping[str, bytes]) -> Survey:
    """The calls in the sources of a frontend; paths are those of the mapping."""
    kept, left = own_files(sources)
    modules = {path: read_module(path, words) for path, words in kept.items()}
    evaluation = Evaluation(Program(modules, Specifiers(sources)))
    found = [*_Scan(evaluation).calls(), *links(evaluation)]
    unique = dict.fromkeys(sorted(found, key=_order))
    broken = tuple(sorted((m.path, n) for m in modules.values() for n in _errors(m)))
    return Survey(tuple(unique), len(modules), left, broken, own_routes(sources))


def _order(call: Call) -> tuple[str, int, str, str, str]:
    return (call.path, call.line, call.url, call.method, call.through)


def _errors(module: Module) -> Iterator[int]:
    """The line of the first thing in a script that is no JavaScript or TypeScript."""
    if module.page is None:
        for root in module.roots:
            if root.kind() == "ERROR":
                yield module.line(root.range().start.index)


class _Scan:
    def __init__(self, evaluation: Evaluation) -> None:
        self._all = evaluation
        self._sites = Sites(evaluation)
        self._callers = Callers(evaluation)
        self._claimed: set[Key] = set()

    def calls(self) -> list[Call]:
        sites = list(self._sites.find())
        sure = [s for s in sites if s.module.key(s.node) not in self._sites.doubtful]
        found = [call for site in sure for call in self._followed(site, ())]
        for site in sites:
            key = site.module.key(site.node)
            alike = any(is_like_a_url(url) for url in site.urls)
            if key in self._sites.doubtful and key not in self._claimed and alike:
                found += self._followed(site, ())
        return found

    def _followed(self, site: Site, way: tuple[Key, ...]) -> Iterator[Call]:
        """The call, and those of the callers of its function where these give the URL."""
        for url in site.urls:
            if is_elsewhere(url):
                continue
            callers = list(self._given(site, url, way)) if len(way) < _LEVELS else []
            for _, calls in callers:
                yield from calls
            lines = {at for at, _ in callers}
            yield from self._written(site, url, len(lines))

    def _given(
        self, site: Site, url: Text, way: tuple[Key, ...]
    ) -> Iterator[tuple[Key, list[Call]]]:
        parts = path_of(url)
        open_ = _opening(parts)
        if open_ is None or open_.function in way:
            return
        at_start = _is_at_start(parts)
        for module, node, given in self._callers.of(open_.function):
            scope = Scope({(open_.function, i): v for i, v in enumerate(given)})
            urls = texts(self._all.bound((Text(parts),), scope))
            methods = self._all.bound(site.methods, scope)
            through = f"{site.module.path}:{site.line}"
            key = module.key(node)
            outer = replace(
                site,
                module=module,
                node=node,
                urls=urls,
                methods=methods,
                through=through,
                url=None,
            )
            calls = list(self._followed(outer, (*way, open_.function)))
            if not at_start:
                calls = [call for call in calls if _fixed(call.parts) > _fixed(parts)]
            if calls:
                self._claimed.add(key)
                yield key, calls

    def _written(self, site: Site, url: Text, callers: int) -> Iterator[Call]:
        parts = as_holes(path_of(url))
        if not parts:
            parts = ("/",)
        for method in _methods(site.methods, site.default):
            yield Call(
                site.module.path,
                site.line,
                method,
                parts,
                site.how,
                site.rooted,
                tuple(self._rewritten(site, url)),
                site.through,
                callers,
                span(site.url) if site.url is not None else None,
                site.client.made if site.client is not None else None,
            )

    def _rewritten(self, site: Site, url: Text) -> Iterator[tuple[str | Hole, ...]]:
        client = site.client
        if client is None:
            return
        for base in client.bases or (Text(()),):
            inner = _without(url, base)
            if inner is not None:
                for made in self._sites.interceptors.rewritten(client, inner):
                    for whole in based((base,), (made,)):
                        yield as_holes(path_of(whole))


def _methods(values: tuple[Value, ...], default: str) -> list[str]:
    """The methods that values spell; `""` for one that is not known."""
    found: dict[str, None] = {}
    for one in texts(values):
        words = one.parts[0] if len(one.parts) == 1 else ""
        if isinstance(words, Param):
            words = default if words.keys else ""
        found[words.upper() if isinstance(words, str) else ""] = None
    return list(found) or [default]


def _opening(parts: tuple[Part, ...]) -> Param | None:
    """The parameter that stands for a path: at the start of a URL, or as its end."""
    for part in parts:
        if isinstance(part, Param):
            if part is parts[-1] or _is_at_start(parts):
                return part
            return None
    return None


def _is_at_start(parts: tuple[Part, ...]) -> bool:
    """Whether what a caller gives comes before any fixed element of the path."""
    for part in parts:
        if isinstance(part, Param):
            return True
        if isinstance(part, str) and part.strip("/") and "://" not in part:
            return False
    return False


def _fixed(parts: Iterable[Part]) -> int:
    """How much of a URL is known."""
    return sum(len(part) for part in parts if isinstance(part, str))


def _without(url: Text, base: Text) -> Text | None:
    """A URL without the base that was put before it, with a slash before what is left."""
    if not base.parts:
        return url
    first, known = (url.parts[0] if url.parts else ""), base.parts
    if len(known) == 1 and isinstance(known[0], str) and isinstance(first, str):
        if first.startswith(known[0]):
            rest = first[len(known[0]) :]
            return Text(("/" + rest.lstrip("/"), *url.parts[1:]))
        return None
    return Text(url.parts[len(known) :]) if url.parts[: len(known)] == known else None

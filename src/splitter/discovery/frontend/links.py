"""Where a page leads the browser: links, forms, sources, `location`, and paths given as props."""

from __future__ import annotations

from collections.abc import Iterator

from ast_grep_py import SgNode

from splitter.discovery.frontend.evaluating import Evaluation
from splitter.discovery.frontend.pages import LINKS
from splitter.discovery.frontend.results import arguments
from splitter.discovery.frontend.trees import Module, callee_of
from splitter.discovery.frontend.urls import as_holes, is_elsewhere, is_like_a_url, path_of
from splitter.discovery.frontend.values import Scope, Text, text, texts
from splitter.model.frontend import Call

_SET = (".href", ".src", ".action", "location")
_OPENED = {"open": "window", "assign": "location", "replace": "location"}


def links(evaluation: Evaluation) -> Iterator[Call]:
    """Each place that leads to a path, known or in part."""
    for module in evaluation.program.modules.values():
        if module.page is not None:
            for link in module.page.links:
                yield from _calls(module, link.start, (text(link.url),), link.method)
        for offset, node in (*_assigned(module), *_opened(module)):
            urls = texts(evaluation.value(module, node, Scope()))
            yield from _calls(module, offset, urls, "GET")
        for offset, node, is_link in (*_attributes(module), *_bound(module)):
            urls = texts(evaluation.value(module, node, Scope()))
            yield from _calls(module, offset, urls, "GET" if is_link else "")


def _attributes(module: Module) -> Iterator[tuple[int, SgNode, bool]]:
    """The attributes of JSX that are links, and others that a path is written in."""
    for root in module.roots:
        for node in root.find_all(kind="jsx_attribute") if module.has_jsx else ():
            parts = node.named_children()
            if len(parts) != 2:
                continue
            inner = parts[1].named_children() if parts[1].kind() != "string" else [parts[1]]
            is_link = parts[0].text() in (*LINKS, "formAction")
            if inner and (is_link or inner[0].kind() in ("string", "template_string")):
                yield node.range().start.index, inner[0], is_link


def _bound(module: Module) -> Iterator[tuple[int, SgNode, bool]]:
    bound = module.page.bound if module.page is not None else {}
    for root in module.roots if bound else ():
        for node in root.find_all(kind="parenthesized_expression"):
            offset = node.range().start.index + 1
            if offset in bound and node.named_children():
                yield offset, node.named_children()[0], bound[offset]


def _assigned(module: Module) -> Iterator[tuple[int, SgNode]]:
    for name, nodes in module.assigned.items():
        if name.endswith(_SET):
            for node in nodes:
                right = node.field("right")
                if right is not None:
                    yield node.range().start.index, right


def _opened(module: Module) -> Iterator[tuple[int, SgNode]]:
    for node in module.calls:
        callee = callee_of(node)
        if callee is None or callee.kind() != "member_expression":
            continue
        name, holder, given = callee.field("property"), callee.field("object"), arguments(node)
        if name is None or holder is None or not given or name.text() not in _OPENED:
            continue
        if holder.text().endswith(_OPENED[name.text()]):
            yield node.range().start.index, given[0]


def _calls(module: Module, offset: int, urls: tuple[Text, ...], method: str) -> Iterator[Call]:
    for one in urls:
        if is_like_a_url(one) and not is_elsewhere(one):
            parts = as_holes(path_of(one))
            if parts:
                how = "link" if method else "prop"
                yield Call(module.path, module.line(offset), method, parts, how)

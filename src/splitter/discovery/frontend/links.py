"""Where a page leads the browser by itself: links, forms, sources, and `location` being set."""

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
        for offset, urls in _in_code(evaluation, module):
            yield from _calls(module, offset, urls, "GET")


def _in_code(evaluation: Evaluation, module: Module) -> Iterator[tuple[int, tuple[Text, ...]]]:
    for offset, node in (*_attributes(module), *_assigned(module), *_opened(module)):
        yield offset, texts(evaluation.value(module, node, Scope()))


def _attributes(module: Module) -> Iterator[tuple[int, SgNode]]:
    bound = module.page.bound if module.page is not None else ()
    for root in module.roots:
        for node in root.find_all(kind="jsx_attribute") if module.has_jsx else ():
            parts = node.named_children()
            if len(parts) == 2 and parts[0].text() in (*LINKS, "formAction"):
                inner = parts[1].named_children() if parts[1].kind() != "string" else [parts[1]]
                if inner:
                    yield node.range().start.index, inner[0]
        for node in root.find_all(kind="parenthesized_expression") if bound else ():
            offset = node.range().start.index
            if offset + 1 in bound and node.named_children():
                yield offset, node.named_children()[0]


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
                yield Call(module.path, module.line(offset), method, parts, "link")

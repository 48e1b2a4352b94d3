"""Interceptors of an HTTP client that change the URL of what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ast_grep_py import SgNode

from splitter.discovery.frontend.results import arguments
from splitter.discovery.frontend.trees import FUNCTIONS, Key, Module, callee_of
from splitter.discovery.frontend.values import Client, Param, Scope, Text, merged

if TYPE_CHECKING:
    from splitter.discovery.frontend.evaluating import Evaluation


class Interceptors:
    """The URLs that the interceptors of each client make, by where the client is made."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._all = evaluation
        self._made: dict[Key, list[Text]] = {}
        for module, node in evaluation.program.calls.get("use", ()):
            self._enter(module, node)

    def rewritten(self, client: Client, url: Text) -> tuple[Text, ...]:
        """What interceptors may make of a URL that the client is asked for, without its base."""
        return tuple(_put(made, url) for made in self._made.get(client.made, ()))

    def _enter(self, module: Module, node: SgNode) -> None:
        callee = callee_of(node)
        holder = callee.field("object") if callee is not None else None
        given = arguments(node)
        if holder is None or not holder.text().endswith(".interceptors.request") or not given:
            return
        inner = holder.field("object")
        client = inner.field("object") if inner is not None else None
        if client is None or given[0].kind() not in FUNCTIONS:
            return
        found = self._assigned(module, given[0])
        for value in self._all.value(module, client, Scope()):
            if isinstance(value, Client) and found:
                self._made.setdefault(value.made, []).extend(found)

    def _assigned(self, module: Module, function: SgNode) -> list[Text]:
        found: list[Text] = []
        for node in function.find_all(kind="assignment_expression"):
            left, right = node.field("left"), node.field("right")
            if left is not None and right is not None and left.text().endswith(".url"):
                found += self._all.text(module, right, Scope())
        return found


def _put(made: Text, url: Text) -> Text:
    """The text that an interceptor makes, with the URL at its place."""
    parts = [
        inner
        for part in made.parts
        for inner in (url.parts if isinstance(part, Param) and part.keys == ("url",) else (part,))
    ]
    return Text(tuple(merged(parts)))

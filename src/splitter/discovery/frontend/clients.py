"""What HTTP clients are called: their functions, their methods, the names that code gives them."""

from __future__ import annotations

import re

from ast_grep_py import SgNode

from splitter.discovery.frontend.trees import callee_of, last_name
from splitter.discovery.frontend.values import Param, Text

VERBS = {
    "get": "GET",
    "post": "POST",
    "put": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "del": "DELETE",
    "head": "HEAD",
    "options": "OPTIONS",
    "getJSON": "GET",
    "request": "",
    "postForm": "POST",
    "putForm": "PUT",
    "patchForm": "PATCH",
    "getUri": "GET",
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
FUNCTIONS_OF_HTTP = {"fetch", "$fetch", "useFetch", "useLazyFetch", "ofetch", "ky", "got", "axios"}
FUNCTIONS_OF_HTTP |= {"fetchEventSource", "wretch"}
MADE = {"EventSource": "GET", "WebSocket": "WEBSOCKET", "ReconnectingWebSocket": "WEBSOCKET"}
LIBRARIES = {"axios", "ky", "got", "$axios", "$http"}
STRONG = re.compile(
    r"axios|api$|^api|http|client|requests$|fetcher|^ky$|^got$|superagent|jquery|^\$$"
)
WEAK = re.compile(r"request|agent|rest|backend|instance|service|server|fetch|ajax")
OTHERS = re.compile(r"queryclient|router|^app$|params|headers|cookies|cache|storage|formdata|i18n")


def is_given(url: Text) -> bool:
    """Whether the URL is what a caller gives, and nothing else."""
    return len(url.parts) == 1 and isinstance(url.parts[0], Param)


def named(holder: SgNode) -> str:
    """The last name of what a method is called on, in lower case."""
    while holder.kind() in ("parenthesized_expression", "await_expression", "non_null_expression"):
        holder = holder.named_children()[0]
    if holder.kind() in ("call_expression", "new_expression"):
        return named(callee_of(holder) or holder)
    if holder.kind() == "binary_expression":
        return named(holder.field("right") or holder)
    return last_name(holder).lower() if holder.kind() != "binary_expression" else ""


def has(node: SgNode, name: str) -> bool:
    for part in node.named_children():
        key = part.field("key")
        if (key is not None and key.text().strip("\"'") == name) or part.text() == name:
            return True
    return False

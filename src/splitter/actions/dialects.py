"""The gateways' own files, and how each spells a regular expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from splitter.actions.routing import WEBSOCKET, Rule
from splitter.model.parity import SAFE_METHODS

FOLDER = "gateway"
_HANDSHAKE = "HeaderRegexp(`Upgrade`, `(?i)^websocket$`)"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`files` are made from the templates `gateway/NAME.jinja`; the first is the main one.

    `spelled` is how what a rule matches is written there. `mirrors`: the methods of which it can
    have a service hear what the monolith answers; `heard`: splitter can listen to what comes in a
    shadow; `sticky` are the kinds of keys by which it can tell clients, none
    where it gives them cookies. `looks_up`: how far a route has moved is not in the main file, but
    in another that is read at each request.
    """

    files: tuple[str, ...]
    spelled: Callable[[Rule], str]
    mirrors: Set[str] = frozenset()
    heard: bool = True
    sticky: tuple[str, ...] = ("address", "http", "cookie")
    looks_up: bool = False

    @property
    def main(self) -> str:
        return f"{FOLDER}/{self.files[0]}"


def _in_nginx(rule: Rule) -> str:
    """A string of nginx's: only quotes and doubled backslashes are read otherwise in it."""
    return '"~' + rule.regex.replace("\\\\", "\\\\\\\\").replace('"', '\\"') + '"'


def _in_haproxy(rule: Rule) -> str:
    """A word in strong quotes, in which nothing is read otherwise."""
    return "'" + rule.regex.replace("'", "'\\''") + "'"


def _in_caddy(rule: Rule) -> str:
    """A word in backticks, in which nothing is read otherwise; a backtick by its number."""
    return "`~" + rule.regex.replace("`", "\\x60") + "`"


def _in_traefik(rule: Rule) -> str:
    """An expression over method and path; a backtick by its number."""
    pattern = rule.pattern.replace("`", "\\x60")
    path = f"PathRegexp(`^{pattern}$`)"
    if rule.methods == WEBSOCKET:
        return f"{_HANDSHAKE} && {path}"
    if not rule.methods:
        return path
    methods = " || ".join(f"Method(`{method}`)" for method in sorted(rule.methods))
    return f"!{_HANDSHAKE} && ({methods}) && {path}"


def _nowhere(rule: Rule) -> str:
    """HTTPRoutes are made of the rules themselves."""
    return rule.regex


DIALECTS: Mapping[str, Dialect] = {
    "nginx": Dialect(("nginx.conf",), _in_nginx, SAFE_METHODS),
    "haproxy": Dialect(("haproxy.cfg", "mirror.lua"), _in_haproxy, SAFE_METHODS - {"OPTIONS"}),
    "traefik": Dialect(
        ("dynamic.yml", "traefik.yml"), _in_traefik, SAFE_METHODS, sticky=("address", "cookie")
    ),
    "gateway-api": Dialect(("httproute.yml",), _nowhere, SAFE_METHODS, heard=False, sticky=()),
    "caddy": Dialect(("Caddyfile", "ways.txt"), _in_caddy, sticky=(), looks_up=True),
}

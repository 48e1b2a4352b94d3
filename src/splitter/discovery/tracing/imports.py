"""Modules, run when they are first imported, and what their names then stand for."""

from __future__ import annotations

import ast
import re

from splitter.discovery.parsing import Parsed, absolute
from splitter.discovery.tracing.calls import Calls
from splitter.discovery.tracing.values import MISSING, External, ModuleValue, Scope

_SIGNS = (b"FastAPI", b".mount(")
_SHARED = b"_rout"
_SHARING = (b"include_router", b"add_api_route", b"add_api_websocket_route")
_WHOLE_WORDS = (
    (b"Router", re.compile(rb"Router\b")),
    (b"add_route", re.compile(rb"add_route\b")),
)
_DECORATOR = re.compile(
    rb"@[\w.]+\.(?:get|put|post|delete|options|head|patch|api_route|websocket)\("
)


class Imports(Calls):
    """Knows the project's modules; a package without `__init__` is a module without names."""

    def __init__(self, parsed: Parsed) -> None:
        super().__init__()
        self._parsed = parsed
        self._modules: dict[str, ModuleValue] = {}
        self._packages = _packages(parsed)
        self._about_routes: dict[str, bool] = {}

    def module(self, name: str) -> ModuleValue | None:
        known = self._modules.get(name)
        if known is not None or (name not in self._parsed.names and name not in self._packages):
            return known
        above, _, last = name.rpartition(".")
        package = self.module(above) if above else None
        if name in self._modules:
            return self._modules[name]
        made = ModuleValue(name, Scope(name, self._parsed.names.get(name, ""), ""))
        made.scope.names["__name__"] = name
        self._modules[name] = made
        tree = self._parsed.tree(name)
        if tree is not None:
            self.run(tree.body, made.scope)
        if package is not None:
            package.scope.names.setdefault(last, made)
        return made

    def is_about_routes(self, path: str) -> bool:
        if path not in self._about_routes:
            self._about_routes[path] = _is_about_routes(self._parsed.sources.get(path, b""))
        return self._about_routes[path]

    def import_modules(self, node: ast.Import, scope: Scope) -> None:
        """`import a.b`, `import a.b as c`."""
        for alias in node.names:
            whole = self.module(alias.name)
            root = alias.name.partition(".")[0]
            found = whole if alias.asname else self.module(root)
            name = alias.name if alias.asname else root
            scope.bind(alias.asname or root, found or External(name))

    def import_names(self, node: ast.ImportFrom, scope: Scope) -> None:
        """`from a import b`, `from . import b`, `from a import *`."""
        name = absolute(node.module or "", scope.path, node.level)
        module = self.module(name)
        for alias in node.names:
            if alias.name == "*":
                self._import_all(module, scope)
            else:
                scope.bind(alias.asname or alias.name, self._imported(module, name, alias.name))

    def _imported(self, module: ModuleValue | None, name: str, of_it: str) -> object:
        if module is None:
            return self.module(of_it) if not name else External(f"{name}.{of_it}")
        found = module.scope.names.get(of_it, MISSING)
        if found is MISSING:
            found = self.module(f"{name}.{of_it}") or External(f"{name}.{of_it}")
        return found

    def _import_all(self, module: ModuleValue | None, scope: Scope) -> None:
        names = module.scope.names if module else {}
        listed = self.forced(names.get("__all__", MISSING))
        public = listed if isinstance(listed, list) else [n for n in names if n[0] != "_"]
        for name in public:
            if isinstance(name, str) and name in names:
                scope.bind(name, names[name])


def _is_about_routes(source: bytes) -> bool:
    """Looked for as they are first: that is ten times as fast as by an expression."""
    if any(sign in source for sign in _SIGNS):
        return True
    if _SHARED in source and any(sign in source for sign in _SHARING):
        return True
    if any(sign in source and whole.search(source) for sign, whole in _WHOLE_WORDS):
        return True
    return any(_begins_a_line(found.start(), source) for found in _DECORATOR.finditer(source))


def _begins_a_line(at: int, source: bytes) -> bool:
    return not source[source.rfind(b"\n", 0, at) + 1 : at].strip()


def _packages(parsed: Parsed) -> frozenset[str]:
    """The dotted names of all folders that hold modules, with an `__init__` or without."""
    found: set[str] = set()
    for name in parsed.names:
        while "." in name:
            name = name.rpartition(".")[0]
            found.add(name)
    return frozenset(found)

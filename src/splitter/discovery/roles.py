"""Which modules hold settings, database connection and authentication: the seed's foundation."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping

from splitter.discovery.modules import Kind, ModuleView
from splitter.discovery.scopes import chain_of
from splitter.discovery.trees import walk

SETTINGS = "shared.config.settings"
CONNECTION = "shared.database.connection"
AUTH = "shared.auth"

_ENGINES = {"create_engine", "create_async_engine", "async_engine_from_config"}
_SESSIONS = {"sessionmaker", "async_sessionmaker", "scoped_session"}
_AUTH_MODULES = ("jwt", "jose", "passlib", "pwdlib", "bcrypt", "argon2", "authlib")
_AUTH_HINT = re.compile(r"auth|secur|token|jwt|passw|oauth|login|permission|crypt|hash")
_AUTH_NAME = re.compile(r"(^|_)(current|active|authenticated)_\w*user")


def find_homes(
    views: Mapping[str, ModuleView], *, but: Container[str] = (), loaded: Container[str] = ()
) -> dict[str, str]:
    """The monolith's modules that get the seed's homes, each with its new dotted name.

    `but` names modules that are something else: the application and the route modules. `loaded`
    are the modules that the running application imports; if it is empty all of them count.
    """
    candidates = {
        name: view
        for name, view in views.items()
        if name not in but
        and (not loaded or name in loaded)
        and all(part.isidentifier() for part in name.split("."))
        and not any(s.kind is Kind.REGISTRATION for s in view.statements)
    }
    importers = _importers(views.values())
    homes: dict[str, str] = {}
    connection = _best(candidates, _connects, importers)
    if connection:
        homes[connection] = CONNECTION
    settings = _best({n: v for n, v in candidates.items() if n not in homes}, _settles, importers)
    if settings:
        homes[settings] = SETTINGS
    for name, view in candidates.items():
        if name not in homes and not view.is_package and _authenticates(view):
            homes[name] = f"{AUTH}.{_auth_name(name, homes.values())}"
    return homes


def _auth_name(module: str, taken: Iterable[str]) -> str:
    parts = module.split(".")
    name = parts[-1]
    return "_".join(parts[-2:]) if f"{AUTH}.{name}" in set(taken) and len(parts) > 1 else name


def _best(views: Mapping[str, ModuleView], rate: object, importers: Mapping[str, int]) -> str:
    assert callable(rate)
    rated = [(rate(view), importers.get(name, 0), name) for name, view in views.items()]
    best = max((r for r in rated if r[0]), default=(0, 0, ""), key=lambda r: (r[0], r[1]))
    return str(best[2])


def _connects(view: ModuleView) -> int:
    """2 where an engine is made at module level, 1 where a session factory is."""
    called = {name for s in view.statements for name in _calls(s.node)}
    return 2 if called & _ENGINES else 1 if called & _SESSIONS else 0


def _settles(view: ModuleView) -> int:
    """2 for a pydantic settings class, 1 for a module that reads the environment."""
    for statement in view.statements:
        if isinstance(statement.node, ast.ClassDef):
            bases = {(chain_of(b) or ("",))[-1] for b in statement.node.bases}
            if bases & {"BaseSettings", "AppSettings"}:
                return 2
    reads = [s for s in view.statements if _reads_environment(s.node)]
    named = view.name.rpartition(".")[2] in {"config", "settings", "conf"}
    return 1 if len(reads) > 1 or (reads and named) else 0


def _reads_environment(node: ast.AST) -> bool:
    chains = (chain_of(n) for n in walk(node) if isinstance(n, ast.Attribute | ast.Name))
    return any(c[:2] in {("os", "environ"), ("os", "getenv")} for c in chains)


def _authenticates(view: ModuleView) -> bool:
    functions = [
        s.node
        for s in view.statements
        if isinstance(s.node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    if any(_AUTH_NAME.search(f.name) for f in functions):
        return True
    imported = {i.module.partition(".")[0] for found in view.imports.values() for _, i in found}
    named = bool(_AUTH_HINT.search(view.name))
    return named and bool(functions) and bool(imported & {*_AUTH_MODULES, "fastapi", "hashlib"})


def _calls(node: ast.AST) -> Iterator[str]:
    for part in walk(node):
        if isinstance(part, ast.Call):
            yield (chain_of(part.func) or ("",))[-1]


def _importers(views: Iterable[ModuleView]) -> Mapping[str, int]:
    count: Counter[str] = Counter()
    for view in views:
        found = {i for targets in view.imports.values() for _, i in targets}
        count.update({i.module for i in found} | {f"{i.module}.{i.name}" for i in found if i.name})
    return count

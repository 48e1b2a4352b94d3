"""Which object of the project is most likely the application that a server runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from splitter.discovery.parsing import Parsed, module_name
from splitter.discovery.routes import flattened
from splitter.discovery.tracing.statements import Tracer
from splitter.discovery.tracing.values import Arguments, Function, Included, Router, router_of

_ATTRIBUTES = ("app", "application", "api", "asgi", "asgi_app", "fastapi_app", "server")
_MODULES = ("main", "app", "asgi", "server", "application", "api", "__main__", "run")
_WORTH_A_LOOK = re.compile(rb"FastAPI|^(?:app|application|api|asgi\w*|server)\b[^=\n]*=", re.M)
_FACTORY = re.compile(r"(create|make|build|get|init|setup)_?(\w+_)?(app|application|api|server)$")
_ASIDE = re.compile(r"(^|/)(tests?|examples?|docs?|docs_src|scripts?|benchmarks?|conftest)(/|\.|_)")
_SERVED = re.compile(
    rb"(?:uvicorn|gunicorn|hypercorn|granian)\b[^\n]*?[\s\"'(\[]([A-Za-z_][\w.]*:[A-Za-z_]\w*)"
)
_RUN = re.compile(rb"fastapi\W+(?:run|dev)\b[^\n]*?([\w./-]+)\.py")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application as uvicorn takes it, and where it is made. `served`: a command names it."""

    app: str
    factory: bool
    path: str
    line: int
    served: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    candidate: Candidate
    router: Router

    @property
    def routes(self) -> int:
        return sum(1 for _ in flattened(self.router))


def find_app(parsed: Parsed) -> tuple[Candidate, ...]:
    """The objects and factories that could be the application, the likeliest first.

    Tests, examples and applications that are mounted in others come last; of the others those with
    by far the most routes first, and among their like those that a command in the project serves.
    """
    tracer = Tracer(parsed)
    served = _served(parsed)
    found = [
        each
        for path in sorted(parsed.trees)
        if _WORTH_A_LOOK.search(parsed.sources[path])
        for each in (
            *_objects(parsed, tracer, path, served),
            *_factories(parsed, tracer, path, served),
        )
    ]
    inner = {
        id(event.router)
        for each in found
        for event in each.router.events
        if isinstance(event, Included)
    }
    found.sort(key=lambda each: _rank(each, id(each.router) in inner))
    return tuple(each.candidate for each in found)


def _objects(parsed: Parsed, tracer: Tracer, path: str, served: frozenset[str]) -> Iterator[_Found]:
    name = module_name(path)
    module = tracer.module(name)
    for node in parsed.trees[path].body if module else ():
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if module is None or not isinstance(target, ast.Name):
                continue
            router = router_of(tracer.attribute(module, target.id))
            if router is not None and router.application:
                app = f"{name}:{target.id}"
                at = Candidate(app, False, path, node.lineno, _is_served(app, served))
                yield _Found(at, router)


def _factories(
    parsed: Parsed, tracer: Tracer, path: str, served: frozenset[str]
) -> Iterator[_Found]:
    name = module_name(path)
    for node in parsed.trees[path].body:
        if not isinstance(node, ast.FunctionDef) or not _is_factory(node):
            continue
        module = tracer.module(name)
        function = tracer.attribute(module, node.name)
        if isinstance(function, Function):
            router = router_of(tracer.invoke(function, Arguments((), {})))
            if router is not None and router.application:
                app = f"{name}:{node.name}"
                at = Candidate(app, True, path, node.lineno, _is_served(app, served))
                yield _Found(at, router)


def _is_factory(node: ast.FunctionDef) -> bool:
    """Callable without arguments, and named or annotated like a factory."""
    spec = node.args
    needed = len(spec.posonlyargs) + len(spec.args) - len(spec.defaults)
    if needed > 0 or None in spec.kw_defaults:
        return False
    returns = ast.unparse(node.returns) if node.returns else ""
    return "FastAPI" in returns or _FACTORY.match(node.name) is not None


def _served(parsed: Parsed) -> frozenset[str]:
    """What commands in the project's files (Dockerfile, Makefile, README, …) let a server run."""
    found: set[str] = set()
    for source in parsed.sources.values():
        if (
            b"uvicorn" in source
            or b"gunicorn" in source
            or b"corn" in source
            or b"fastapi" in source
        ):
            found |= {match.decode() for match in _SERVED.findall(source)}
            found |= {
                match.decode().strip("./").replace("/", ".") for match in _RUN.findall(source)
            }
    return frozenset(found)


def _is_served(app: str, served: frozenset[str]) -> bool:
    """Whether a command names the application; its working folder may have been another one."""
    for name in served:
        full = name if ":" in name else f"{name}:app"
        if full == app or full.endswith(f".{app}") or app.endswith(f".{full}"):
            return True
    return False


def _rank(found: _Found, inner: bool) -> tuple[object, ...]:
    candidate = found.candidate
    module, _, attribute = candidate.app.partition(":")
    last = module.rpartition(".")[2]
    return (
        _ASIDE.search(candidate.path) is not None,
        inner,
        -(found.routes.bit_length() // 2),
        not candidate.served,
        candidate.factory,
        _position(attribute, _ATTRIBUTES),
        _position(last, _MODULES),
        module.count("."),
        candidate.app,
    )


def _position(name: str, names: tuple[str, ...]) -> int:
    return names.index(name) if name in names else len(names)

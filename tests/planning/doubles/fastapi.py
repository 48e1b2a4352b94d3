"""As much of FastAPI as a monolith of a test asks for, so that it starts in no time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


class Depends:
    def __init__(self, dependency: Callable[..., object] | None = None, **_: object) -> None:
        self.dependency = dependency


Security = Depends


class APIRouter:
    """Its routes: methods, whole path, endpoint."""

    def __init__(self, *, prefix: str = "", routes: object = None, **_: object) -> None:
        self.prefix = prefix
        self.routes: list[tuple[list[str], str, Callable[..., object]]] = []
        self.done: list[object] = []

    def add_api_route(
        self, path: str, endpoint: Callable[..., object], methods: object = ("GET",), **_: object
    ) -> None:
        assert isinstance(methods, list | tuple)
        self.routes.append((list(methods), self.prefix + path, endpoint))

    def api_route(
        self, path: str, methods: object = ("GET",), **_: object
    ) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            self.add_api_route(path, endpoint, methods)
            return endpoint

        return add

    def get(self, path: str, **_: object) -> Callable[[Endpoint], Endpoint]:
        return self.api_route(path, ["GET"])

    def post(self, path: str, **_: object) -> Callable[[Endpoint], Endpoint]:
        return self.api_route(path, ["POST"])

    def include_router(self, router: APIRouter, prefix: str = "", **_: object) -> None:
        self.routes += [(m, self.prefix + prefix + path, e) for m, path, e in router.routes]

    def mount(self, path: str, app: object, **_: object) -> None:
        if isinstance(app, APIRouter):
            self.routes += [(m, path + inner, e) for m, inner, e in app.routes]

    def add_middleware(self, *what: object, **_: object) -> None:
        self.done.append(what)

    def add_exception_handler(self, *what: object) -> None:
        self.done.append(what)

    def exception_handler(self, what: object) -> Callable[[Endpoint], Endpoint]:
        def add(handler: Endpoint) -> Endpoint:
            self.done.append((what, handler))
            return handler

        return add

    middleware = on_event = exception_handler


class FastAPI(APIRouter):
    pass

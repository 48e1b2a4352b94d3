"""An application with every form in which FastAPI lets routes get into it, from 0.100 on."""

import functools
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.routing import APIRoute
from starlette.endpoints import HTTPEndpoint
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

VERSION = "v1"
API = f"/api/{VERSION}"
WITH_AUDIT = True


class Settings:
    prefix: str = "/settings"


settings = Settings()


def logged(function):
    @functools.wraps(function)
    async def logging(*args, **kwargs):
        return await function(*args, **kwargs)

    return logging


class TimedRoute(APIRoute):
    pass


# A router with a prefix of its own, nested in another one.
items = APIRouter(prefix="/items")


@items.get("/{item_id}")
async def read_item(item_id: int):
    return item_id


@items.get("")
@logged
async def list_items():
    return []


@items.api_route("/bulk", methods=["PUT", "DELETE"])
async def change_items():
    return []


@items.post("/hidden", include_in_schema=False)
async def hidden():
    return []


@items.websocket("/{item_id}/live")
async def follow(websocket: WebSocket, item_id: int):
    await websocket.close()


catalogue = APIRouter(prefix="/catalogue")
catalogue.include_router(items, prefix="/all")

# The same router a second time, from settings; classes of routes; parameters with convertors.
timed = APIRouter(route_class=TimedRoute)


@timed.get("/files/{name:path}", name="download")
def read_file(name: str):
    return name


@timed.head("/files/{name:path}")
def probe_file(name: str):
    return None


# Routers in a list and in a dictionary.
red = APIRouter()
blue = APIRouter()


@red.get("/colour")
@blue.get("/colour")
def colour():
    return "any"


def describe(what: str):
    return what


class Greeter:
    def __call__(self):
        return "hello"

    def wave(self):
        return "wave"


class Plain(HTTPEndpoint):
    async def get(self, request):
        return PlainTextResponse("plain")

    async def post(self, request):
        return PlainTextResponse("posted")


async def raw(request):
    return PlainTextResponse("raw")


async def opaque(scope, receive, send):
    await PlainTextResponse("opaque")(scope, receive, send)


inner = FastAPI()


@inner.get("/deep")
def deep():
    return "deep"


outer = FastAPI(docs_url="/handbook")
outer_router = APIRouter()


@outer_router.get("/reports/{report_id}")
def read_report(report_id: str):
    return report_id


outer.include_router(outer_router, prefix="/nested")
outer.mount("/inner", inner)


# A router class of one's own, views in a class, a factory, functions of every make.
class Slashless(APIRouter):
    def add_api_route(self, path, endpoint, **options):
        super().add_api_route(path.rstrip("/"), endpoint, **options)

    def api_route(self, path, *, include_in_schema=True, **options):
        shown = super().api_route(path, include_in_schema=include_in_schema, **options)
        hidden = super().api_route(path + "/all", include_in_schema=False, **options)

        def decorate(function):
            hidden(function)
            return shown(function)

        return decorate


own = Slashless(prefix="/own")


@own.get("/things/")
def things():
    return []


own.add_api_route("/more/", things, methods=["PUT"])


class Orders:
    """Views in a class: each method that has a path becomes a route of a router."""

    router = APIRouter(prefix="/orders")

    def listed(self):
        return []

    @staticmethod
    def checked():
        return "fine"

    @classmethod
    def register(cls):
        views = cls()
        cls.router.add_api_route("", views.listed, methods=["GET"])
        cls.router.add_api_route("/check", cls.checked, methods=["GET"])
        return cls.router


def bare(function):
    def unnamed():
        return function()

    return unnamed


def make_admin(*, debug=False):
    admin = FastAPI()

    @admin.get("/users")
    def users():
        return []

    if debug:
        admin.add_api_route("/debug", users)
    admin.add_api_route("/bare", bare(users), methods=["GET"])
    admin.add_api_route("/short", lambda: "short", methods=["GET"])
    return admin


# Starlette's own routes do not count a router's prefix; what is mounted below a router, and what is
# added to it later, is served from FastAPI 0.137 on.
below = APIRouter(prefix="/below")
below.add_route("/raw", raw, methods=["PUT"])
below.add_api_websocket_route("/socket", follow)
below.mount("/inner", inner)


@asynccontextmanager
async def lifespan(app):
    late = APIRouter()
    late.add_api_route("/late", hello_late, methods=["GET"])
    app.include_router(late, prefix=API)
    yield


def hello_late():
    return "late"


app = FastAPI(lifespan=lifespan)


@app.get("/")
def root():
    return "root"


app.include_router(catalogue, prefix=API)
app.include_router(items, prefix=settings.prefix)
app.include_router(timed)
for router in [red]:
    app.include_router(router, prefix="/red")
for prefix, router in {"/blue": blue, "/azure": blue}.items():
    app.include_router(router, prefix=prefix)
if WITH_AUDIT:
    audit = APIRouter()
    audit.add_api_route("/audit", root, methods=["GET", "POST"], name="audit")
    app.include_router(audit, prefix=API)
app.add_api_route("/partial", functools.partial(describe, "part"), methods=["PATCH"])
app.add_api_route("/greeter", Greeter())
app.add_api_route("/wave", Greeter().wave)
app.router.routes.append(Route("/plain", Plain))
app.router.routes.append(Route("/raw", raw, methods=["GET"]))
app.router.routes.append(
    Mount("/group", routes=[Route("/raw", raw, methods=["POST"]), Mount("/opaque", app=opaque)])
)


@app.websocket("/echo")
async def echo(websocket: WebSocket):
    await websocket.close()


app.include_router(own)
app.include_router(Orders.register(), prefix=API)
app.include_router(below, prefix="/at")
below.add_api_route("/later", things, methods=["GET"])
app.mount("/admin", make_admin())
app.host("admin.example", inner)
app.mount("/outer", outer)
app.mount("/opaque", opaque)

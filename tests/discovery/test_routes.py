import json
from pathlib import Path
from textwrap import dedent

import pytest

from splitter.discovery.parsing import parse
from splitter.discovery.routes import Reading, find_route_package, read_routes
from splitter.discovery.tracing.values import Doubt
from splitter.model.changes import Note
from splitter.model.monolith import Route, Sources

INCLUSION_APP = Path(__file__).parents[1] / "data" / "inclusion_app.py"
FASTAPI = "from fastapi import APIRouter, FastAPI\n"
ITEMS = FASTAPI + "router = APIRouter()\n@router.get('/items')\ndef items(): ...\n"


def read(files: dict[str, str], *, app: str = "main:app", factory: bool = False) -> Reading:
    """What the files say of the routes of `app`."""
    sources = Sources({path: dedent(source).encode() for path, source in files.items()})
    return read_routes(parse(sources), app=app, factory=factory)


def lines(reading: Reading) -> list[str]:
    """`METHODS path endpoint`, one per route."""
    return [f"{','.join(r.methods) or r.kind} {r.path} {r.endpoint}" for r in reading.routes]


def one(source: str, files: dict[str, str] | None = None) -> list[str]:
    """The routes of a `main.py` that has no notes."""
    reading = read({"main.py": FASTAPI + dedent(source), **(files or {})})
    assert reading.notes == ()
    return lines(reading)


def test_every_form_of_inclusion_is_read_as_it_runs() -> None:
    sources = Sources({"inclusion_app.py": INCLUSION_APP.read_bytes()})
    reading = read_routes(parse(sources), app="inclusion_app:app")
    debug = Note("inclusion_app.py", 204, "SPL007", "routes depend on debug")
    rows = [
        [r.kind, list(r.methods), r.path, r.endpoint.partition(":")[2], r.line, r.name, r.in_schema]
        for r in reading.routes
        if reading.doubts.get(r) != (Doubt(debug, "if"),)
    ]
    assert rows == [row[:7] for row in json.loads(INCLUSION_APP.with_suffix(".json").read_text())]
    assert [r.path for r in reading.routes if reading.doubts.get(r) == (Doubt(debug, "if"),)] == [
        "/admin/debug"
    ]
    assert {(r.file, r.module, r.found_by) for r in reading.routes} == {
        ("inclusion_app.py", "inclusion_app", ("static",))
    }
    start_up = Note("inclusion_app.py", 220, "SPL008", "routes are added at start-up")
    condition = Note("inclusion_app.py", 246, "SPL007", "routes depend on WITH_AUDIT")
    what = "they are added to the router after it was included, which FastAPI before 0.137 does "
    late = Note("inclusion_app.py", 267, "SPL041", what + "not see: "
                "app.include_router(below, prefix='/at')")  # fmt: skip
    what = "FastAPI before 0.137 leaves out what is mounted below a router: "
    mounted = Note("inclusion_app.py", 216, "SPL041", what + "below.mount('/inner', inner)")
    assert reading.notes == (debug, mounted, start_up, condition, late)
    assert {route.path: doubts for route, doubts in reading.doubts.items()} == {
        "/admin/debug": (Doubt(debug, "if"),),
        "/api/v1/audit": (Doubt(condition, "if"),),
        "/api/v1/late": (Doubt(start_up),),
        "/at/inner/deep": (Doubt(mounted),),
        "/at/below/later": (Doubt(late),),
    }


PREFIXES = {
    "a constant": ("from settings import PREFIX", "PREFIX", {"settings.py": "PREFIX = '/p'"}),
    "an alias": ("from settings import PREFIX as p", "p", {"settings.py": "PREFIX = '/p'"}),
    "a module's": ("import a.settings", "a.settings.P", {"a/settings.py": "P = '/p'"}),
    "an f-string": ("V = 'p'", "f'/{V}'", {}),
    "put together": ("V = 'p'", "'/' + V", {}),
    "per cent": ("V = 'p'", "'/%s' % V", {}),
    "format": ("V = 'p'", "'/{}'.format(V)", {}),
    "joined": ("V = ['', 'p']", "'/'.join(V)", {}),
    "stripped": ("V = '/p/'", "V.rstrip('/')", {}),
    "an environment variable": ("import os", "os.getenv('PREFIX', '/p')", {}),
    "environ": ("from os import environ", "environ.get('PREFIX', '/p')", {}),
    "a default": ("import os", "(os.getenv('PREFIX') or '/p')", {}),
    "settings": (
        "from settings import settings",
        "settings.api.prefix",
        {
            "settings.py": """
            from pydantic import Field
            from pydantic_settings import BaseSettings

            class Api(BaseSettings):
                prefix: str = Field("/p", alias="API_PREFIX")

            class Base(BaseSettings):
                api: Api = Api()

            class Settings(Base): ...

            settings = Settings()
            """
        },
    ),
    "a cached function": (
        "from settings import get_settings",
        "get_settings().prefix",
        {
            "settings.py": """
            from functools import lru_cache

            class Settings:
                version = "p"

                @property
                def prefix(self) -> str:
                    return "/" + self.version

            @lru_cache
            def get_settings() -> Settings:
                return Settings()
            """
        },
    ),
    "an enumeration": (
        "from enum import Enum\nclass P(str, Enum):\n    api = '/p'",
        "P.api.value",
        {},
    ),
    "a dictionary": ("P = {'api': {'prefix': '/p'}}", "P['api']['prefix']", {}),
    "a choice": ("DEBUG = False", "'/debug' if DEBUG else '/p'", {}),
    "one of two modules": (
        "try:\n    from local import PREFIX\nexcept ImportError:\n    PREFIX = '/p'",
        "PREFIX",
        {"local.py": "PREFIX = '/p'"},
    ),
}


@pytest.mark.parametrize(("before", "prefix", "files"), PREFIXES.values(), ids=PREFIXES)
def test_prefixes(before: str, prefix: str, files: dict[str, str]) -> None:
    source = f"{before}\nfrom items import router\napp = FastAPI()\n"
    found = one(
        f"{source}app.include_router(router, prefix={prefix})\n", {"items.py": ITEMS, **files}
    )
    assert found == ["GET /p/items items:items"]
    router = f"{before}\napp = FastAPI()\nrouter = APIRouter(prefix={prefix})\n"
    source = f"{router}@router.get('/a')\ndef a(): ...\napp.include_router(router, prefix='/q')\n"
    assert one(source, files) == ["GET /q/p/a main:a"]


IMPORTS = {
    "from a package": "from api.routes import items\nrouter = items.router",
    "re-exported": "from api import router",
    "re-exported by a star": "from api.every import router",
    "relative": "from api.near import router",
    "a dotted name": "import api.routes.items\nrouter = api.routes.items.router",
    "an alias": "import api.routes.items as i\nrouter = i.router",
    "import_module": "from importlib import import_module as load\n"
    "router = load('api.routes.items').router",
    "getattr": "from api.routes import items\nrouter = getattr(items, 'router')",
    "inside of a function": "def load():\n    from api import router\n    return router\n"
    "router = load()",
    "made by a function": "from api.made import make\nrouter = make('/items')",
}


@pytest.mark.parametrize("imports", IMPORTS.values(), ids=IMPORTS)
def test_routers_are_found_through_imports(imports: str) -> None:
    files = {
        "api/__init__.py": "from .routes import router as router",
        "api/every.py": "from .routes import *",
        "api/near.py": "from .routes.items import router",
        "api/made.py": "from .routes.items import items\nfrom fastapi import APIRouter\n"
        "def make(path):\n    made = APIRouter()\n    made.add_api_route(path, items)\n"
        "    return made",
        "api/routes/__init__.py": "from .items import router\n__all__ = ['router']",
        "api/routes/items.py": ITEMS,
    }
    found = one(f"{imports}\napp = FastAPI()\napp.include_router(router)\n", files)
    assert found == ["GET /items api.routes.items:items"]


def test_packages_without_init_and_cycles_are_followed() -> None:
    cycle = "import main\nfrom main import app\n@app.get('/a')\ndef a(): ...\n"
    assert one("app = FastAPI()\nimport parts.views\n", {"parts/views.py": cycle}) == [
        "GET /a parts.views:a"
    ]


LOOPS = {
    "a list": "for r in [red, blue]:\n    app.include_router(r)",
    "a growing list": "rs = []\nrs.append(red)\nrs += [blue]\nfor r in rs: app.include_router(r)",
    "pairs": "for r, p in ((red, ''), (blue, '')):\n    app.include_router(r, prefix=p)",
    "a dictionary": "for p, r in {'': red, ' ': blue}.items(): app.include_router(r)",
    "values": "for r in dict(a=red, b=blue).values(): app.include_router(r)",
    "enumerated": "for i, r in enumerate((red, blue)): app.include_router(r)",
    "a comprehension": "[app.include_router(r) for r in (red, blue)]",
    "all of some": "for r in [x for x in (red, None, blue) if x]: app.include_router(r)",
    "names": "for n in ('red', 'blue'): app.include_router(globals_of(n))\n",
    "starred": "def add(*routers):\n    for r in routers: app.include_router(r)\nadd(*[red, blue])",
    "keywords": "def add(a, *, b): app.include_router(a); app.include_router(b)\n"
    "add(b=blue, a=red)",
}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_loops_are_unrolled(loop: str) -> None:
    source = """
    red, blue = APIRouter(prefix="/red"), APIRouter(prefix="/blue")
    def globals_of(name):
        return {"red": red, "blue": blue}[name]
    @red.get("/a")
    @blue.get("/a")
    def a(): ...
    app = FastAPI()
    """
    assert one(dedent(source) + loop + "\n") == ["GET /red/a main:a", "GET /blue/a main:a"]


WAYS = {
    "a factory": (
        """
        def create_app(debug=False):
            app = FastAPI()
            @app.get("/a")
            def a(): ...
            return app
        app = create_app()
        """,
        ["GET /a main:create_app.<locals>.a"],
    ),
    "registration": (
        """
        class Plugin:
            def register(self, target, path):
                target.add_api_route(path, self.answer, methods=["post", "PUT"])
            def answer(self): ...
        app = FastAPI()
        Plugin().register(app, "/a")
        """,
        ["POST,PUT /a main:Plugin.answer"],
    ),
    "a decorator of one's own": (
        """
        app = FastAPI()
        def route(path):
            def decorate(function):
                app.add_api_route("/own" + path, function)
                return function
            return decorate
        @route("/a")
        def a(): ...
        """,
        ["GET /own/a main:a"],
    ),
    "an object that holds the application": (
        """
        class Server:
            def __init__(self):
                self.app = FastAPI()
                self.app.include_router(self.routes(), prefix="/s")
            def routes(self):
                router = APIRouter()
                router.add_api_route("/a", self.a)
                return router
            def a(self): ...
        app = Server().app
        """,
        ["GET /s/a main:Server.a"],
    ),
    "a router class": (
        """
        class Versioned(APIRouter):
            def __init__(self, version, **kwargs):
                super().__init__(prefix=f"/v{version}", **kwargs)
        class Both(APIRouter):
            def api_route(self, path, **kwargs):
                first = super().api_route(path, **kwargs)
                second = super().api_route(path + "/", include_in_schema=False, **kwargs)
                def decorate(function):
                    second(function)
                    return first(function)
                return decorate
        class Slashed(APIRouter):
            def add_api_route(self, path, endpoint, **kwargs):
                if path.endswith("/"):
                    path = path[:-1]
                return super().add_api_route(path, endpoint, **kwargs)
        class App(FastAPI): ...
        app, v2, both, bare = App(), Versioned(2), Both(prefix="/both"), Slashed()
        @v2.post("/a")
        @both.put("/a")
        @bare.patch("/a/")
        def a(): ...
        for router in (v2, both, bare):
            app.include_router(router)
        """,
        ["POST /v2/a main:a", "PUT /both/a/ main:a", "PUT /both/a main:a", "PATCH /a main:a"],
    ),
    "a wrapped application": (
        """
        from starlette.middleware.cors import CORSMiddleware
        inner = FastAPI()
        @inner.get("/a")
        def a(): ...
        app = CORSMiddleware(inner, allow_origins=["*"])
        """,
        ["GET /a main:a"],
    ),
    "wrapped endpoints": (
        """
        from functools import partial, wraps
        from limits import limiter
        def logged(function):
            @wraps(function)
            def log(): return function()
            return log
        app = FastAPI()
        @app.get("/a")
        @limiter.limit("5/minute")
        @logged
        def a(): ...
        app.add_api_route("/b", limiter.exempt(a))
        app.add_api_route("/c", partial(a, 1))
        app.get("/d")(a)
        """,
        [f"GET /{path} main:a" for path in "abcd"],
    ),
    "mounts": (
        """
        from fastapi.staticfiles import StaticFiles
        sub, deeper = FastAPI(), FastAPI()
        @sub.get("/a")
        @deeper.get("/b")
        def a(): ...
        sub.mount("/deeper/", deeper)
        app = FastAPI()
        app.mount("/sub", app=sub)
        app.mount("/static", StaticFiles(directory="static"), name="static")
        """,
        [
            "GET /sub/a main:a",
            "GET /sub/deeper/b main:a",
            "mount /static fastapi.staticfiles:StaticFiles",
        ],
    ),
    "plain routes": (
        """
        from starlette.applications import Starlette
        from starlette.routing import Route, WebSocketRoute, Mount
        async def a(request): ...
        async def w(socket): ...
        app = Starlette(routes=[
            Route("/a", a), Route("/b", endpoint=a, methods=["POST"]), WebSocketRoute("/w", w),
            Mount("/m", routes=[Route("/a", a)]),
        ])
        """,
        ["GET,HEAD /a main:a", "POST /b main:a", "websocket /w main:w", "GET,HEAD /m/a main:a"],
    ),
    "prefixes that do not count": (
        """
        from starlette.routing import Route
        def a(): ...
        router = APIRouter(prefix="/own", routes=[Route("/given", a, methods=["PUT"])])
        router.add_route("/plain", a, methods=["PUT"])
        router.add_api_route("/api", a)
        router.add_websocket_route("/socket", a)
        router.add_api_websocket_route("/api-socket", a)
        router.routes.append(Route("/more", a, methods=["PUT"]))
        above = APIRouter(prefix="/above")
        above.include_router(router, prefix="/in")
        app = FastAPI()
        app.include_router(above)
        """,
        [
            "PUT /above/in/given main:a",
            "PUT /above/in/plain main:a",
            "GET /above/in/own/api main:a",
            "websocket /above/in/socket main:a",
            "websocket /above/in/own/api-socket main:a",
            "PUT /above/in/more main:a",
        ],
    ),
    "a prefix that is set later": (
        """
        router = APIRouter(prefix="/own")
        @router.get("/a")
        def a(): ...
        inner = APIRouter()
        inner.add_api_route("/i", a)
        router.include_router(inner)
        router.prefix = ""
        router.add_api_route("/b", a)
        app = FastAPI()
        app.include_router(router, prefix="/p")
        """,
        ["GET /p/own/a main:a", "GET /p/own/i main:a", "GET /p/b main:a"],
    ),
    "a class of a library that turns out to be an application": (
        """
        from versions import VersionedApp
        class Mine(VersionedApp): ...
        def make() -> FastAPI:
            made = Mine(title="mine")
            made.add_middleware(print)
            @made.get("/a")
            def a(): ...
            return made
        other = VersionedApp()
        @other.post("/b")
        def b(): ...
        app = FastAPI()
        app.mount("/m", make())
        app.mount("/o", other)
        """,
        ["GET /m/a main:make.<locals>.a", "POST /o/b main:b"],
    ),
    "never served": (
        """
        from typing import TYPE_CHECKING
        app = FastAPI()
        if TYPE_CHECKING:
            app.add_api_route("/typing", print)
        if __name__ == "__main__":
            app.add_api_route("/script", print)
        """,
        [],
    ),
}


@pytest.mark.parametrize(("source", "expected"), WAYS.values(), ids=WAYS)
def test_ways_to_a_route(source: str, expected: list[str]) -> None:
    assert one(source) == expected


def test_a_factory_is_called() -> None:
    source = """
    from fastapi import FastAPI
    def make(*, prefix="/p"):
        app = FastAPI()
        app.add_api_route(prefix, make)
        return app
    """
    assert lines(read({"main.py": source}, app="main:make", factory=True)) == ["GET /p main:make"]


def test_what_is_in_the_schema() -> None:
    source = """
    app, hidden, shown = FastAPI(), APIRouter(include_in_schema=False), APIRouter()
    @hidden.get("/1")
    @shown.get("/2")
    @shown.get("/3", include_in_schema=False)
    @shown.get("/4", name="four")
    def a(): ...
    app.include_router(hidden)
    app.include_router(shown)
    app.include_router(shown, prefix="/again", include_in_schema=False)
    """
    reading = read({"main.py": FASTAPI + dedent(source)})
    assert {(r.path, r.name): r.in_schema for r in reading.routes} == {
        ("/1", "a"): False,
        ("/2", "a"): True,
        ("/3", "a"): False,
        ("/4", "four"): True,
        ("/again/2", "a"): False,
        ("/again/3", "a"): False,
        ("/again/4", "four"): False,
    }


NOTES = {
    "an unknown prefix": (
        "import conf\napp.include_router(r, prefix=conf.PREFIX + '/x')",
        ["GET …/x/a main:a"],
        [(6, "SPL003", "a part of the path cannot be told: "
          "app.include_router(r, prefix=conf.PREFIX + '/x')")],
    ),
    "unknown methods": (
        "import conf\napp.add_api_route('/b', a, methods=conf.METHODS)",
        ["… /b main:a"],
        [(6, "SPL006", "methods cannot be told: "
          "app.add_api_route('/b', a, methods=conf.METHODS)")],
    ),
    "an unknown router": (
        "for plugin in plugins():\n    app.include_router(plugin.router)",
        [],
        [(6, "SPL004", "which router is included cannot be told: "
          "app.include_router(plugin.router)")],
    ),
    "a library's router": (
        "from users import FastAPIUsers\nu = FastAPIUsers(1)\napp.include_router(u.get_router())",
        [],
        [(7, "SPL005", "a router made by users.FastAPIUsers.get_router is included: "
          "only the running application knows its routes")],
    ),
    "a library's router class": (
        "from graph import GraphRouter\napp.include_router(GraphRouter(prefix='/g'))",
        [],
        [(6, "SPL005", "a router of graph.GraphRouter is included: "
          "only the running application knows its routes")],
    ),
    "a condition": (
        "import conf\nif conf.DEBUG:\n    app.include_router(r)\nelse:\n    app.get('/c')(a)",
        ["GET /c main:a", "GET /a main:a"],
        [(6, "SPL007", "routes depend on conf.DEBUG")],
    ),
    "a start-up handler": (
        "@app.on_event('startup')\nasync def start():\n    app.include_router(later)\n"
        "later = APIRouter()\nlater.add_api_route('/b', a)",
        ["GET /b main:a"],
        [(6, "SPL008", "routes are added at start-up")],
    ),
    "a lifespan": (
        "async def lifespan(app):\n    app.include_router(r)\n    yield\n"
        "app = FastAPI(lifespan=lifespan)",
        ["GET /a main:a"],
        [(5, "SPL008", "routes are added at start-up")],
    ),
    "a library's way to include": (
        "from cadwyn import Cadwyn\nc = Cadwyn()\nc.include_router(r)\n"
        "c.take_versions(r)\napp.mount('/c', c)",
        ["GET /c/a main:a", "GET /c/a main:a"],
        [(8, "SPL005", "cadwyn.Cadwyn.take_versions takes a router over in a way of its own")],
    ),
    "a loop over what is not known": (
        "from conf import VERSIONS\nfor version in VERSIONS:\n    app.include_router(r)",
        ["GET /a main:a"],
        [(6, "SPL007", "routes are added for each of VERSIONS, which is not known")],
    ),
    "an inclusion that may fail": (
        "try:\n    import graph\n    app.include_router(r)\nexcept ImportError:\n    pass",
        ["GET /a main:a"],
        [(5, "SPL007", "routes depend on whether this fails")],
    ),
    "mounts below a router": (
        "i = APIRouter(prefix='/i')\ni.mount('/r', FastAPI(routes=r.routes))\n"
        "i.mount('/s', print)\napp.include_router(i, prefix='/p')",
        ["GET /p/r/a main:a", "mount /p/s builtins:print"],
        [(6, "SPL041", "FastAPI before 0.137 leaves out what is mounted below a router: "
          "i.mount('/r', FastAPI(routes=r.routes))"),
         (7, "SPL041", "FastAPI before 0.137 leaves out what is mounted below a router: "
          "i.mount('/s', print)")],
    ),
    "routes after the inclusion": (
        "app.include_router(r)\n@r.get('/late')\ndef late(): ...",
        ["GET /a main:a", "GET /late main:late"],
        [(5, "SPL041", "they are added to the router after it was included, which FastAPI before "
          "0.137 does not see: app.include_router(r)")],
    ),
    "class-based views": (
        "from fastapi_utils.cbv import cbv\nv = APIRouter(prefix='/v')\n@cbv(v)\nclass Views:\n"
        "    @v.get('/b')\n    def b(self): ...\napp.include_router(v)",
        ["GET /v/b main:Views.b"],
        [(8, "SPL009", "the routes of Views are methods of a class")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "routes", "notes"), NOTES.values(), ids=NOTES)
def test_what_cannot_be_told_is_a_note(
    source: str, routes: list[str], notes: list[tuple[int, str, str]]
) -> None:
    before = "app, r = FastAPI(), APIRouter()\n@r.get('/a')\ndef a(): ...\n"
    reading = read({"main.py": FASTAPI + before + source + "\n"})
    assert lines(reading) == routes
    assert reading.notes == tuple(Note("main.py", *note) for note in notes)


def test_no_application_is_a_note() -> None:
    reading = read({"main.py": "from fastapi import FastAPI\napplication = FastAPI()\n"})
    note = Note("main.py", 0, "SPL002", "main:app is not seen to be an application")
    assert (reading.routes, reading.notes) == ((), (note,))
    assert read({}, app="gone:app").notes[0].path == ""


def test_broken_files_and_endless_programs_are_survived() -> None:
    main = """
    from fastapi import FastAPI
    from broken import router
    app = FastAPI()
    def again(app): again(app)
    again(app)
    a = b = []
    a.append(b)
    while True: app.get("/a")(again)
    app.include_router(router)
    """
    reading = read({"main.py": main, "broken.py": "def (:\n"})
    assert lines(reading) == ["GET /a main:again"]
    assert [note.code for note in reading.notes] == ["SPL005"]


@pytest.mark.parametrize(
    ("modules", "package"),
    [
        (["api.routes.a", "api.routes.b", "main"], "api.routes"),
        (["api.v1.a", "api.v2.b"], "api"),
        (["shop.a.views", "shop.b.views", "shop.c.views"], "shop"),
        (["main"], ""),
        (["a", "b"], ""),
    ],
)
def test_the_package_that_holds_the_routes(modules: list[str], package: str) -> None:
    routes = [Route(("GET",), "/", f"{module}:f", f"{module}.py", 1) for module in modules]
    assert find_route_package(routes) == package
